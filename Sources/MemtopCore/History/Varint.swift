/// Whole numbers in as few bytes as they need: seven bits a byte, least significant first.
///
/// Signed numbers are zigzag-coded (0, −1, 1, −2, …), as in Protocol Buffers' encoding.
enum Varint {
  static func append(_ value: UInt64, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  static func append(signed value: Int64, to bytes: inout [UInt8]) {
    append(UInt64(bitPattern: value << 1 ^ value >> 63), to: &bytes)
  }

  /// Reads one number and moves `position` behind it; `bytes` must hold it whole.
  static func read(_ bytes: UnsafeBufferPointer<UInt8>, at position: inout Int) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  static func readSigned(_ bytes: UnsafeBufferPointer<UInt8>, at position: inout Int) -> Int64 {
    let value = read(bytes, at: &position)
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }
}
