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

/// Descriptors 0, 1 and 2, which whoever starts memtop may have closed.
package enum StandardDescriptors {
  /// Opens those that are closed: the next file would otherwise get their number, and a message or
  /// a row would be written into a recording. Nothing else may have been opened before.
  ///
  /// They are opened the wrong way round, input for writing and output for reading, so that reading
  /// and writing still fail as on a closed one.
  package static func openClosed() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where isClosed(descriptor) {
      // Without a /dev, what is always there; where even that fails, memtop cannot run safely.
      let mode = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY
      guard open("/dev/null", mode) == descriptor || open("/", O_RDONLY) == descriptor else {
        exit(EXIT_FAILURE)
      }
    }
  }

  private static func isClosed(_ descriptor: Int32) -> Bool {
    fcntl(descriptor, F_GETFD) < 0 && errno == EBADF
  }
}
