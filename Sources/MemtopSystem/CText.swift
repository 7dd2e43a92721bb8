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
