import CLinux
import Glibc
import MemtopCore

/// What every line on standard error begins with.
let ownMark = "memtop: "

/// One line on standard error, in memtop's name.
func complain(_ line: String) { writeError(ownMark + SafeText.message(line) + "\n") }

/// Lines on standard error. Any part may be somebody else's, a file's name or an argument: what a
/// terminal would obey is escaped here, for every message there is.
func writeError(_ text: String) {
  writeControlled("", SafeText.message(text, keepsLines: true), "")
}

/// One line that replaces the one the cursor is on; empty blanks it.
func replaceErrorLine(_ line: String) {
  writeControlled("\r", SafeText.message(line), "\u{1B}[K")
}

/// Where it cannot be written there is nobody to tell.
private func writeControlled(_ before: StaticString, _ safe: String, _ after: StaticString) {
  _ = Array("\(before)\(safe)\(after)".utf8).withUnsafeBytes { writeAll($0, to: STDERR_FILENO) }
}

/// - Returns: 0, or the error that ended it; and how many bytes were written.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> (error: Int32, count: Int) {
  var written = 0
  while written < bytes.count {
    let piece = UnsafeRawBufferPointer(rebasing: bytes[written...])
    let count = Glibc.write(descriptor, piece.baseAddress, piece.count)
    let error = errno
    if count > 0 {
      written += count
    } else if error == EAGAIN {
      // Whoever shares the descriptor has made it non-blocking.
      waitForRoom(descriptor)
    } else if error != EINTR {
      return (error, written)
    }
  }
  return (0, written)
}

private func waitForRoom(_ descriptor: Int32) {
  var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
  poll(&waiting, 1, -1)
}

/// Standard error while the screen is on: held back where it would be printed over the screen, and
/// told when that is gone.
///
/// memtop itself says nothing there, but the libraries and the runtime that it stands on may.
final class HeldErrors {
  private let file: Int32
  private let terminal: Int32

  /// nil where standard error does not go to a terminal.
  init?() {
    guard isatty(STDERR_FILENO) == 1 else { return nil }
    terminal = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3)
    file = mt_scratch_file("memtop-errors")
    guard terminal >= 0, file >= 0 else { return nil }
    mt_crash_guard_words(file)
  }

  func hold() { dup2(file, STDERR_FILENO) }

  /// Gives standard error back, and what was said meanwhile with it.
  func release() {
    dup2(terminal, STDERR_FILENO)
    let size = Int(lseek(file, 0, SEEK_END))
    guard size > 0 else { return }
    var words = [UInt8](repeating: 0, count: min(size, 8192))
    let count = pread(file, &words, words.count, 0)
    ftruncate(file, 0)
    lseek(file, 0, SEEK_SET)
    guard count > 0 else { return }
    let text = String(decoding: words.prefix(count), as: UTF8.self)
    let safe = Array(SafeText.message(text, keepsLines: true).utf8)
    _ = write(terminal, safe, safe.count)
  }
}
