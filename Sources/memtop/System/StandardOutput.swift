import Glibc

/// Standard output without stdio: whole, at once, and told apart from a reader that has gone.
enum StandardOutput {
  /// - Returns: false where nobody reads any more.
  static func write(_ bytes: [UInt8]) -> Bool { writeAll(bytes, to: STDOUT_FILENO) }

  static func write(_ text: String) { _ = write(Array((text + "\n").utf8)) }
}

/// One line on standard error, in memtop's name.
func complain(_ line: String) {
  _ = writeAll(Array(("memtop: " + line + "\n").utf8), to: STDERR_FILENO)
}

private func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
  var written = 0
  while written < bytes.count {
    let count = bytes.withUnsafeBytes {
      Glibc.write(descriptor, $0.baseAddress! + written, bytes.count - written)
    }
    if count > 0 { written += count } else if errno != EINTR { return false }
  }
  return true
}
