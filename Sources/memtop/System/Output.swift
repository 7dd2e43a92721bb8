import Glibc
import MemtopCore
import MemtopUI
import Synchronization

/// Where a command's words go: standard output, or a file that was not there before.
///
/// Everything that memtop prints goes through here, because only here a disk that is full is told
/// from a reader that has gone. The first is said at once, and the command ends with status 1
/// (`Invocation`); the second ends it quietly.
final class Output: Sendable {
  static let standard = Output(STDOUT_FILENO, "standard output")

  private struct State {
    /// What ended it, as errno; nil while it takes what is written.
    var error: Int32?
    /// What was written last ends in the middle of a line.
    var isCut = false
  }

  private let descriptor: Int32
  private let name: String
  /// It made the file, and removes it if it cannot write all of it.
  private let isOwn: Bool
  private let state = Mutex(State())

  init(_ descriptor: Int32, _ name: String, isOwn: Bool = false) {
    self.descriptor = descriptor
    self.name = name
    self.isOwn = isOwn
  }

  /// Creates the file; what has this name already, a link too, is left as it is.
  convenience init(creating path: String) throws(Failure) {
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let descriptor = open(path, flags, 0o600)
    let error = errno
    guard descriptor >= 0 else {
      throw Failure(
        line: error == EEXIST
          ? "\(path) already exists; choose another name"
          : "cannot create \(path): \(String(cString: strerror(error)))", status: .failed)
    }
    self.init(descriptor, path, isOwn: true)
  }

  deinit { if descriptor != STDOUT_FILENO { close(descriptor) } }

  /// - Returns: false where nothing more can be written.
  @discardableResult
  func write(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    state.withLock { state in
      guard state.error == nil else { return false }
      let (error, written) = writeAll(UnsafeRawBufferPointer(bytes), to: descriptor)
      if written > 0 { state.isCut = bytes[written - 1] != UInt8(ascii: "\n") }
      guard error != 0 else { return true }
      state.error = error
      if error != EPIPE { complain(of: error, isCut: state.isCut) }
      return false
    }
  }

  private func complain(of error: Int32, isCut: Bool) {
    // A part of a file would be taken for all of it, and is in the way of the next try.
    let isRemoved = isOwn && unlink(name) == 0
    let rest = isRemoved ? "; the file was removed" : isCut ? "; its last line is incomplete" : ""
    memtop.complain("cannot write to \(name): \(String(cString: strerror(error)))\(rest)")
  }

  @discardableResult
  func write(_ text: String) -> Bool {
    Array(text.utf8).withUnsafeBufferPointer { write($0) }
  }

  @discardableResult
  func write(line: String) -> Bool { write(line + "\n") }

  /// Whether a line can be written without waiting for its reader; true where writing fails at once.
  fileprivate var hasRoom: Bool {
    var reader = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    return poll(&reader, 1, 0) != 0
  }

  /// Something could not be written, which has been said; that the reader has gone is no failure.
  var hasFailed: Bool { state.withLock { ($0.error ?? EPIPE) != EPIPE } }
}

/// The lines of a service whose loop must not wait for their reader: a terminal that was stopped by ^S, or a
/// journal that hangs. Lines that there is no room for are left out and counted.
final class ServiceLines {
  private let output: Output
  private var leftOut = 0

  init(_ output: Output = .standard) { self.output = output }

  /// - Returns: false where nothing more can be written.
  func write(_ line: String) -> Bool {
    guard output.hasRoom else {
      leftOut += 1
      return true
    }
    guard leftOut > 0 else { return output.write(line: line) }
    let count = leftOut == 1 ? "1 line was" : "\(leftOut) lines were"
    leftOut = 0
    return output.write("\(count) left out: their reader was too slow\n\(line)\n")
  }
}

/// What stands for text that was cut.
enum CutSign {
  static let ofOutput = (TerminalLocale.adopt() ? GlyphSet.unicode : .ascii).ellipsis
}

enum TerminalWidth {
  /// The columns of the terminal that standard output is; nil where it is none.
  static var ofOutput: Int? { of(STDOUT_FILENO) }

  /// The columns of the terminal that a descriptor is; nil where it is none.
  static func of(_ descriptor: Int32) -> Int? {
    var window = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else { return nil }
    return Int(window.ws_col)
  }
}
