import Glibc

/// Standard output without stdio: whole, at once, and told apart from a reader that has gone.
enum StandardOutput {
  /// - Returns: false where nobody reads any more.
  static func write(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    writeAll(UnsafeRawBufferPointer(bytes), to: STDOUT_FILENO) == 0
  }

  static func write(_ text: String) { writeLine(text, to: STDOUT_FILENO) }
}

/// One line on standard error, in memtop's name.
func complain(_ line: String) { writeLine("memtop: " + line, to: STDERR_FILENO) }

private func writeLine(_ text: String, to descriptor: Int32) {
  _ = Array((text + "\n").utf8).withUnsafeBytes { writeAll($0, to: descriptor) }
}

/// - Returns: 0, or the error that ended it.
func writeAll(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32) -> Int32 {
  var rest = bytes[...]
  while !rest.isEmpty {
    let piece = UnsafeRawBufferPointer(rebasing: rest)
    let count = Glibc.write(descriptor, piece.baseAddress, piece.count)
    let error = errno
    if count > 0 { rest = rest.dropFirst(count) } else if error != EINTR { return error }
  }
  return 0
}
