/// The one way from bytes that somebody else wrote to text that may be shown or written to a file.
///
/// A terminal obeys control characters; text direction marks, and characters that nobody sees, can make
/// one name look like another. Behind a letter that is written from right to left many terminals (VTE,
/// Konsole, mlterm) show the figures of the row in another order. None of them passes.
package enum SafeText {
  /// Printable Unicode as it is; every other byte as `\xHH`, cut after `limit` characters.
  package static func escaped(_ bytes: [UInt8], limit: Int = 64) -> String {
    if bytes.count <= limit, bytes.allSatisfy({ isPlain($0) && $0 != 0x5C }) {
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

  /// A name: blanks at its ends would not be seen.
  package static func name(_ bytes: [UInt8], limit: Int = 64) -> String {
    func isBlank(_ byte: UInt8?) -> Bool { byte == 0x20 }
    guard isBlank(bytes.first) || isBlank(bytes.last) else { return escaped(bytes, limit: limit) }
    let begin = bytes.prefix { isBlank($0) }.count
    let rest = bytes.dropFirst(begin)
    let end = rest.count - rest.reversed().prefix { isBlank($0) }.count
    let blank = #"\x20"#
    let before = String(repeating: blank, count: min(begin, limit / blank.count / 2))
    let after = String(repeating: blank, count: min(rest.count - end, limit / blank.count / 2))
    let room = limit - before.utf8.count - after.utf8.count
    return before + escaped(Array(rest.prefix(end)), limit: max(0, room)) + after
  }

  /// Text for a terminal or a log, of which any part may be somebody else's: a file's name, an argument.
  ///
  /// - Parameter keepsLines: newlines pass.
  package static func message(_ text: String, keepsLines: Bool = false) -> String {
    if text.utf8.allSatisfy({ isPlain($0) || keepsLines && $0 == 0x0A }) { return text }
    var safe = ""
    for scalar in text.unicodeScalars {
      if isHarmless(scalar) || keepsLines && scalar == "\n" {
        safe.unicodeScalars.append(scalar)
      } else {
        for byte in UTF8.encode(scalar)! { safe += hex(byte: byte) }
      }
    }
    return safe
  }

  /// Printable ASCII.
  private static func isPlain(_ byte: UInt8) -> Bool { byte >= 0x20 && byte < 0x7F }

  /// As `isPrintable`; accents may stand by themselves, as file names of some systems have them.
  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark:
      !scalar.properties.isDefaultIgnorableCodePoint
    default: isPrintable(scalar)
    }
  }

  private static func next(_ bytes: ArraySlice<UInt8>) -> (piece: String, length: Int)? {
    guard let first = bytes.first else { return nil }
    if let (scalar, length) = scalar(bytes), isPrintable(scalar), !isRightToLeft(scalar) {
      return (scalar == "\\" ? "\\\\" : String(Character(scalar)), length)
    }
    return (hex(byte: first), 1)
  }

  private static func scalar(_ bytes: ArraySlice<UInt8>) -> (Unicode.Scalar, Int)? {
    var decoder = UTF8()
    var iterator = bytes.prefix(4).makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator) else { return nil }
    return (scalar, UTF8.width(scalar))
  }

  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7F { return scalar.value >= 0x20 }
    guard TextWidth.columns(of: scalar) > 0, !blanks.contains(scalar.value),
      !scalar.properties.isDefaultIgnorableCodePoint
    else { return false }
    return switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator, .nonspacingMark, .enclosingMark, .spacingMark:
      false
    case .spaceSeparator: scalar == " "
    default: true
    }
  }

  /// Letters and symbols that look like nothing: a Braille pattern of no dots, a note without a head,
  /// Egyptian blanks. Unicode does not call them spaces or ignorable.
  private static let blanks: Set<UInt32> = [0x2800, 0x1D159, 0x13441, 0x13442]

  /// The blocks of the bidirectional classes R, AL and AN (Unicode, DerivedBidiClass.txt). A message has
  /// no columns: there such letters stay.
  private static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x590...0x8FF, 0xFB1D...0xFDCF, 0xFDF0...0xFDFF, 0xFE70...0xFEFE, 0x10800...0x10FFF,
      0x1E800...0x1EFFF:
      true
    default: false
    }
  }

  private static func hex(byte: UInt8) -> String { "\\x" + hex(byte >> 4) + hex(byte & 15) }

  private static func hex(_ nibble: UInt8) -> String { String(nibble, radix: 16) }
}
