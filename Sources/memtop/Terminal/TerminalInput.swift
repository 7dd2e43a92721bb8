import Glibc
import MemtopCore
import MemtopSystem
import MemtopUI
import MemtopXen

/// Keys from the terminal's bytes.
struct TerminalInput {
  private let descriptor: Int32
  private var decoder = KeyDecoder()
  private var buffer = [UInt8](repeating: 0, count: 1024)

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  enum Arrival {
    case keys([Key])
    /// The terminal is another job's at the moment.
    case background
    /// The terminal is gone.
    case end
  }

  /// Reads what there is; call when the terminal is readable.
  mutating func read(at now: SteadyTime) -> Arrival {
    let count = Glibc.read(descriptor, &buffer, buffer.count)
    let code = errno
    if count < 0 { return failure(code) }
    if count == 0 { return .end }
    return .keys(decoder.feed(buffer.prefix(count), at: now))
  }

  private func failure(_ code: Int32) -> Arrival {
    switch code {
    case EINTR, EAGAIN: .keys([])
    // SIGTTIN, which would stop it, is blocked.
    case EIO where tcgetpgrp(descriptor) > 0 && tcgetpgrp(descriptor) != getpgrp(): .background
    default: .end
    }
  }

  /// How long the loop may sleep before `timeout` must be asked; nil is for ever.
  func patience(at now: SteadyTime) -> Span? {
    decoder.deadline.map { max(.zero, $0 - now) }
  }

  /// The keys that come of waiting in vain; only while nothing is left to read.
  mutating func timeout(at now: SteadyTime) -> [Key] { decoder.timeout(at: now) }

  /// Throws away what was typed ahead; the rest of a sequence that has begun is still swallowed.
  func flush() { tcflush(descriptor, TCIFLUSH) }
}
