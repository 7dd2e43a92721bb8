import MemtopCore
import MemtopUI
import Testing

/// A terminal line with a clock: what arrives, and the pauses in between.
private struct Line {
  var decoder = KeyDecoder()
  var now = SteadyTime(milliseconds: 1000)
  var keys: [Key] = []

  mutating func receive(_ bytes: some Sequence<UInt8>) {
    keys += decoder.feed(bytes, at: now)
  }

  mutating func receive(_ text: String) { receive(Array(text.utf8)) }

  /// Lets time pass as the event loop does: it calls at each deadline.
  mutating func pause(_ milliseconds: Int64) {
    let end = now + Span(milliseconds: milliseconds)
    while let deadline = decoder.deadline, deadline <= end {
      now = max(now, deadline)
      keys += decoder.timeout(at: now)
    }
    now = end
  }

  static func keys(of text: String, then milliseconds: Int64 = 0) -> [Key] {
    var line = Line()
    line.receive(text)
    line.pause(milliseconds)
    return line.keys
  }
}

@Suite("Keys of the bytes that terminals send", .timeLimit(.minutes(30)))
struct KeyDecoderTests {
  @Test("every key of every terminal is decoded whole", arguments: TerminalKey.all)
  func whole(_ sent: TerminalKey) {
    var line = Line()
    line.receive(sent.bytes)
    #expect(line.keys == (sent.key.map { [$0] } ?? []))
    line.receive("q")
    #expect(line.keys.last == .character("q"), "the decoder is at rest again")
  }

  @Test("no key leaves characters behind when it arrives in two pieces", arguments: TerminalKey.all)
  func inTwoPieces(_ sent: TerminalKey) {
    for cut in 1..<sent.bytes.count {
      for pause: Int64 in [0, 100, 600] {
        var line = Line()
        line.receive(sent.bytes[..<cut])
        line.pause(pause)
        line.receive(sent.bytes[cut...])
        line.pause(5000)
        let wanted = sent.key.map { [$0] } ?? []
        let isTorn = cut == 1 && pause == 600
        // `]` is too dear to lose after Esc, and no reply comes to a program that does not ask.
        if isTorn && sent.isString { continue }
        #expect(line.keys == (isTorn ? [.escape] : wanted), "cut \(cut), \(pause) ms")
      }
    }
  }

  @Test("no key leaves characters behind when every byte comes alone", arguments: TerminalKey.all)
  func byteByByte(_ sent: TerminalKey) {
    var line = Line()
    for byte in sent.bytes {
      line.receive([byte])
      line.pause(20)
    }
    line.pause(5000)
    #expect(line.keys == (sent.key.map { [$0] } ?? []))
  }

  @Test("Esc alone is a key after 400 ms and not before")
  func loneEscape() {
    #expect(Line.keys(of: "\u{1B}", then: 399) == [])
    #expect(Line.keys(of: "\u{1B}", then: 400) == [.escape])
    #expect(Line.keys(of: "\u{1B}\u{1B}", then: 400) == [.escape, .escape])
  }

  @Test("a program that was too late to look tears nothing apart", arguments: TerminalKey.all)
  func lateReader(_ sent: TerminalKey) {
    var line = Line()
    for byte in sent.bytes {
      line.receive([byte])
      line.now = line.now + Span.seconds(30)
    }
    #expect(line.keys == (sent.key.map { [$0] } ?? []))
  }

  @Test("nor behind an Esc that was delivered", arguments: ["[A", "OA", "[5~", "[<0;3;3M"])
  func lateReaderOfTorn(_ rest: String) {
    var line = Line()
    line.receive("\u{1B}")
    line.pause(450)
    for byte in rest.utf8 {
      line.receive([byte])
      line.now = line.now + Span(milliseconds: 500)
    }
    #expect(line.keys == [.escape])
  }

  @Test(
    "what introduces sequences is a key when it is pressed by hand after Esc",
    arguments: ["[", "]", "O", "P", "X", "^", "_"],
    [40, 100, 300, 500, 1000, 1900, 3000] as [Int64])
  func introducersByHand(_ key: Character, _ pause: Int64) {
    var line = Line()
    line.receive("\u{1B}")
    line.pause(pause)
    for key in [key, key, "?", "q"] as [Character] {
      line.receive(String(key))
      line.pause(pause)
    }
    #expect(line.keys == [.escape] + [key, key, "?", "q"].map { .character($0) })
  }

