import Glibc

/// An errno value, taken on the line after the call that set it.
package struct Errno: Error, Hashable, Sendable, CustomStringConvertible {
  package let code: Int32

  package init(_ code: Int32) { self.code = code }

  package static var last: Errno { Errno(errno) }

  package var description: String {
    text(capacity: 128) { _ = strerror_r(code, $0, $1) }
  }
}
