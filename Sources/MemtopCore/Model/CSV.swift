/// Text in a csv cell (RFC 4180).
public enum CSV {
  /// Quoted where it must be. Text that a spreadsheet would take for a formula, and work out, gets an
  /// apostrophe in front: guests choose names.
  public static func append(_ text: String, to line: inout TextWriter) {
    let isFormula = startsFormula(text)
    guard text.utf8.contains(where: isSpecial) else {
      if isFormula { line.append(UInt8(ascii: "'")) }
      return line.append(text)
    }
    line.append(UInt8(ascii: "\""))
    if isFormula { line.append(UInt8(ascii: "'")) }
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { line.append(byte) }
      line.append(byte)
    }
    line.append(UInt8(ascii: "\""))
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: ",") || byte == 0x0A || byte == 0x0D
  }

  /// The full-width signs are formulas in East Asian spreadsheets.
  private static func startsFormula(_ text: String) -> Bool {
    switch text.unicodeScalars.first {
    case "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": true
    default: false
    }
  }
}
