import Foundation
import Testing
@testable import TestSupport

/// memtop(8) says what the code does. `make man` writes the tables anew.
@Suite struct ManPageTests {
  @Test("the tables of memtop(8) are the code's")
  func tables() throws {
    var page = try ManPage()
    let isRecording = ProcessInfo.processInfo.environment["MEMTOP_RECORD_GOLDEN"] == "1"
    for (name, wanted) in ManPageTables.all {
      let found = try #require(page[name], "the page has no block \(name)")
      if isRecording {
        page[name] = wanted
      } else {
        #expect(found == wanted, "\(name) of man/memtop.8 is out of date: make man")
      }
    }
    if isRecording { try page.write() }
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
