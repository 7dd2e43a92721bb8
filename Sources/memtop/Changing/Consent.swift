import Glibc

/// Asks the operator on the terminal; without one nobody agrees.
enum Consent {
  /// - Returns: whether the whole word `yes` was typed.
  static func ask(_ question: String) -> Bool {
    guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else { return false }
    let bytes = Array((question + " Type yes to go on: ").utf8)
    _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
    return readLine() == "yes"
  }
}
