/// One thing that a terminal was sent.
enum Sent: Equatable {
  case character(Unicode.Scalar)
  case control(UInt8)
  /// ESC with what follows: `(B`, `=`, `7`.
  case escape(String)
  /// CSI, by its private mark, its parameters, and what ends it: `?`, `25`, `h`.
  case sequence(mark: String, parameters: String, final: String)
  /// OSC, DCS and their like.
  case string(String)
}

/// Takes what a terminal is sent apart (ECMA-48, and the parser of DEC's terminals).
struct ControlParser {
  private enum State { case ground, escape, csi, string, stringEscape }

  private var state = State.ground
  private var collected: [UInt8] = []
  private var text: [UInt8] = []
  private var missing = 0

  mutating func take(_ bytes: some Sequence<UInt8>) -> [Sent] { bytes.compactMap { take($0) } }

  mutating func take(_ byte: UInt8) -> Sent? {
    if byte == 0x1B, state != .string { return begin(.escape) }
    switch state {
    case .ground: return byte < 0x20 || byte == 0x7F ? .control(byte) : character(byte)
    case .escape: return escape(byte)
    case .csi: return sequence(byte)
    case .string: return string(byte)
    case .stringEscape: return byte == UInt8(ascii: "\\") ? endString() : begin(.ground)
    }
  }

  private mutating func begin(_ state: State) -> Sent? {
    self.state = state
    collected = []
    return nil
  }

  private mutating func character(_ byte: UInt8) -> Sent? {
    if byte & 0xC0 == 0x80 { missing -= 1 } else { (text, missing) = ([], Self.following(byte)) }
    text.append(byte)
    guard missing == 0 else { return nil }
    return String(decoding: text, as: UTF8.self).unicodeScalars.first.map { .character($0) }
  }

  private static func following(_ byte: UInt8) -> Int {
    byte < 0xC0 ? 0 : byte < 0xE0 ? 1 : byte < 0xF0 ? 2 : 3
  }

  private mutating func escape(_ byte: UInt8) -> Sent? {
    switch byte {
    case UInt8(ascii: "[") where collected.isEmpty: return begin(.csi)
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "^"), UInt8(ascii: "_"):
      return collected.isEmpty ? begin(.string) : end(byte)
    case 0x20..<0x30:
      collected.append(byte)
      return nil
    default: return end(byte)
    }
  }

  private mutating func end(_ byte: UInt8) -> Sent? {
    state = .ground
    return .escape(String(decoding: collected + [byte], as: UTF8.self))
  }

  private mutating func sequence(_ byte: UInt8) -> Sent? {
    guard (0x40...0x7E).contains(byte) else {
      collected.append(byte)
      return nil
    }
    state = .ground
    let text = String(decoding: collected, as: UTF8.self)
    let mark = text.prefix { "<=>?".contains($0) }
    let parameters = text.dropFirst(mark.count).prefix { $0.isNumber || ";:".contains($0) }
    let between = text.dropFirst(mark.count + parameters.count)
    return .sequence(
      mark: String(mark), parameters: String(parameters),
      final: between + String(Unicode.Scalar(byte)))
  }

  private mutating func string(_ byte: UInt8) -> Sent? {
    switch byte {
    case 0x07: return endString()
    case 0x1B: state = .stringEscape
    // The Linux console's own: nothing ends it, and it resets the palette.
    case UInt8(ascii: "R") where collected.isEmpty:
      collected = [byte]
      return endString()
    default: collected.append(byte)
    }
    return nil
  }

  private mutating func endString() -> Sent? {
    state = .ground
    return .string(String(decoding: collected, as: UTF8.self))
  }
}
