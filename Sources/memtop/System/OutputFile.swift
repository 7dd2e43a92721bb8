import Glibc

/// Where a command's lines go: standard output, or a file that was not there before.
final class OutputFile {
  private let descriptor: Int32
  private let name: String
  /// Why nothing more can be written, where that is not that the reader has gone.
  private(set) var failure: Failure?

  /// Standard output.
  init() {
    signal(SIGPIPE, SIG_IGN)
    descriptor = STDOUT_FILENO
    name = "standard output"
  }

  init(_ path: String) throws(Failure) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o640)
    let error = errno
    guard descriptor >= 0 else {
      throw Failure(
        line: error == EEXIST
          ? "\(path) is there already; choose another name"
          : "cannot create \(path): \(String(cString: strerror(error)))", status: .failed)
    }
    self.descriptor = descriptor
    name = path
  }

  deinit { if descriptor != STDOUT_FILENO { close(descriptor) } }

  /// - Returns: false where nothing more can be written.
  func write(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let error = writeAll(UnsafeRawBufferPointer(bytes), to: descriptor)
    if error != 0, error != EPIPE {
      failure = Failure(
        line: "cannot write to \(name): \(String(cString: strerror(error)))", status: .failed)
    }
    return error == 0
  }

  func write(_ text: String) -> Bool {
    Array(text.utf8).withUnsafeBufferPointer { write($0) }
  }
}

enum TerminalWidth {
  /// The columns of the terminal that standard output is; nil where it is none.
  static var ofOutput: Int? {
    var window = winsize()
    guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else {
      return nil
    }
    return Int(window.ws_col)
  }
}
