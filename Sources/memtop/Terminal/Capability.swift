import MemtopSystem

@preconcurrency import CNcurses

/// What the terminal's description (terminfo(5)) says of it; only after `newterm`.
enum Capability {
  /// A sequence by its name, without padding; nil where the terminal lacks it.
  static func sequence(_ name: String) -> [UInt8]? {
    tigetstr(name).flatMap { isAbsent($0) ? nil : unpadded($0) }
  }

  /// A sequence with two numbers in it.
  static func sequence(_ name: String, _ first: Int, _ second: Int) -> [UInt8]? {
    guard let format = tigetstr(name), !isAbsent(format) else { return nil }
    return cn_with_numbers(format, first, second).map(unpadded)
  }

  /// A number by its name; 0 or less where the description has none.
  static func number(_ name: String) -> Int { Int(tigetnum(name)) }

  /// -1, for a name that is no string's.
  private static func isAbsent(_ string: UnsafePointer<CChar>) -> Bool {
    Int(bitPattern: string) == -1
  }

  /// `$<5>` is a pause for terminals of old (terminfo(5), Delays and Padding).
  private static func unpadded(_ string: UnsafePointer<CChar>) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = String(cString: string).utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "$"), rest.first == UInt8(ascii: "<"),
        let end = rest.firstIndex(of: UInt8(ascii: ">"))
      {
        rest = rest[rest.index(after: end)...]
      } else {
        bytes.append(byte)
      }
    }
    return bytes
  }
}
