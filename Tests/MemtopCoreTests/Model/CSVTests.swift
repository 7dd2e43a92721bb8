import Testing

@testable import MemtopCore

@Suite("text in csv", .timeLimit(.minutes(30))) struct CSVTests {
  @Test(
    "what a spreadsheet would work out has an apostrophe in front",
    arguments: [
      ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@SUM(A1)", "'@SUM(A1)"),
      ("\tx", "'\tx"), ("\rx", "\"'\rx\""), ("=HYPERLINK(\"a\",1)", "\"'=HYPERLINK(\"\"a\"\",1)\""),
      ("\u{FF1D}1", "'\u{FF1D}1"), ("web=1", "web=1"), ("", ""), ("a,b", "\"a,b\""), ("'a", "'a"),
    ])
  func cells(text: String, cell: String) {
    #expect(String { FieldValue.text(text).appendCSV(to: &$0) } == cell)
  }

  @Test("a number below zero is a number")
  func numbers() {
    #expect(String { FieldValue.bytes(Bytes(-5)).appendCSV(to: &$0) } == "-5")
    #expect(String { FieldValue.percent(hundredths: -5).appendCSV(to: &$0) } == "-0.05")
  }
}
