import Glibc
import Testing

@testable import MemtopCore

@Suite(.timeLimit(.minutes(30))) struct TextWidthTests {
  /// The C library's own, for a thread of ours; nil where it does not know the scalar.
  private struct Library {
    private let locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)
    /// Its header hides it from Swift.
    private let wcwidth = unsafeBitCast(
      dlsym(nil, "wcwidth"), to: (@convention(c) (wchar_t) -> Int32).self)

    func columns(_ body: ((Unicode.Scalar) -> Int?) -> Void) {
      let before = uselocale(locale)
      body { scalar in
        let width = wcwidth(wchar_t(scalar.value))
        return width < 0 ? nil : Int(width)
      }
      uselocale(before)
      freelocale(locale)
    }
  }

  /// Where Unicode changed its mind: an Ahom vowel sign that stands in a column of its own since.
  private static let known: Set<UInt32> = [0x1171E]

  /// What came later, not every C library knows.
  private static func isOfUnicode14(_ scalar: Unicode.Scalar) -> Bool {
    scalar.properties.age.map { $0.major <= 14 } ?? false
  }

  @Test("each scalar is as wide as to the C library, by which ncurses counts")
  func library() {
    var wrong: [String] = []
    var compared = 0
    Library().columns { width in
      for value in UInt32(1)..<0x110000 {
        guard let scalar = Unicode.Scalar(value), Self.isOfUnicode14(scalar),
          let expected = width(scalar)
        else { continue }
        compared += 1
        let ours = TextWidth.columns(of: scalar)
        if ours != expected, !Self.known.contains(value) {
          wrong.append("U+\(String(value, radix: 16)): \(ours), not \(expected)")
        }
      }
    }
    #expect(compared > 280_000)
    #expect(wrong.isEmpty, "\(wrong.count): \(wrong.prefix(20))")
  }

  @Test("text is cut at a column, with a sign in the last one")
  func cut() {
    #expect(TextWidth.cut("customer", to: 8, sign: "…") == "customer")
    #expect(TextWidth.cut("customers", to: 8, sign: "…") == "custome…")
    #expect(TextWidth.cut("漢字漢字", to: 6, sign: "~") == "漢字~")
    #expect(TextWidth.cut("ab", to: 0, sign: "~") == "~")
  }
}
