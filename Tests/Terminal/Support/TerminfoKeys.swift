import Foundation

/// The keys of a terminal as terminfo knows them: every string capability whose name begins with k.
struct TerminfoKeys {
  /// By capability: kcuu1, kf8, kUP5.
  let sequences: [String: [UInt8]]

  init(of term: String) throws {
    guard let stream = popen("infocmp -1 -x \(term)", "re") else {
      throw SystemError(call: "popen", code: errno)
    }
    var text = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&text, 1, text.count, stream)
    pclose(stream)
    var sequences: [String: [UInt8]] = [:]
    for line in text.prefix(count).split(separator: UInt8(ascii: "\n")) {
      let line = String(decoding: line, as: UTF8.self).drop { $0 == "\t" }
      guard line.first == "k", let equals = line.firstIndex(of: "=") else { continue }
      let value = line[line.index(after: equals)...].dropLast()
      sequences[String(line[..<equals])] = Self.bytes(Array(value.utf8))
    }
    self.sequences = sequences
  }

  /// terminfo(5): \E, ^X, \ooo and a few letters.
  private static func bytes(_ text: [UInt8]) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = text[...]
    while let sign = rest.popFirst() {
      switch sign {
      case UInt8(ascii: "^"):
        let letter = rest.popFirst() ?? 0
        bytes.append(letter == UInt8(ascii: "?") ? 0x7F : letter & 0x1F)
      case UInt8(ascii: "\\"): bytes.append(escaped(&rest))
      default: bytes.append(sign)
      }
    }
    return bytes
  }

  private static func escaped(_ rest: inout ArraySlice<UInt8>) -> UInt8 {
    let letter = rest.popFirst() ?? 0
    switch letter {
    case UInt8(ascii: "E"), UInt8(ascii: "e"): return 0x1B
    case UInt8(ascii: "n"): return 0x0A
    case UInt8(ascii: "r"): return 0x0D
    case UInt8(ascii: "t"): return 0x09
    case UInt8(ascii: "b"): return 0x08
    case UInt8(ascii: "s"): return 0x20
    case UInt8(ascii: "0")...UInt8(ascii: "7"):
      let digits = [letter] + rest.prefix(2)
      rest = rest.dropFirst(2)
      return digits.reduce(0) { $0 &* 8 &+ ($1 - UInt8(ascii: "0")) }
    default: return letter
    }
  }
}
