import Foundation

/// A fake of the kernel's device for xenstore: a terminal in raw mode, behind which a thread passes
/// everything on to a real xenstored.
final class FakeDevice {
  let path: String
  private var terminal: Int32
  private var held: Int32
  private let socket: Int32

  init(_ xenstored: Xenstored) throws {
    var mode = termios()
    cfmakeraw(&mode)
    var name = [CChar](repeating: 0, count: 64)
    // The end of whoever opens it is held open: it stays raw, and is not hung up meanwhile.
    (terminal, held) = (-1, -1)
    precondition(openpty(&terminal, &held, &name, &mode, nil) == 0)
    path = String(decoding: name.prefix { $0 != 0 }.map { UInt8($0) }, as: UTF8.self)
    socket = try xenstored.connect()
    let ends = (terminal, socket)
    for (from, to) in [ends, (ends.1, ends.0)] {
      Thread {
        var bytes = [UInt8](repeating: 0, count: 4096)
        while case let count = read(from, &bytes, bytes.count), count > 0 {
          guard write(to, bytes, count) == count else { return }
        }
      }.start()
    }
  }

  deinit {
    shutdown(socket, Int32(SHUT_RDWR))
    close(held)
    close(terminal)
  }
}
