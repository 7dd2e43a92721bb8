import Glibc

/// A file of the kernel's (/proc, /sys), opened once and read from its start each time.
package final class SystemFile {
  private let descriptor: Int32

  /// Throws where the file cannot be opened.
  package init(_ path: String) throws(Errno) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Errno.last }
  }

  deinit { close(descriptor) }

  /// The whole file as it is now, at most `limit` bytes.
  package func read(limit: Int = 16 << 10) throws(Errno) -> [UInt8] {
    var failure: Errno?
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      while count < limit {
        let got = pread(
          descriptor, buffer.baseAddress! + count, limit - count, off_t(count))
        if got < 0 && errno == EINTR { continue }
        if got < 0 { failure = Errno.last }
        if got <= 0 { return }
        count += got
      }
    }
    if let failure { throw failure }
    return bytes
  }

  /// The text of a small file, without the newline at its end.
  package static func text(_ path: String) throws(Errno) -> String {
    var bytes = try SystemFile(path).read(limit: 4096)
    while bytes.last == UInt8(ascii: "\n") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}
