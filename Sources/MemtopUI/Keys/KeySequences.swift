import MemtopCore

/// What the finished escape sequences of terminals mean, all terminals in one table.
///
/// Sources: xterm's ctlseqs, console_codes(4), rxvt's reference and the vt100's manual. They hardly
/// contradict each other, so what the terminal calls itself makes no difference.
///
/// Modifiers are dropped from keys that move (Ctrl-Up is `up`). A modified function key is no key:
/// what it means differs from terminal to terminal, and function keys stage changes.
enum KeySequences {
  /// The key of `CSI parameters final`; nil for reports, mouse and focus events, and the unknown.
  static func csi(_ parameters: some Sequence<UInt8>, final: UInt8) -> Key? {
    guard let numbers = numbers(in: parameters) else { return nil }
    switch final {
    case UInt8(ascii: "~"): return tilde(numbers)
    case UInt8(ascii: "^"), UInt8(ascii: "$"), UInt8(ascii: "@"):
      return numbers.first.flatMap { moving[$0] }
    case UInt8(ascii: "u"): return coded(numbers)
    default:
      return directions[final] ?? (numbers.isEmpty ? functions[final] : nil)
    }
  }

  /// The key of `SS3 parameters final`.
  static func ss3(_ parameters: some Sequence<UInt8>, final: UInt8) -> Key? {
    guard let numbers = numbers(in: parameters) else { return nil }
    if final == UInt8(ascii: "M") { return numbers.isEmpty ? .enter : nil }
    return directions[final] ?? (numbers.isEmpty ? functions[final] : nil)
  }

  /// The key of the Linux console's `CSI [ final`.
  static func linuxFunction(final: UInt8) -> Key? {
    final >= UInt8(ascii: "A") && final <= UInt8(ascii: "E")
      ? .f(Int(final - UInt8(ascii: "A")) + 1) : nil
  }

  /// Arrows, Home and End; in lower case as rxvt sends them with Shift or Ctrl.
  private static let directions: [UInt8: Key] = [
    UInt8(ascii: "A"): .up, UInt8(ascii: "B"): .down,
    UInt8(ascii: "C"): .right, UInt8(ascii: "D"): .left,
    UInt8(ascii: "a"): .up, UInt8(ascii: "b"): .down,
    UInt8(ascii: "c"): .right, UInt8(ascii: "d"): .left,
    UInt8(ascii: "H"): .home, UInt8(ascii: "F"): .end,
  ]

  private static let functions: [UInt8: Key] = [
    UInt8(ascii: "P"): .f(1), UInt8(ascii: "Q"): .f(2),
    UInt8(ascii: "R"): .f(3), UInt8(ascii: "S"): .f(4),
  ]

  /// `CSI n ~`: the keys between the letters and the digits. 7 and 8 are rxvt's.
  private static let moving: [Int: Key] = [
    1: .home, 2: .insert, 3: .delete, 4: .end, 5: .pageUp, 6: .pageDown, 7: .home, 8: .end,
  ]

  /// `CSI n ~`: the numbers of the function keys, with the gaps of the vt220's keyboard.
  private static let functionNumbers: [Int: Int] = [
    11: 1, 12: 2, 13: 3, 14: 4, 15: 5, 17: 6, 18: 7, 19: 8, 20: 9, 21: 10, 23: 11, 24: 12,
    25: 13, 26: 14, 28: 15, 29: 16, 31: 17, 32: 18, 33: 19, 34: 20,
  ]

  private static func tilde(_ numbers: [Int]) -> Key? {
    guard let code = numbers.first else { return nil }
    if code == 27, numbers.count == 3 { return coded([numbers[2], numbers[1]]) }
    if let key = moving[code] { return key }
    let isModified = numbers.count > 1 && numbers[1] > 1
    return isModified ? nil : functionNumbers[code].map { .f($0) }
  }

  /// xterm's modifyOtherKeys and `CSI code ; modifiers u`, left on by another program: the keys that
  /// have no character, and Ctrl with a letter.
  private static func coded(_ numbers: [Int]) -> Key? {
    guard let code = numbers.first, numbers.count <= 2 else { return nil }
    switch (code, numbers.count == 2 ? numbers[1] : 1) {
    case (27, 1): return .escape
    case (13, 1): return .enter
    case (9, 1): return .tab
    case (127, 1), (8, 1): return .backspace
    case (0x61...0x7A, 5):
      return .control(Character(Unicode.Scalar(UInt8(code - 0x20))))
    default: return nil
    }
  }

  /// `1;5` → [1, 5]; nil for private parameters, sub-parameters (releases of keys) and nonsense.
  private static func numbers(in parameters: some Sequence<UInt8>) -> [Int]? {
    var numbers: [Int] = []
    var isInside = false
    for byte in parameters {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        if !isInside { numbers.append(0) }
        isInside = true
        numbers[numbers.count - 1] = min(numbers[numbers.count - 1] * 10 + Int(byte) - 0x30, 9999)
      case UInt8(ascii: ";"):
        if !isInside { numbers.append(0) }
        isInside = false
      default: return nil
      }
    }
    return numbers
  }
}
