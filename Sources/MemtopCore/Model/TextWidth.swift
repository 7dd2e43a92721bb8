/// How many columns text takes on a terminal.
///
/// The C library's `wcwidth` depends on the locale, and the layout must not; beside that they are the
/// same for all that Unicode 14 (glibc 2.35) knows, by which ncurses counts. Wide are the East Asian
/// classes W and F, and what stands between them; ambiguous ones take one column.
package enum TextWidth {
  /// 0, 1 or 2. Control characters count as 1, because a frame shows them as `?`.
  @inlinable
  package static func columns(of scalar: Unicode.Scalar) -> Int {
    scalar.value < 0x300 ? 1 : columnsFromTables(of: scalar)
  }

  /// The sum over the text's scalars: what a frame uses to show it.
  package static func columns(of text: String) -> Int {
    // Nearly all text is ASCII.
    let isASCII = text.utf8.withContiguousStorageIfAvailable { $0.allSatisfy { $0 < 0x80 } }
    if isASCII == true { return text.utf8.count }
    return text.unicodeScalars.reduce(0) { $0 + columns(of: $1) }
  }

  /// The longest beginning of `text` that fits into `limit` columns.
  package static func clipped(_ text: String, to limit: Int) -> Substring {
    var room = limit
    var end = text.unicodeScalars.startIndex
    for index in text.unicodeScalars.indices {
      room -= columns(of: text.unicodeScalars[index])
      guard room >= 0 else { break }
      end = text.unicodeScalars.index(after: index)
    }
    return text[..<end]
  }

  /// `text`, or where it is wider than `limit` columns its beginning and `sign`, which takes one.
  package static func cut(_ text: String, to limit: Int, sign: Unicode.Scalar) -> String {
    guard columns(of: text) > limit else { return text }
    return clipped(text, to: max(0, limit - 1)) + String(sign)
  }

  /// C0, DEL, C1 and the line and paragraph separators: what must never reach a terminal as it is.
  package static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: true
    default: false
    }
  }

  @usableFromInline
  static func columnsFromTables(of scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    // Punctuation, arrows, operators and what boxes and bars are drawn with: most of a screen.
    case 0x2010..<0x2028, 0x2030..<0x205F, 0x2190..<0x231A, 0x2500..<0x25FD: return 1
    default: break
    }
    return switch scalar.properties.generalCategory {
    case .nonspacingMark, .enclosingMark: 0
    case .format: prepended.contains(scalar.value) ? 1 : 0
    default: isTrailingJamo(scalar) ? 0 : isWide(scalar.value) ? 2 : 1
    }
  }

  /// Signs that stand before or around the digits which follow (Prepended_Concatenation_Mark).
  private static let prepended: Set<UInt32> = [
    0x600, 0x601, 0x602, 0x603, 0x604, 0x605, 0x6DD, 0x70F, 0x890, 0x891, 0x8E2, 0x110BD, 0x110CD,
  ]

  /// Vowels and final consonants of Korean, which join the syllable before them.
  private static func isTrailingJamo(_ scalar: Unicode.Scalar) -> Bool {
    (0x1160...0x11FF).contains(scalar.value) || (0xD7B0...0xD7FF).contains(scalar.value)
  }

  private static func isWide(_ value: UInt32) -> Bool {
    var low = 0
    var high = wide.count
    while low < high {
      let middle = (low + high) / 2
      if wide[middle].upperBound < value { low = middle + 1 } else { high = middle }
    }
    return low < wide.count && wide[low].contains(value)
  }

  /// EastAsianWidth.txt, classes W and F; unassigned code points between two ranges close the gap.
  private static let wide: [ClosedRange<UInt32>] = [
    0x1100...0x115F, 0x231A...0x231B, 0x2329...0x232A, 0x23E9...0x23EC, 0x23F0...0x23F0,
    0x23F3...0x23F3, 0x25FD...0x25FE, 0x2614...0x2615, 0x2648...0x2653, 0x267F...0x267F,
    0x2693...0x2693, 0x26A1...0x26A1, 0x26AA...0x26AB, 0x26BD...0x26BE, 0x26C4...0x26C5,
    0x26CE...0x26CE, 0x26D4...0x26D4, 0x26EA...0x26EA, 0x26F2...0x26F3, 0x26F5...0x26F5,
    0x26FA...0x26FA, 0x26FD...0x26FD, 0x2705...0x2705, 0x270A...0x270B, 0x2728...0x2728,
    0x274C...0x274C, 0x274E...0x274E, 0x2753...0x2755, 0x2757...0x2757, 0x2795...0x2797,
    0x27B0...0x27B0, 0x27BF...0x27BF, 0x2B1B...0x2B1C, 0x2B50...0x2B50, 0x2B55...0x2B55,
    0x2E80...0x303E, 0x3041...0xA4C6, 0xA960...0xA97C,
    0xAC00...0xD7A3, 0xF900...0xFAD9, 0xFE10...0xFE6B, 0xFF01...0xFF60, 0xFFE0...0xFFE6,
    0x16FE0...0x1B2FB, 0x1F004...0x1F004, 0x1F0CF...0x1F0CF, 0x1F18E...0x1F18E,
    0x1F191...0x1F19A, 0x1F200...0x1F320, 0x1F32D...0x1F335, 0x1F337...0x1F37C,
    0x1F37E...0x1F393, 0x1F3A0...0x1F3CA, 0x1F3CF...0x1F3D3, 0x1F3E0...0x1F3F0,
    0x1F3F4...0x1F3F4, 0x1F3F8...0x1F43E, 0x1F440...0x1F440, 0x1F442...0x1F4FC,
    0x1F4FF...0x1F53D, 0x1F54B...0x1F54E, 0x1F550...0x1F567, 0x1F57A...0x1F57A,
    0x1F595...0x1F596, 0x1F5A4...0x1F5A4, 0x1F5FB...0x1F64F, 0x1F680...0x1F6C5,
    0x1F6CC...0x1F6CC, 0x1F6D0...0x1F6D2, 0x1F6D5...0x1F6DF, 0x1F6EB...0x1F6EC,
    0x1F6F4...0x1F6FC, 0x1F7E0...0x1F7F0, 0x1F90C...0x1F93A, 0x1F93C...0x1F945,
    0x1F947...0x1F9FF, 0x1FA70...0x1FAF6, 0x20000...0x3134A,
  ]
}
