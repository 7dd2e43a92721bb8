import MemtopCore

/// Collects the bytes of one character of UTF-8 at a time.
struct UTF8Collector: Sendable {
  enum Result: Equatable {
    /// No character is complete.
    case nothing
    case scalar(Unicode.Scalar)
    /// The byte begins no character; what was collected before it is dropped.
    case stray
  }

  private var value: UInt32 = 0
  private var left = 0
  private var smallest: UInt32 = 0

  /// Whether a character has begun and is not complete.
  var isInside: Bool { left > 0 }

  mutating func take(_ byte: UInt8) -> Result {
    if left > 0, byte & 0xC0 == 0x80 { return next(byte) }
    left = 0
    switch byte {
    case 0x00...0x7F: return .scalar(Unicode.Scalar(byte))
    case 0xC2...0xDF: return begin(byte & 0x1F, left: 1, smallest: 0x80)
    case 0xE0...0xEF: return begin(byte & 0x0F, left: 2, smallest: 0x800)
    case 0xF0...0xF4: return begin(byte & 0x07, left: 3, smallest: 0x1_0000)
    default: return .stray
    }
  }

  private mutating func begin(_ bits: UInt8, left: Int, smallest: UInt32) -> Result {
    (value, self.left, self.smallest) = (UInt32(bits), left, smallest)
    return .nothing
  }

  private mutating func next(_ byte: UInt8) -> Result {
    value = value << 6 | UInt32(byte & 0x3F)
    left -= 1
    guard left == 0 else { return .nothing }
    // Overlong forms and surrogates stand for nothing.
    guard value >= smallest, let scalar = Unicode.Scalar(value) else { return .nothing }
    return .scalar(scalar)
  }
}
