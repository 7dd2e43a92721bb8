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

/// What a C function leaves as text in a buffer of `capacity` bytes.
package func text(capacity: Int, _ fill: (UnsafeMutablePointer<CChar>, Int) -> Void) -> String {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: capacity) { buffer in
    buffer.initialize(repeating: 0)
    let start = buffer.baseAddress!
    fill(start, capacity)
    start[capacity - 1] = 0
    return String(cString: start)
  }
}
