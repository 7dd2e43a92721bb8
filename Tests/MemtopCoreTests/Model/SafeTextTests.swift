import Testing

@testable import MemtopCore
@testable import MemtopSimulation

@Suite(.timeLimit(.minutes(30))) struct SafeTextTests {
  @Test(
    "what is printable stays, everything else becomes its bytes",
    arguments: [
      ("web1", "web1"), ("", ""), ("naïve Ω 漢字", "naïve Ω 漢字"), ("a\\b", "a\\\\b"),
      ("\u{1B}[31mred", "\\x1b[31mred"), ("a\nb\tc\r", "a\\x0ab\\x09c\\x0d"), ("\u{0}", "\\x00"),
      ("\u{7F}", "\\x7f"), ("\u{9B}2J", "\\xc2\\x9b2J"), ("\u{202E}gpj", "\\xe2\\x80\\xaegpj"),
      ("a\u{301}", "a\\xcc\\x81"), ("\u{200B}", "\\xe2\\x80\\x8b"),
      ("\u{A0}", "\\xc2\\xa0"), ("\u{FEFF}", "\\xef\\xbb\\xbf"), ("\u{2028}", "\\xe2\\x80\\xa8"),
      ("\u{E000}", "\\xee\\x80\\x80"), ("👍", "👍"),
      // Letters and symbols that nobody sees.
      ("a\u{1160}", "a\\xe1\\x85\\xa0"), ("a\u{115F}", "a\\xe1\\x85\\x9f"),
      ("a\u{3164}", "a\\xe3\\x85\\xa4"), ("a\u{FFA0}", "a\\xef\\xbe\\xa0"),
      ("a\u{2800}", "a\\xe2\\xa0\\x80"), ("a\u{3000}", "a\\xe3\\x80\\x80"),
      ("a\u{1D159}", "a\\xf0\\x9d\\x85\\x99"), ("a\u{2065}", "a\\xe2\\x81\\xa5"),
    ])
  func escaping(raw: String, shown: String) {
    #expect(SafeText.escaped(Array(raw.utf8)) == shown)
  }

  @Test(
    "bytes that are no UTF-8 become escapes, and the rest goes on",
    arguments: [
      ([0xFF], "\\xff"), ([0x61, 0xC3], "a\\xc3"), ([0xC3, 0x61], "\\xc3a"),
      ([0xC0, 0x80], "\\xc0\\x80"), ([0xED, 0xA0, 0x80], "\\xed\\xa0\\x80"),
      ([0xF8, 0x88, 0x80, 0x80, 0x80], "\\xf8\\x88\\x80\\x80\\x80"),
      ([0xE2, 0x82, 0x41], "\\xe2\\x82A"), ([0xF4, 0x90, 0x80, 0x80], "\\xf4\\x90\\x80\\x80"),
    ] as [([UInt8], String)])
  func notUTF8(bytes: [UInt8], shown: String) {
    #expect(SafeText.escaped(bytes) == shown)
  }

  @Test("no two names that differ look the same: what is in one and not in the other is seen")
  func lookalikes() {
    let plain = "web"
    var unseen = 0
    // Between these planes there are ideographs only, and nothing.
    for value in [UInt32(0x80)..<0x20000, 0xE0000..<0xE0200].joined() {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let properties = scalar.properties
      let isBlank =
        properties.isWhitespace || properties.isDefaultIgnorableCodePoint
        || properties.generalCategory == .format || TextWidth.columns(of: scalar) == 0
      guard isBlank else { continue }
      let shown = SafeText.name(Array((plain + String(Character(scalar))).utf8))
      if shown.unicodeScalars.contains(scalar) { unseen += 1 }
    }
    #expect(unseen == 0)
  }

  @Test(
    "blanks at the ends of a name are seen",
    arguments: [
      (" web", #"\x20web"#), ("web ", #"web\x20"#), ("web  ", #"web\x20\x20"#), (" ", #"\x20"#),
      ("a b", "a b"), ("web", "web"),
    ])
  func ends(raw: String, shown: String) {
    #expect(SafeText.name(Array(raw.utf8)) == shown)
    #expect(SafeText.name([UInt8](repeating: 0x20, count: 1000)).count <= 65)
  }

  @Test("a message keeps what people write, accents and all, and nothing that a terminal obeys")
  func messages() {
    #expect(
      SafeText.message("no such file: naïve e\u{301} 漢字 →") == "no such file: naïve e\u{301} 漢字 →")
    #expect(SafeText.message("\u{1B}]0;pwn\u{7}") == #"\x1b]0;pwn\x07"#)
    #expect(
      SafeText.message("a\u{202E}b\u{200B}c\u{9B}2J") == #"a\xe2\x80\xaeb\xe2\x80\x8bc\xc2\x9b2J"#)
    #expect(SafeText.message("two\nlines") == #"two\x0alines"#)
    #expect(SafeText.message("two\nlines\r", keepsLines: true) == "two\nlines\\x0d")
  }

  @Test("it is cut at the limit, never within an escape")
  func limit() {
    #expect(SafeText.escaped(Array("abcdef".utf8), limit: 6) == "abcdef")
    #expect(SafeText.escaped(Array("abcdefg".utf8), limit: 6) == "abcdef~")
    #expect(SafeText.escaped(Array("abcd\u{1B}".utf8), limit: 6) == "abcd~")
    #expect(SafeText.escaped([UInt8](repeating: 0, count: 1 << 20), limit: 64).count == 65)
  }

  @Test("whatever the bytes, what comes out is printable and short")
  func anything() {
    var random = SeededRandom(seed: 11)
    for length in 0..<400 {
      let bytes = (0..<length).map { _ in UInt8(random.next() % 256) }
      let text = SafeText.escaped(bytes, limit: 64)
      #expect(text.unicodeScalars.count <= 65)
      #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
    }
  }
}
