/// The one way from bytes that a guest wrote to text that may be shown or written to a file.
///
/// A terminal obeys control characters, and text direction marks can make one name look like
/// another; none of them passes.
public enum SafeText {
  /// Printable Unicode as it is; every other byte as `\xHH`, cut after `limit` characters.
  public static func escaped(_ bytes: [UInt8], limit: Int = 64) -> String {
    if bytes.count <= limit, bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != 0x5C }) {
      return String(decoding: bytes, as: UTF8.self)
    }
    var text = ""
    var count = 0
    var rest = bytes[...]
    while let (piece, length) = next(rest) {
      guard count + piece.unicodeScalars.count <= limit else { return text + "~" }
      text += piece
      count += piece.unicodeScalars.count
      rest = rest.dropFirst(length)
    }
    return text
  }

  private static func next(_ bytes: ArraySlice<UInt8>) -> (piece: String, length: Int)? {
    guard let first = bytes.first else { return nil }
    if let (scalar, length) = scalar(bytes), isPrintable(scalar) {
      return (scalar == "\\" ? "\\\\" : String(Character(scalar)), length)
    }
    return ("\\x" + hex(first >> 4) + hex(first & 15), 1)
  }

  private static func scalar(_ bytes: ArraySlice<UInt8>) -> (Unicode.Scalar, Int)? {
    var decoder = UTF8()
    var iterator = bytes.prefix(4).makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
    return (scalar, UTF8.width(scalar))
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .nonspacingMark, .enclosingMark, .spacingMark:
      false
    case .spaceSeparator: scalar == " "
    default: true
    }
  }

  private static func hex(_ nibble: UInt8) -> String { String(nibble, radix: 16) }
}
