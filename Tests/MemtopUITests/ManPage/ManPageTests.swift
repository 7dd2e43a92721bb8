import Testing
@testable import TestSupport

/// memtop(8) says what the code does. `make man` writes the tables anew.
@Suite(.timeLimit(.minutes(30))) struct ManPageTests {
  @Test("the tables of memtop(8) are the code's")
  func tables() throws {
    #expect(try ManPage.check("memtop.8", ManPageTables.all.map { ($0.name, $0.text) }) == [])
  }

  @Test(
    "no sign of a key or of a text is taken for mdoc's own",
    arguments: [
      ("?", "\\&?"), ("-", "\\&\\-"), ("^U", "\\(haU"), ("F1", "F1"), ("z", "z"), (".", "\\&."),
    ])
  func arguments(key: String, wanted: String) {
    #expect(Mdoc.argument(key) == wanted)
  }

  @Test("a text that begins with a dot is no macro")
  func dots() {
    #expect(Mdoc.text(".5 of it") == "\\&.5 of it")
  }
}
