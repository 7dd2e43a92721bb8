import CSQLite
import Foundation
import MemtopCore
import MemtopRecording
import Testing

/// memtop-recording(5) is what other programs are written by.
@Suite("memtop-recording(5)", .timeLimit(.minutes(30)))
struct RecordingPageTests {
  private static let page = try! String(
    contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../man/memtop-recording.5"), encoding: .utf8)

  /// The queries that the page gives as examples.
  static let queries = page.matches(
    of: #/\.\\" BEGIN QUERY\n\.Bd [^\n]*\n((?s:.*?))\.Ed\n\.\\" END QUERY/#
  ).map { String($0.1) }

  /// A host on which things happen: targets move, a guest reboots, nobody looks for a while.
  private static func recorded(_ path: String) throws {
    let living = Living()
    let writer = try RecordingWriter(
      path, RecordingOptions(program: "memtop record", user: "alice", note: "the example"),
      now: WallTime(milliseconds: 1_790_000_000_000))
    for second in 0..<200 {
      var snapshot = living.next(after: .seconds(second == 100 ? 60 : 1))
      if second == 50 {
        let domain = snapshot.domains[1]
        for author: ChangeAuthor? in [.you, .you, .regulator, nil] {
          snapshot.events.append(
            HostEvent(
              time: snapshot.time, domain: domain.id, name: domain.name,
              kind: .targetChanged(from: .gib(1), to: .gib(2), by: author)))
        }
        snapshot.events.append(
          HostEvent(
            time: snapshot.time, domain: domain.id, name: domain.name,
            kind: .rebooted(formerDomid: 3)))
      }
      _ = try writer.append(snapshot)
    }
    try writer.close()
  }

  /// Every row of a query, as text.
  private static func rows(_ sql: String, _ path: String) throws -> [[String]] {
    var database: OpaquePointer?
    var statement: OpaquePointer?
    defer {
      sqlite3_finalize(statement)
      sqlite3_close_v2(database)
    }
    guard sqlite3_open(path, &database) == SQLITE_OK,
      sqlite3_prepare_v2(database, sql, -1, &statement, nil) == SQLITE_OK
    else { throw Failed(message: String(cString: sqlite3_errmsg(database))) }
    var rows: [[String]] = []
    while sqlite3_step(statement) == SQLITE_ROW {
      rows.append(
        (0..<sqlite3_column_count(statement)).map { column in
          sqlite3_column_text(statement, column).map { String(cString: $0) } ?? ""
        })
    }
    return rows
  }

  private struct Failed: Error { let message: String }

  @Test("each of its examples gives rows")
  func examples() throws {
    let scratch = Scratch()
    let path = scratch.file("a.memtop")
    try Self.recorded(path)
    #expect(Self.queries.count >= 8)
    for query in Self.queries {
      #expect(try !Self.rows(query, path).isEmpty, "\(query)")
    }
    let changes = try #require(Self.queries.first { $0.contains(" AS changes") })
    #expect(
      try Self.rows(changes, path) == [["alice", "2"], ["not memtop", "1"], ["regulator", "1"]])
  }

  @Test("it names every table, view and column that there is, and no other table")
  func schema() throws {
    let scratch = Scratch()
    let path = scratch.file("a.memtop")
    try RecordingWriter(path, RecordingOptions(), now: WallTime(milliseconds: 0)).close()
    let columns = try Self.rows(
      """
      SELECT m.type, m.name, c.name FROM sqlite_schema AS m, pragma_table_xinfo(m.name) AS c
      WHERE m.type IN ('table', 'view')
      """, path)
    #expect(columns.count > 100)
    let sections = Self.page.components(separatedBy: "\n.Ss ")
    for column in columns where column[0] == "table" {
      let section = sections.first { $0.hasPrefix(column[1] + "\n") }
      #expect(section != nil, "table \(column[1])")
      let words = (section ?? "").split { !($0.isLetter || $0.isNumber || $0 == "_") }
      let isKey = ["id", "sample", "place"].contains(column[2])
      #expect(words.contains(Substring(column[2])) || isKey, "\(column[1]).\(column[2])")
    }
    for view in Set(columns.filter { $0[0] == "view" }.map { $0[1] }) {
      #expect(Self.page.contains(".It Li \(view)\n"), "view \(view)")
    }
  }

  @Test("its versions are the code's")
  func versions() throws {
    let scratch = Scratch()
    let path = scratch.file("a.memtop")
    try RecordingWriter(path, RecordingOptions(), now: WallTime(milliseconds: 0)).close()
    let id = try Self.rows("PRAGMA application_id", path)[0][0]
    let version = try Self.rows("PRAGMA user_version", path)[0][0]
    #expect(Self.page.contains("is \(id)\n"))
    #expect(Self.page.contains("is the version of the format, \(version).\n"))
  }
}
