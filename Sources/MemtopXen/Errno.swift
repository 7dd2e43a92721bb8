import Glibc

/// An errno value, taken on the line after the call that set it.
struct Errno: Error, Hashable, Sendable, CustomStringConvertible {
  let code: Int32

  init(_ code: Int32) { self.code = code }

  static var last: Errno { Errno(errno) }

  var description: String {
    text(capacity: 128) { _ = strerror_r(code, $0, $1) }
  }
}
