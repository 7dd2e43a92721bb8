import Foundation
import MemtopCore
import MemtopRecording
import RecordedLoad
import Testing

/// What somebody made who means harm, or knows no better: it is refused, or shown without being run.
@Suite("Recordings of another hand", .timeLimit(.minutes(30)))
struct ForeignFileTests {
  let victim: Victim

  init() throws { victim = try Victim() }

  private func changed(_ sql: String) throws -> String {
    let path = try victim.damaged(victim.pages.bytes)
    try Raw.run(path, sql)
    return path
  }

  @Test(
    "a schema that a recording never has is refused, by readers and by recorders",
    arguments: [
      (
        """
        CREATE TRIGGER zz AFTER INSERT ON sample BEGIN INSERT INTO keyframe
          WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
          SELECT i, 0 FROM n WHERE i < 0; END
        """, "it has a trigger, zz"
      ),
      (
        "DROP TABLE event; CREATE VIRTUAL TABLE event USING fts5(id, kind, before)",
        "its table event is not a plain table"
      ),
      ("CREATE VIRTUAL TABLE more USING fts5(a)", "more"),
      (
        "ALTER TABLE state RENAME TO s2; CREATE VIEW state AS SELECT * FROM s2",
        "its table state is not a plain table"
      ),
      (
        "ALTER TABLE sample ADD COLUMN slow GENERATED ALWAYS AS (hex(zeroblob(late)))",
        "its table sample differs from memtop's"
      ),
      ("ALTER TABLE host RENAME COLUMN xen TO nex", "its table host differs from memtop's"),
      (
        "CREATE INDEX odd ON sample(abs(late))", "it has an index that is not on plain columns, odd"
      ),
      (
        "CREATE UNIQUE INDEX odd ON sample(id, late)",
        "it has an index that is not on plain columns, odd"
      ),
    ])
  func schema(_ sql: String, _ words: String) throws {
    let path = try changed(sql)
    for open in [
      { _ = try RecordingFile(path) },
      { _ = try RecordingWriter(path, RecordingOptions(), now: WallTime(milliseconds: 0)) },
    ] {
      #expect {
        try open()
      } throws: {
        ($0 as? RecordingError)?.cause == .foreign && "\($0)".contains(words)
          && "\($0)".contains("is not a memtop recording")
      }
    }
  }

  @Test("what a later version may add, or an operator, does not matter")
  func additions() throws {
    let path = try changed(
      """
      CREATE INDEX mine ON event(kind, who); CREATE TABLE notes(a PRIMARY KEY, b DEFAULT (abs(1)));
      CREATE VIEW slow AS SELECT hex(zeroblob(id)) FROM sample; ANALYZE;
      ALTER TABLE host ADD COLUMN later TEXT
      """)
    var random = Seeded("additions")
    #expect(Exercise.read(path, &random) == nil)
    #expect(try RecordingFile(path).damage == [])
  }

  @Test("numbers beyond all bounds count as unknown, and that is told", arguments: [true, false])
  func numbers(_ isHost: Bool) throws {
    let path = try changed(
      isHost
        ? "UPDATE host SET claimed = -9007199254740992, total = 9007199254740991"
        : "UPDATE base SET allocation = 9007199254740991, target = 'much', reported_at = -1 << 62")
    let file = try RecordingFile(path)
    let snapshots = try Extract(file).snapshots()
    #expect(snapshots.count == Int(Victim.samples))
    if isHost {
      #expect(snapshots.allSatisfy { $0.host.claimed == .zero && $0.host.total == .zero })
    } else {
      #expect(snapshots[0].domains.allSatisfy { $0.target == nil && $0.reportAge == nil })
    }
    #expect(file.damage == ["some numbers are impossible and shown as unknown"])
    var random = Seeded("numbers")
    Exercise.read(path, &random)
  }

  @Test("the work is what the file holds: many clocks, and samples that are far apart")
  func bounded() throws {
    var random = Seeded("bounded")
    for sql in [
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
        INSERT OR IGNORE INTO clock SELECT i, i * 7 FROM n
      """,
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)
        INSERT INTO session(first_sample, began, at, interval) SELECT i, i, i * 1000, 1000 FROM n
      """,
      // Two keyframes at the ends of what ids can tell, in a file that says that it is as large.
      "INSERT INTO sample(id, late) VALUES(1 << 39, 0); INSERT INTO keyframe VALUES(1 << 39, 0)",
      "UPDATE sample SET id = id << 30; UPDATE keyframe SET sample = sample << 30",
    ] {
      let path = try changed(sql)
      // Sparse: a gigabyte of nothing, of which the header tells as of pages.
      truncate(path, 1 << 30)
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try handle.seek(toOffset: 28)
      try handle.write(contentsOf: Data([0, 4, 0, 0]))
      try handle.close()
      let began = ContinuousClock.now
      Exercise.read(path, &random)
      #expect(ContinuousClock.now - began < .seconds(60), "\(sql)")
    }
  }

  /// `MEMTOP_FUZZ` is for how many seconds; each mutation follows from its number.
  @Test("no change of any value or byte ends the program, or keeps it for long")
  func fuzz() throws {
    let seconds = ProcessInfo.processInfo.environment["MEMTOP_FUZZ"].flatMap { Int64($0) } ?? 5
    let end = ContinuousClock.now + .seconds(seconds)
    var number: UInt64 = 0
    while ContinuousClock.now < end || number < 8 {
      var random = Seeded(number)
      let (path, what) = try mutant(&random)
      let began = ContinuousClock.now
      Exercise.read(path, &random)
      if number % 4 == 0 { Exercise.write(path) }
      #expect(ContinuousClock.now - began < .seconds(60), "mutation \(number): \(what)")
      number += 1
    }
  }

  /// Changes some values by SQL, or some bytes.
  private func mutant(_ random: inout Seeded) throws -> (String, String) {
    guard random.below(3) > 0 else {
      var bytes = victim.pages.bytes
      for _ in 0...random.below(20) {
        bytes[Int(random.below(bytes.count))] = UInt8(random.below(256))
      }
      return (try victim.damaged(bytes), "bytes")
    }
    let path = try victim.damaged(victim.pages.bytes)
    var all: [String] = []
    for _ in 0...random.below(4) {
      let (table, columns) = try #require(tables.randomElement(using: &random))
      let column = try #require(columns.randomElement(using: &random))
      let rows = ["1", "rowid % 3 = 1", "rowid = (SELECT max(rowid) FROM \(table))"]
      let sql =
        "UPDATE OR IGNORE \(table) SET \"\(column)\" = \(value(column, &random)) "
        + "WHERE \(rows[Int(random.below(rows.count))])"
      // What the schema itself refuses is no change.
      try? Raw.run(path, sql)
      all.append(sql)
    }
    return (path, all.joined(separator: "; "))
  }

  private func value(_ column: String, _ random: inout Seeded) -> String {
    let most: [Int64] = [.max, .min, 1 << 50, 1 << 40, 1 << 53, 1 << 46, 0, -1, 255, 65_536]
    let near = Int64(random.below(5)) - 2
    return switch random.below(8) {
    case 0: "NULL"
    case 1: ["'text'", "x'00ff00'", "1e300", "-1e300", "0.5", "''"][Int(random.below(6))]
    case 2: "\"\(column)\" + \(random.below(1 << 20))"
    case 3: "-\"\(column)\""
    default: "\(most[Int(random.below(most.count))] &+ near)"
    }
  }

  private var tables: [(String, [String])] {
    let names = [
      "session", "sample", "clock", "keyframe", "host", "identity", "event", "event_subject",
      "base", "report", "allocation", "balloon", "limits", "state",
    ]
    return names.compactMap { name in
      let columns = Raw.text(
        victim.path, "SELECT group_concat(name) FROM pragma_table_info('\(name)')")
      return columns.map { (name, $0.split(separator: ",").map(String.init)) }
    }
  }
}
