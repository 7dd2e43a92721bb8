import CLinux
import Glibc

/// What is on its way to the terminal, which may take it late or never.
///
/// A write to a terminal that was stopped by ^S, or whose line is gone, blocks for ever, and with it
/// everything else. So curses draws into a file in memory, and from there each frame goes to the
/// terminal through a descriptor of memtop's own that does not block.
final class TerminalOutput {
  /// To poll for room while `isPending`.
  let descriptor: Int32
  /// Where curses draws.
  let stream: UnsafeMutablePointer<FILE>

  private let scratch: Int32
  private var pending: [UInt8] = []
  private(set) var isGone = false
  /// Whether writing may block after all, because the terminal cannot be opened anew.
  private let isShared: Bool
  /// What a terminal with any room takes at once.
  private static let smallPiece = 64

  init() throws(Failure) {
    // A description of our own: others that share standard output must not find it non-blocking.
    let own = open("/proc/self/fd/1", O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)
    isShared = own < 0
    descriptor = isShared ? dup(STDOUT_FILENO) : own
    scratch = mt_scratch_file("memtop-screen")
    guard scratch >= 0 else { throw Self.failure("memfd_create") }
    guard let stream = fdopen(scratch, "w") else { throw Self.failure("fdopen") }
    self.stream = stream
  }

  private static func failure(_ call: String) -> Failure {
    let error = errno
    return Failure(
      line: "cannot draw the screen: \(call): \(String(cString: strerror(error)))", status: .failed)
  }

  /// Whether the terminal has yet to take something; until then nothing newer is worth drawing.
  var isPending: Bool { !pending.isEmpty }

  func add(_ sequence: [UInt8]) { pending += sequence }

  /// Takes over what curses has drawn.
  func collect() {
    fflush(stream)
    let size = Int(lseek(scratch, 0, SEEK_CUR))
    guard size > 0 else { return }
    let drawn = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      count = max(0, pread(scratch, buffer.baseAddress, size, 0))
    }
    lseek(scratch, 0, SEEK_SET)
    pending += drawn
  }

  /// What curses has drawn never was.
  func drop() {
    fflush(stream)
    lseek(scratch, 0, SEEK_SET)
  }

  /// Writes what the terminal takes now.
  func push() {
    var written = 0
    while written < pending.count, hasRoom() {
      let size = isShared ? min(Self.smallPiece, pending.count - written) : pending.count - written
      let count = pending.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, size) }
      if count > 0 {
        written += count
      } else if errno == EAGAIN {
        break
      } else if errno != EINTR {
        isGone = true
        written = pending.count
      }
    }
    pending.removeFirst(written)
  }

  private func hasRoom() -> Bool {
    guard isShared else { return true }
    return wait(atMost: 0)
  }

  /// Writes all, or as much as the terminal takes within that time.
  /// - Returns: whether that was all.
  func drain(milliseconds: Int32) -> Bool {
    let step: Int32 = 50
    for _ in 0...(milliseconds / step) {
      push()
      guard isPending else { return true }
      _ = wait(atMost: step)
    }
    return false
  }

  private func wait(atMost milliseconds: Int32) -> Bool {
    var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&room, 1, milliseconds) > 0
  }

  /// Gives up on what the terminal has not taken, here and in the kernel, which may wait for it when
  /// the terminal is closed.
  func discard() {
    pending = []
    tcflush(descriptor, TCOFLUSH)
  }
}
