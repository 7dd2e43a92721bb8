import Testing

@testable import MemtopCore

@Suite struct SafeTextTests {
  @Test(
    "what is printable stays, everything else becomes its bytes",
    arguments: [
      ("web1", "web1"), ("", ""), ("naïve Ω 漢字", "naïve Ω 漢字"), ("a\\b", "a\\\\b"),
      ("\u{1B}[31mred", "\\x1b[31mred"), ("a\nb\tc\r", "a\\x0ab\\x09c\\x0d"), ("\u{0}", "\\x00"),
      ("\u{7F}", "\\x7f"), ("\u{9B}2J", "\\xc2\\x9b2J"), ("\u{202E}gpj", "\\xe2\\x80\\xaegpj"),
      ("a\u{301}", "a\\xcc\\x81"), ("\u{200B}", "\\xe2\\x80\\x8b"),
      ("\u{A0}", "\\xc2\\xa0"), ("\u{FEFF}", "\\xef\\xbb\\xbf"), ("\u{2028}", "\\xe2\\x80\\xa8"),
      ("\u{E000}", "\\xee\\x80\\x80"), ("👍", "👍"),
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
