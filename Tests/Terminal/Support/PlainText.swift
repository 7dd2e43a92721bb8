/// The words in what a terminal is sent: colours and attributes taken out, a cursor that is moved
/// elsewhere as the end of a line.
///
/// That is no screen: it serves to find words that were drawn together.
enum PlainText {
  static func of(_ bytes: some Collection<UInt8>) -> String {
    var plain: [UInt8] = []
    plain.reserveCapacity(bytes.count)
    var rest = Array(bytes)[...]
    while let byte = rest.popFirst() {
      switch byte {
      case 0x1B: escape(&rest, &plain)
      case 0x00, 0x0E, 0x0F: break
      case 0x08, 0x09, 0x0D: plain.append(0x0A)
      default: plain.append(byte)
      }
    }
    return String(decoding: plain, as: UTF8.self)
  }

  static func isBlank(_ bytes: some Collection<UInt8>) -> Bool {
    of(bytes).allSatisfy { $0.isWhitespace }
  }

  private static func escape(_ rest: inout ArraySlice<UInt8>, _ plain: inout [UInt8]) {
    switch rest.popFirst() {
    case UInt8(ascii: "["): control(&rest, &plain)
    case UInt8(ascii: "("), UInt8(ascii: ")"): _ = rest.popFirst()
    default: break
    }
  }

  private static func control(_ rest: inout ArraySlice<UInt8>, _ plain: inout [UInt8]) {
    while let byte = rest.popFirst() {
      guard (0x40...0x7E).contains(byte) else { continue }
      if byte != UInt8(ascii: "m") { plain.append(0x0A) }
      return
    }
  }
}
