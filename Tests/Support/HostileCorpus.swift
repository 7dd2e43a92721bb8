/// What a guest, a file or a tool may hold in place of what memtop expects, by classes.
///
/// Every parser of foreign bytes and every sink is tried with all of it. What `make fuzz` finds is
/// added to `finds`.
struct HostileBytes: Sendable, CustomStringConvertible {
  enum Class: String, CaseIterable, Sendable {
    case escapes, nuls, brokenUTF8, wide, combining, rightToLeft, unseen
    case longNumbers, negative, hexadecimal, fractional, signs
    case long, blanks, lines, quotes, formulas, markup, finds
  }

  let kind: Class
  let bytes: [UInt8]

  init(_ kind: Class, _ bytes: [UInt8]) { (self.kind, self.bytes) = (kind, bytes) }
  init(_ kind: Class, _ text: String) { self.init(kind, Array(text.utf8)) }

  /// As a Swift text, where bytes that are no UTF-8 are replaced.
  var text: String { String(decoding: bytes, as: UTF8.self) }
  var description: String { "\(kind.rawValue): \(text.prefix(40).debugDescription)" }
}

enum HostileCorpus {
  static let all = texts + numbers + finds

  static let texts: [HostileBytes] = [
    // A title, a colour, a reset, a clipboard, a DCS; C1 as UTF-8 and as a byte.
    .init(.escapes, "\u{1B}]0;pwn\u{7}"), .init(.escapes, "\u{1B}[31mred\u{1B}[0m"),
    .init(.escapes, "\u{1B}c"), .init(.escapes, "\u{1B}]52;c;cHduCg==\u{1B}\\"),
    .init(.escapes, "\u{1B}P$q\u{1B}\\"), .init(.escapes, "\u{9B}2J\u{90}x\u{9C}"),
    .init(.escapes, [0x9B, 0x32, 0x4A]), .init(.escapes, "\u{7F}\u{8}\u{8}\u{E}\u{F}"),
    .init(.nuls, [0]), .init(.nuls, "web\u{0}db"), .init(.nuls, [0x31, 0x32, 0]),
    .init(.nuls, [UInt8](repeating: 0, count: 300)),
    .init(.brokenUTF8, [0xFF, 0xFE, 0xFD]), .init(.brokenUTF8, [0x77, 0xC3]),
    .init(.brokenUTF8, [0xC0, 0x80, 0xC0, 0xAF]), .init(.brokenUTF8, [0xED, 0xA0, 0x80, 0x41]),
    .init(.brokenUTF8, [0xF4, 0x90, 0x80, 0x80]), .init(.brokenUTF8, [0xE2, 0x82]),
    .init(.brokenUTF8, Array(0x80...0xBF)),
    .init(.wide, "数据库服务器数据库服务器数据库服务器数据库"), .init(.wide, "👍🏽👨‍👩‍👧💥"),
    .init(.wide, "ｗｅｂ１"), .init(.wide, "한글"), .init(.wide, "１２３"),
    .init(.combining, "e\u{301}\u{301}\u{301}"), .init(.combining, "\u{301}"),
    .init(.combining, "w" + String(repeating: "\u{489}", count: 200)),
    .init(.combining, "\u{1112}\u{1161}\u{11AB}"), .init(.combining, "ก\u{E33}\u{E48}"),
    .init(.rightToLeft, "\u{202E}gpj.exe"), .init(.rightToLeft, "שלום"),
    .init(.rightToLeft, "مرحبا"),
    .init(.rightToLeft, "\u{200F}a\u{2067}b"), .init(.rightToLeft, "db \u{661}\u{662}\u{663}"),
    .init(.rightToLeft, "\u{10A00}\u{1E900}\u{FB2A}\u{FEB1}"),
    .init(.unseen, "web\u{200B}\u{200D}\u{FEFF}"), .init(.unseen, "\u{3164}\u{2800}\u{A0}\u{3000}"),
    .init(.unseen, "a\u{E0041}\u{E007F}"), .init(.unseen, "a\u{FFFD}\u{FFFE}\u{E000}"),
    .init(.long, [UInt8](repeating: 0x41, count: 2048)),
    .init(.long, [UInt8](repeating: 0x1B, count: 2048)),
    .init(.long, String(repeating: "数", count: 682)),
    .init(.blanks, []), .init(.blanks, " "), .init(.blanks, "   web  "), .init(.blanks, "\t"),
    .init(.lines, "web\nmemtop: all is well"), .init(.lines, "web\r\nx"), .init(.lines, "\n\n"),
    .init(.lines, "a\u{B}b\u{C}c\u{85}d\u{2028}e\u{2029}f"),
    .init(.quotes, #"a"b'c`d\e"#), .init(.quotes, #"\"#), .init(.quotes, #"\x1b\u001b\033"#),
    .init(.quotes, "$(reboot);`x`|y&z"), .init(.quotes, "a,b;c"), .init(.quotes, "%s%n%1$s"),
    .init(.formulas, "=1+1"), .init(.formulas, "@SUM(A1)"), .init(.formulas, "+1"),
    .init(.formulas, "\t=1"), .init(.formulas, "-2+3"),
    .init(.markup, "<script>alert(1)</script>"), .init(.markup, "a{b=\"c\"} 1\n# EOF"),
    .init(.markup, "../../etc/passwd"), .init(.markup, "[host]"), .init(.markup, "a=b c=d"),
    .init(.markup, "'; DROP TABLE event; --"),
  ]

  /// None of them is a number that any machine's memory has.
  static let numbers: [HostileBytes] = [
    .init(.longNumbers, "99999999999999999999"), .init(.longNumbers, "18446744073709551616"),
    .init(.longNumbers, "18446744073709551615"), .init(.longNumbers, "9223372036854775808"),
    .init(.longNumbers, "9223372036854775807"), .init(.longNumbers, "4398046511105"),
    .init(.longNumbers, [UInt8](repeating: 0x39, count: 2000)),
    .init(.negative, "-1"), .init(.negative, "-9223372036854775808"), .init(.negative, "−5"),
    .init(.hexadecimal, "0x400"), .init(.hexadecimal, "0XFFFFFFFFFFFFFFFF"),
    .init(.hexadecimal, "deadbeef"), .init(.hexadecimal, "0b1"), .init(.hexadecimal, "1e9"),
    .init(.fractional, "1.5"), .init(.fractional, "0.0000000000000000001"),
    .init(.fractional, "1,5"), .init(.fractional, ".5"), .init(.fractional, "5."),
    .init(.fractional, "nan"), .init(.fractional, "inf"),
    .init(.signs, "+1"), .init(.signs, "--1"), .init(.signs, "1 2"), .init(.signs, "1K"),
    .init(.signs, "１２"), .init(.signs, "١٢"), .init(.signs, "²"),
  ]

  /// What the fuzzers found.
  static let finds: [HostileBytes] = []

  /// A text of fields with one of them missing, twice, in another place, or replaced by each of
  /// `values`; and with one that nobody knows.
  static func variants(
    _ fields: [String], separator: String, values: [HostileBytes] = all,
    replacing replace: (String, [UInt8]) -> [UInt8]
  ) -> [[UInt8]] {
    let bytes = fields.map { Array($0.utf8) }
    let between = Array(separator.utf8)
    func joined(_ fields: [[UInt8]]) -> [UInt8] { Array(fields.joined(separator: between)) }
    var variants: [[UInt8]] = [joined(bytes.reversed()), joined(bytes + bytes)]
    for place in fields.indices {
      variants.append(joined(Array(bytes[..<place] + bytes[(place + 1)...])))
      variants.append(joined(Array(bytes[...place] + bytes[place...])))
      for value in values {
        var changed = bytes
        changed[place] = replace(fields[place], value.bytes)
        variants.append(joined(changed))
      }
    }
    for value in values { variants.append(joined(bytes + [value.bytes])) }
    return variants
  }
}

/// What may be in a line that a sink of text wrote.
enum HarmlessText {
  /// The first character that a terminal would obey or that nobody would see, by its number; nil is none.
  ///
  /// - Parameter allowed: what ends the sink's own lines.
  static func offence(in text: some StringProtocol, allowing allowed: Set<Unicode.Scalar> = [])
    -> String?
  {
    for scalar in text.unicodeScalars {
      if (0x20..<0x7F).contains(scalar.value) || allowed.contains(scalar) { continue }
      let isObeyed =
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .nonspacingMark,
          .enclosingMark:
          true
        default: isRightToLeft(scalar)
        }
      if isObeyed { return "U+" + String(scalar.value, radix: 16, uppercase: true) }
    }
    return nil
  }

  /// As `offence`, of bytes that should be UTF-8.
  static func offence(in bytes: some Collection<UInt8>, allowing allowed: Set<Unicode.Scalar> = [])
    -> String?
  {
    guard let text = String(validating: bytes, as: UTF8.self) else { return "no UTF-8" }
    return offence(in: text, allowing: allowed)
  }

  /// Letters and digits after which a terminal may show what follows in another order (the blocks of
  /// bidirectional classes R, AL and AN, DerivedBidiClass.txt).
  static func isRightToLeft(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x590...0x8FF, 0xFB1D...0xFDCF, 0xFDF0...0xFDFF, 0xFE70...0xFEFE, 0x10800...0x10FFF,
      0x1E800...0x1EFFF:
      true
    default: false
    }
  }
}
