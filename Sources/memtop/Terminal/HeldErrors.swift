import CLinux
import Glibc
import MemtopCore

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
