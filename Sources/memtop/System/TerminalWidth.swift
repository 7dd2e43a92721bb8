import Glibc

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
