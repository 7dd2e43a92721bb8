import Testing

@testable import MemtopCore
@testable import MemtopRecording
@testable import TestSupport

/// memtop-recording(5) lists the columns that have been added since. `make man` writes them anew.
@Suite(.timeLimit(.minutes(30))) struct RecordingManPageTests {
  @Test("what is recorded since a later version stands with its table")
  func laterColumns() throws {
    let blocks = RecordTable.allCases.map { table in
      ("LATER \(table.name)", table == .base ? Self.described : Self.listed(table))
    }
    #expect(try ManPage.check("memtop-recording.5", blocks) == [])
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