  @Test("two seconds after Esc, [ and O are keys again")
  func afterEscape() {
    var line = Line()
    line.receive("\u{1B}")
    line.pause(2001)
    line.receive("[O")
    #expect(line.keys == [.escape, .character("["), .character("O")])
  }

  @Test("a key pressed soon after Esc counts, and so does the Esc", arguments: [30, 50, 300])
  func quickFingers(_ pause: Int64) {
    var line = Line()
    line.receive("\u{1B}")
    line.pause(pause)
    line.receive("j")
    line.pause(5000)
    #expect(line.keys == [.escape, .character("j")])
  }

  @Test("other keys are not held up by the Esc before them")
  func commandAfterEscape() {
    var line = Line()
    line.receive("\u{1B}")
    line.pause(500)
    line.receive("]q")
    #expect(line.keys == [.escape, .character("]"), .character("q")])
  }

  @Test(
    "Alt with a key is no key",
    arguments: ["q", "y", "\r", "\u{7F}", "é", "漢", "😀", "\u{DB}", " ", "1"])
  func alt(_ character: String) {
    #expect(Line.keys(of: "\u{1B}\(character)j", then: 1000) == [.character("j")])
  }

  @Test(
    "^C gets through in the midst of any sequence",
    arguments: ["", "[", "[5", "O", "[[", "[M", "]0;", "P"])
  func interrupt(_ begun: String) {
    #expect(Line.keys(of: "\u{1B}\(begun)\u{3}", then: 0) == [.control("C")])
  }

  @Test(
    "noise in the midst of a sequence does not set the rest of it free",
    arguments: ["\0", "\r", "\u{7F}", "é"])
  func noise(_ noise: String) {
    #expect(Line.keys(of: "\u{1B}[5\(noise)~", then: 3000) == [])
    #expect(Line.keys(of: "\u{1B}O\(noise)A", then: 3000) == [])
  }

  @Test("an endless sequence is no key")
  func endless() {
    let digits = String(repeating: "5", count: 100_000)
    #expect(Line.keys(of: "\u{1B}[\(digits)~q") == [.character("q")])
  }

