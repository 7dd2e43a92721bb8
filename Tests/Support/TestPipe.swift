import Glibc

/// A pipe, of which either end can be closed.
final class TestPipe {
  private(set) var reading: Int32
  private(set) var writing: Int32

  init() {
    var ends: [Int32] = [-1, -1]
    precondition(pipe(&ends) == 0, "pipe: \(errno)")
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    (reading, writing) = (ends[0], ends[1])
  }

  deinit {
    closeReading()
    closeWriting()
  }

  func closeReading() {
    if reading >= 0 { close(reading) }
    reading = -1
  }

  func closeWriting() {
    if writing >= 0 { close(writing) }
    writing = -1
  }

  func write(_ text: String) {
    let bytes = Array(text.utf8)
    precondition(Glibc.write(writing, bytes, bytes.count) == bytes.count)
  }

  /// Writes until it takes no more.
  func fill() {
    let page = [UInt8](repeating: 0x20, count: 4096)
    while Glibc.write(writing, page, page.count) > 0 {}
  }

  /// What was written and not read yet.
  @discardableResult
  func drain() -> [UInt8] {
    var (bytes, page) = ([UInt8](), [UInt8](repeating: 0, count: 4096))
    while case let count = read(reading, &page, page.count), count > 0 {
      bytes += page.prefix(count)
    }
    return bytes
  }
}
