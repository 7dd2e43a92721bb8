import MemtopCore

/// The decoder's states: what each makes of one more byte.
extension KeyDecoder {
  mutating func take(_ byte: UInt8) {
    guard !interrupt(byte) else { return }
    switch state {
    case .ground: ground(byte)
    case .escape(let count): escape(byte, count)
    case .slowEscape(let count): slowEscape(byte, count)
    case .afterEscape: afterEscape(byte)
    case .held(let first, let escapes): held(first, escapes, then: byte)
    case .altCharacter: altCharacter(byte)
    case .csi: csi(byte)
    case .ss3: ss3(byte)
    case .linuxFunction: linuxFunction(byte)
    case .mouse(let left): mouse(byte, left)
    case .string(let kind): string(byte, kind)
    case .stringEscape: stringEscape(byte)
    case .paste(let matched): paste(byte, matched)
    }
  }

  private mutating func ground(_ byte: UInt8) {
    state = .ground
    switch utf8.take(byte) {
    case .nothing: break
    case .stray: eightBitIntroducer(byte)
    case .scalar(let scalar) where scalar.value < 0x80: ascii(byte)
    case .scalar(let scalar) where scalar.value < 0xA0: eightBitIntroducer(UInt8(scalar.value))
    case .scalar(let scalar):
      guard !TextWidth.isControl(scalar), TextWidth.columns(of: scalar) > 0 else { return }
      keys.append(.character(Character(scalar)))
    }
  }

  private mutating func ascii(_ byte: UInt8) {
    switch byte {
    case 0x00: break  // a break on a serial line
    case 0x08, 0x7F: keys.append(.backspace)
    case 0x09: keys.append(.tab)
    case 0x0A, 0x0D: keys.append(.enter)
    case 0x1B: state = .escape(1)
    case 0x01..<0x20: keys.append(.control(Character(Unicode.Scalar(byte + 0x40))))
    default: keys.append(.character(Character(Unicode.Scalar(byte))))
    }
  }

  // MARK: - After ESC

  private mutating func escape(_ byte: UInt8, _ count: Int) {
    switch byte {
    case 0x1B: state = .escape(min(count + 1, 3))
    case 0x03: ground(byte)
    case 0xC2...0xF4: altCharacter(byte)
    default: introduce(byte, isTorn: false)
    }
  }

  private mutating func slowEscape(_ byte: UInt8, _ count: Int) {
    switch byte {
    case 0x1B, 0x03: escape(byte, count)
    case _ where Self.introducers.contains(byte): state = .held(byte, escapes: count)
    default: letGo(byte, count)
    }
  }

  /// What may follow ESC in the sequence of one key, or in the reply to another program.
  private static let introducers = Set("[O]PX^_".utf8)