  @Test("control characters have names")
  func controls() {
    #expect(
      Line.keys(of: "\u{1}\u{4}\u{C}\u{15}\u{1A}\u{1C}\u{8}\u{7F}\t\r\n\0 ") == [
        .control("A"), .control("D"), .control("L"), .control("U"), .control("Z"), .control("\\"),
        .backspace, .backspace, .tab, .enter, .enter, .character(" "),
      ])
  }

  @Test("characters beyond ASCII come whole, at whatever pace")
  func unicode() {
    var line = Line()
    for byte in Array("é漢😀".utf8) {
      line.receive([byte])
      line.pause(600)
    }
    #expect(line.keys == [.character("é"), .character("漢"), .character("😀")])
  }

  @Test(
    "what is not UTF-8 is nothing, and harms nothing after it",
    arguments: [
      [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF5], [0xFF, 0xFE], [0xE9], [0xC3], [0xE2, 0x82],
      [0xA0, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x80, 0x8B], [0xCC, 0x81], [0x84],
    ] as [[UInt8]])
  func notUTF8(_ bytes: [UInt8]) {
    var line = Line()
    line.receive(bytes + Array("q".utf8))
    #expect(line.keys == [.character("q")])
  }

  @Test("8-bit introducers begin sequences, alone or in UTF-8")
  func eightBit() {
    var line = Line()
    line.receive([0x9B, 0x41, 0x8F, 0x50, 0xC2, 0x9B, 0x35, 0x7E])
    line.receive([0x9D] + Array("0;title".utf8) + [0x9C])
    line.receive([0x90] + Array("q".utf8) + [0x9C])
    line.receive("j")
    #expect(line.keys == [.up, .f(1), .pageUp, .character("j")])
  }

  @Test("characters whose UTF-8 holds 0x9C do not end a string")
  func stringWithText() {
    #expect(Line.keys(of: "\u{1B}]0;“quit” ]]\u{7}j") == [.character("j")])
  }

  @Test("a paste is one key, in pieces of any size", arguments: 1...9)
  func paste(_ size: Int) {
    let text = "]]]\r\u{3}yes\r\u{1B}[A\u{1B}[20\u{1B}OP\u{1B}[201q\u{1B}\u{1B}[201~j"
    let bytes = Array("\u{1B}[200~\(text)".utf8)
    var line = Line()
    for start in stride(from: 0, to: bytes.count, by: size) {
      line.receive(bytes[start..<min(start + size, bytes.count)])
      line.pause(size == 1 ? 20 : 300)
    }
    let pasted = "]]] yes [A[20OP[201q"
    #expect(line.keys == [.pasted(pasted), .character("j")])
  }

  @Test(
    "a paste is one line, and what cannot be typed is not in it",
    arguments: [
      ("2G", "2G"), ("2G\n", "2G"), ("\r\nbusy>2G\r\n\r\nswap>0\r\n", "busy>2G swap>0"),
      ("a\tb", "a b"), ("  a ", "  a "),
      ("é漢\u{7F}\u{9B}\u{200B}\u{202E}\u{301}\u{0}\u{3}x", "é漢x"),
    ])
  func pastedLine(_ text: String, _ line: String) {
    #expect(Line.keys(of: "\u{1B}[200~\(text)\u{1B}[201~") == [.pasted(line)])
  }

  @Test("a paste of nothing that can be typed is nothing", arguments: ["", "\r", "\u{3}\n\u{1B}"])
  func pastedNothing(_ text: String) {
    #expect(Line.keys(of: "\u{1B}[200~\(text)\u{1B}[201~j") == [.character("j")])
  }

  @Test("of an endless paste no more is kept than fits into a line that is typed")
  func endlesslyPasted() throws {
    let keys = Line.keys(
      of: "\u{1B}[200~\(String(repeating: "é\n", count: 100_000))\u{1B}[201~")
    guard case .pasted(let text)? = keys.first else { return #expect(keys.count == 1) }
    #expect((200...1001).contains(text.count))
  }

  @Test("a paste whose end is lost yields nothing, and keys come back after 3 s of silence")
  func endlessPaste() {
    var line = Line()
    line.receive("\u{1B}[200~")
    for _ in 0..<100 {
      line.receive("]yes\r")
      line.pause(2900)
    }
    #expect(line.keys == [])
    line.pause(100)
    line.receive("j")
    #expect(line.keys == [.character("j")])
  }

  @Test("a paste is discarded even if its beginning was torn")
  func tornPaste() {
    var line = Line()
    line.receive("\u{1B}")
    line.pause(600)
    line.receive("[200~]]]\u{1B}[201~")
    #expect(line.keys == [.escape])
  }

  @Test("any bytes at any pace leave the decoder able to take a key", arguments: 0..<20)
  func anything(_ seed: UInt64) {
    var random = SplitMix(state: seed)
    let alphabet =
      Array("\u{1B}\u{1B}\u{1B}[[O]PX^_M<?;:0125~$uAq\u{3}\u{7}\u{18}\\".utf8) + [
        0x9B, 0x9C, 0xC3, 0xE2, 0xFF, 0,
      ]
    var line = Line()
    for _ in 0..<3000 {
      line.receive(
        (0..<Int.random(in: 1...6, using: &random)).map { _ in
          alphabet.randomElement(using: &random)!
        })
      line.pause([0, 0, 100, 600, 2500].randomElement(using: &random)!)
    }
    line.pause(10_000)
    #expect(line.decoder.deadline == nil)
    line.keys = []
    line.receive("j")
    #expect(line.keys.last == .character("j"))
  }

  @Test("sequences at random, torn at random, never leave a character", arguments: 0..<20)
  func tornAtRandom(_ seed: UInt64) {
    var random = SplitMix(state: seed)
    var line = Line()
    for _ in 0..<300 {
      var rest = TerminalKey.all.randomElement(using: &random)!.bytes[...]
      while !rest.isEmpty {
        var size = Int.random(in: 1...rest.count, using: &random)
        // No line tears a sequence on both sides of its second byte.
        if rest.startIndex == 1, size == 1, rest.count > 1 { size = 2 }
        line.receive(rest.prefix(size))
        rest = rest.dropFirst(size)
        line.pause([0, 10, 300].randomElement(using: &random)!)
      }
    }
    line.pause(10_000)
    #expect(!line.keys.contains { if case .character = $0 { true } else { false } })
  }
}

/// Numbers at random from a seed, the same on every machine (splitmix64 of Steele, Lea and Flood).
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
