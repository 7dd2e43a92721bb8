import Testing

@testable import MemtopCore

@Suite(.timeLimit(.minutes(30))) struct TextWriterTests {
  @Test(
    "decimal digits of every length",
    arguments: [0, 9, 10, 99, 100, 1023, 999_999, 1_000_000, .max, .max - 1, -1, -10, .min])
  func decimals(_ number: Int64) {
    #expect(String { $0.appendDecimal(number) } == String(number))
  }

  @Test("text moves to the right, also beyond what there was room for")
  func indent() {
    let text = String { writer in
      writer.append("|")
      let mark = writer.count
      writer.append("12345678901234")
      writer.indent(from: mark, by: 30)
      writer.append(repeating: 0x2E, 3)
    }
    #expect(text == "|" + String(repeating: " ", count: 30) + "12345678901234...")
  }

  @Test("columns are those of a terminal, not bytes")
  func columns() {
    var writer = TextWriter(capacity: 4)
    writer.append("ab")
    let mark = writer.count
    writer.append("é漢")
    #expect(writer.columns(from: mark) == 3)
    #expect(writer.columns(from: 0) == 5)
  }

  @Test(
    "amounts at the edges of their units",
    arguments: [
      (1023, "1023B"), (1024, "1K"), (1_048_575, "1M"), (1 << 20, "1M"), (1_073_741_823, "1.00G"),
      (1 << 30, "1.00G"), (10_737_418_240, "10.0G"), (1 << 40, "1.00T"), (-1536 << 20, "-1.50G"),
      (1 << 50, "1.00P"), (1023 << 50, "1023P"),
      (.max, "8.00E"), (.min, "-8.00E"),
    ] as [(Int64, String)])
  func amounts(_ count: Int64, _ text: String) {
    #expect(Bytes(count).short == text)
  }
}