  private mutating func afterEscape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "["), UInt8(ascii: "O"): state = .held(byte, escapes: 0)
    default: ground(byte)
    }
  }

  private mutating func held(_ first: UInt8, _ escapes: Int, then byte: UInt8) {
    introduce(first, isTorn: escapes == 0)
    take(byte)
  }

  /// It was pressed by hand after Esc.
  mutating func letGo(_ byte: UInt8, _ escapes: Int) {
    keys += Array(repeating: .escape, count: escapes)
    ground(byte)
  }

  private mutating func altCharacter(_ byte: UInt8) {
    if utf8.isInside, byte & 0xC0 != 0x80 { return ground(byte) }
    state = utf8.take(byte) == .nothing && utf8.isInside ? .altCharacter : .ground
  }

  /// Begins what ESC and `byte` introduce; anything that introduces nothing was typed with Alt.
  private mutating func introduce(_ byte: UInt8, isTorn torn: Bool, isEightBit: Bool = false) {
    parameters.removeAll(keepingCapacity: true)
    isTorn = torn
    switch byte {
    case UInt8(ascii: "["): state = .csi
    case UInt8(ascii: "O"): state = .ss3
    case UInt8(ascii: "]"): state = .string(StringKind(endsAtBell: true, isEightBit: isEightBit))
    case UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"), UInt8(ascii: "_"):
      state = .string(StringKind(endsAtBell: false, isEightBit: isEightBit))
    default: state = .ground
    }
  }

  /// The C1 controls 0x80 to 0x9F each stand for ESC and a character; other stray bytes for nothing.
  private mutating func eightBitIntroducer(_ byte: UInt8) {
    guard (0x80..<0xA0).contains(byte) else { return }
    introduce(byte - 0x40, isTorn: false, isEightBit: true)
  }

  // MARK: - Sequences

  /// What ends a sequence before its time: another ESC, ^C, and the controls made for it, CAN and
  /// SUB. Any other byte that does not belong is noise on the line, and the sequence goes on.
  private mutating func interrupt(_ byte: UInt8) -> Bool {
    switch state {
    case .string where byte == 0x1B: return false
    case .csi, .ss3, .linuxFunction, .mouse, .string: break
    case .ground, .escape, .slowEscape, .afterEscape, .held, .altCharacter, .stringEscape, .paste:
      return false
    }
    switch byte {
    case 0x03, 0x1B: ground(byte)
    case 0x18, 0x1A: state = .ground
    default: return false
    }
    return true
  }

  private mutating func csi(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "[") where parameters.isEmpty: state = .linuxFunction
    case UInt8(ascii: "M") where parameters.isEmpty: state = .mouse(3)
    case UInt8(ascii: "$") where isNumber: finish(KeySequences.csi(parameters, final: byte))
    case 0x20...0x3F: extend(byte)
    case 0x40...0x7E:
      if byte == UInt8(ascii: "~"), parameters == Array("200".utf8) { return beginPaste() }
      finish(KeySequences.csi(parameters, final: byte))
    default: isTorn = true
    }
  }

  /// rxvt ends sequences with `$`, which elsewhere goes before the final byte of a reply.
  private var isNumber: Bool {
    !parameters.isEmpty && parameters.allSatisfy { (0x30...0x39).contains($0) }
  }

  private mutating func ss3(_ byte: UInt8) {
    switch byte {
    case 0x20...0x3F: extend(byte)
    case 0x40...0x7E: finish(KeySequences.ss3(parameters, final: byte))
    default: isTorn = true
    }
  }

  private mutating func linuxFunction(_ byte: UInt8) {
    finish(KeySequences.linuxFunction(final: byte))
  }

  private mutating func mouse(_ byte: UInt8, _ left: Int) {
    state = left > 1 ? .mouse(left - 1) : .ground
  }

  /// Keys have few parameters; of an endless sequence no more is kept than shows that it is none.
  private mutating func extend(_ byte: UInt8) {
    if parameters.count < 32 { parameters.append(byte) } else { isTorn = true }
  }

  private mutating func finish(_ key: Key?) {
    state = .ground
    if let key, !isTorn { keys.append(key) }
  }

  // MARK: - Strings and pastes

  private mutating func string(_ byte: UInt8, _ kind: StringKind) {
    switch byte {
    case 0x07 where kind.endsAtBell: state = .ground
    case 0x9C where kind.isEightBit: state = .ground
    case 0x1B: state = .stringEscape
    default: break
    }
  }

  private mutating func stringEscape(_ byte: UInt8) {
    if byte == UInt8(ascii: "\\") { state = .ground } else { escape(byte, 1) }
  }

  private mutating func beginPaste() {
    pasted = PastedLine()
    state = .paste(0)
  }

  private mutating func paste(_ byte: UInt8, _ matched: Int) {
    guard byte == Self.endOfPaste[matched] else {
      for byte in Self.endOfPaste[..<matched] { pasted.take(byte) }
      if byte == Self.endOfPaste[0] { return state = .paste(1) }
      pasted.take(byte)
      return state = .paste(0)
    }
    state = matched + 1 < Self.endOfPaste.count ? .paste(matched + 1) : .ground
    if case .ground = state, !isTorn, !pasted.text.isEmpty { keys.append(.pasted(pasted.text)) }
  }

  private static let endOfPaste = Array("\u{1B}[201~".utf8)
}
