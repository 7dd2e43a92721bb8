import Foundation
import Testing

@testable import MemtopCore
@testable import MemtopRecording
@testable import TestSupport

/// memtop-recording(5) lists the columns that have been added since. `make man` writes them anew.
@Suite struct RecordingManPageTests {
  @Test("what is recorded since a later version stands with its table")
  func laterColumns() throws {
    var page = try ManPage("memtop-recording.5")
    let isRecording = ProcessInfo.processInfo.environment["MEMTOP_RECORD_GOLDEN"] == "1"
    for table in RecordTable.allCases {
      let block = "LATER \(table.name)"
      let wanted = table == .base ? Self.described : Self.listed(table)
      let found = try #require(page[block], "the page has no block \(block)")
      if isRecording {
        page[block] = wanted
      } else {
        #expect(found == wanted, "\(block) of man/memtop-recording.5 is out of date: make man")
      }
    }
    if isRecording { try page.write() }
  }

  private static let since = "Recordings of earlier versions lack"

  private static var described: String {
    guard !RecordTable.base.laterColumns.isEmpty else { return "" }
    let items = RecordTable.base.laterColumns.map { column in
      let field = Field.table.first { $0.stored?.sql == column }
      return ".It Li \(column)\n\(Mdoc.text(field?.description ?? "not shown"))\n"
    }
    return ".Pp\n\(since) these columns:\n.Bl -tag -width \"first_sample\" -compact\n"
      + items.joined() + ".El\n"
  }

  private static func listed(_ table: RecordTable) -> String {
    guard !table.laterColumns.isEmpty else { return "" }
    return ".Pp\n\(since)\n.Li \(table.laterColumns.joined(separator: " , ")) .\n"
  }
}
