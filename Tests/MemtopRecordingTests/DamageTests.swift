import Foundation
import MemtopCore
import MemtopRecording
import RecordedLoad
import Testing

/// What a disk, a copy that was broken off, or somebody's editor does to a file: nothing of it ends the
/// program, and what is left can be read.
@Suite("Damage", .timeLimit(.minutes(30)))
struct DamageTests {
  let victim: Victim

  init() throws { victim = try Victim() }

  @Test("every class of page is there to be damaged")
  func classes() {
    for kind in Pages.Class.allCases {
      #expect(!victim.pages.ranges(kind).isEmpty, "\(kind)")
    }
  }

  /// Of each class of page; `MEMTOP_MUTATIONS=400` tries more. Each costs half a second.
  private static let mutations =
    ProcessInfo.processInfo.environment["MEMTOP_MUTATIONS"].flatMap { Int($0) } ?? 15

  @Test(
    "a bit or some bytes flipped in any class of page: read to its end, with no trap and no hang",
    arguments: Pages.Class.allCases)
  func flipped(_ kind: Pages.Class) throws {
    var random = Seeded("flipped \(kind)")
    let ranges = victim.pages.ranges(kind)
    for mutation in 0..<Self.mutations {
      var bytes = victim.pages.bytes
      let range = ranges[Int(random.below(ranges.count))]
      // The beginning of a page says how to read the rest of it.
      let most = mutation % 2 == 0 ? min(range.count, 60) : range.count
      for _ in 0..<(mutation % 3 == 0 ? 1 : 1 + random.below(12)) {
        let place = range.lowerBound + Int(random.below(most))
        bytes[place] =
          mutation % 3 == 2 ? UInt8(random.below(256)) : bytes[place] ^ 1 << UInt8(random.below(8))
      }
      try expectQuick("\(kind), mutation \(mutation)") {
        let path = try victim.damaged(bytes)
        let refusal = Exercise.read(path, &random)
        #expect(refusal == nil || [.damaged, .foreign].contains(refusal!.cause), "\(refusal!)")
        if mutation % 5 == 0 { Exercise.write(path) }
      }
    }
  }

  @Test(
    "cut off at and around every page boundary: what is left is right, and it says that it is damaged"
  )
  func truncated() throws {
    var random = Seeded("truncated")
    for page in 0...victim.pages.count {
      for more in [0, page % 2 == 0 ? 1 : -1, Int(1 + random.below(4_000))] {
        let length = page * Pages.size + more
        guard length >= 0, length < victim.pages.bytes.count else { continue }
        try expectQuick("cut off at \(length)") {
          let path = try victim.damaged(Array(victim.pages.bytes.prefix(length)))
          if Exercise.read(path, &random) == nil {
            let check = try RecordingCheck(path)
            let isWhole = check.numbers.count == Int(Victim.samples) && check.problems.isEmpty
            #expect(isWhole || !check.damage.isEmpty, "cut off at \(length): nothing is said of it")
          }
        }
      }
    }
  }

  @Test(
    "a page that is gone costs the stretch up to the next keyframe, which is told; all else is right"
  )
  func zeroed() throws {
    var opened = 0
    var lossless = 0
    var reported = 0
    let covered = try coverage(victim.path)
    for page in 2...victim.pages.count {
      let kind = victim.pages.classes[page - 1]
      var bytes = victim.pages.bytes
      bytes.replaceSubrange(
        (page - 1) * Pages.size..<page * Pages.size, with: repeatElement(0, count: Pages.size))
      let path = try victim.damaged(bytes)
      guard let check = try? RecordingCheck(path) else {
        #expect(kind == .schema || kind == .tableInterior || kind == .tableLeaf, "\(page) \(kind)")
        continue
      }
      opened += 1
      if check.numbers.count == Int(Victim.samples), check.damage.isEmpty {
        #expect(check.problems.isEmpty, "page \(page), \(kind): \(check.problems)")
        lossless += 1
      } else {
        #expect(!check.damage.isEmpty, "page \(page), \(kind): \(check.numbers.count) samples")
      }
      // Whoever has changed is not shown as something else: figures, names and times are right, or
      // it is said that they cannot be read.
      if !check.damage.contains(where: { !$0.hasPrefix("from ") }) {
        #expect(check.problems.isEmpty, "page \(page), \(kind): \(check.problems) \(check.damage)")
      }
      #expect(Set(check.numbers).count == check.numbers.count)
      // Nobody is billed for time that cannot be read.
      let some = try? coverage(path)
      reported += some == nil ? 0 : 1
      for (domain, span) in some ?? [:] {
        #expect(span <= covered[domain] ?? .zero, "page \(page), \(kind): \(domain)")
      }
      if kind == .tableLeaf, !check.numbers.isEmpty {
        let file = try RecordingFile(path)
        let taken = (try? Extract(file).snapshots().count) ?? 0
        #expect(
          taken > 0 || !file.damage.isEmpty, "page \(page), \(kind): nothing is dumped or said")
      }
    }
    #expect(opened > victim.pages.count / 2)
    #expect(lossless > 0)
    #expect(reported > opened / 2)
  }

  /// For how long the report counts each domain.
  private func coverage(_ path: String) throws -> [DomainUUID: Span] {
    let report = try Extract(RecordingFile(path)).report()
    return Dictionary(report.domains.map { ($0.id.uuid, $0.covered) }, uniquingKeysWith: +)
  }

  @Test("past a damaged leaf the next keyframe is found, and the stretch is told from when to when")
  func stretch() throws {
    let whole = victim.scratch.file("long")
    let last: Int64 = 400
    for first in stride(from: Int64(1), through: last, by: 40) {
      let writer = try RecordingWriter(whole, RecordingOptions(), now: WallTime(milliseconds: 0))
      for number in first..<first + 40 { _ = try writer.append(NumberedLoad.snapshot(number)) }
      try writer.close()
    }
    let root = try #require(
      Raw.text(whole, "SELECT rootpage FROM sqlite_schema WHERE name = 'base'").flatMap { Int($0) })
    var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: whole)))
    let begin = (root - 1) * Pages.size
    // A leaf in the middle of the table: an interior cell is a page's number first.
    let pointer = begin + 12 + 2 * (cells(bytes, begin) / 2)
    let cell = begin + Int(bytes[pointer]) << 8 + Int(bytes[pointer + 1])
    let leaf = bytes[cell..<cell + 4].reduce(0) { $0 << 8 | Int($1) }
    bytes[(leaf - 1) * Pages.size] = 0xFF
    let path = try victim.damaged(bytes)
    let check = try RecordingCheck(path)
    #expect(check.problems.isEmpty, "\(check.problems)")
    #expect(check.numbers.first == 1)
    #expect(check.numbers.last == last)
    let missing = Set(1...last).subtracting(check.numbers)
    #expect(!missing.isEmpty && missing.count <= 120, "\(missing.sorted())")
    #expect(
      check.damage.contains { $0.hasPrefix("no data from 2026-") && $0.contains(" to 2026-") },
      "\(check.damage)")
    let file = try RecordingFile(path)
    let past = try RecordedPast(file)
    let shown = NumberedLoad.snapshot(last)
    #expect(past.snapshot(at: shown.steady)?.domains.count == shown.domains.count)
    let inside = NumberedLoad.snapshot(missing.max()!)
    #expect(past.snapshot(at: inside.steady) == nil)
    #expect(past.problem?.cause == .damaged)
    #expect(past.damage?.contains("no data from 2026-") == true)
    let levels = past.levels(
      .allocation, of: DomainID(domid: 1, uuid: DomainUUID(high: 7, low: 1)),
      ending: shown.steady, cells: Int(last), cell: .seconds(1))
    #expect(levels.last! != nil)
    #expect(levels.contains { $0 == nil })
  }

  private func cells(_ bytes: [UInt8], _ page: Int) -> Int {
    Int(bytes[page + 3]) << 8 | Int(bytes[page + 4])
  }

  @Test(
    "text where a number should be, and numbers beyond all bounds, are something that can be shown")
  func wrongValues() throws {
    let tables = [
      "session", "sample", "clock", "keyframe", "host", "identity", "event", "event_subject",
      "base",
      "report", "allocation", "balloon", "limits", "state",
    ]
    let values = [
      "'text'", "9223372036854775807", "-9223372036854775808", "1e300", "x'00ff'", "NULL", "-1",
      "0",
      "9007199254740993.5",
    ]
    var random = Seeded("values")
    var made = 0
    for table in tables {
      let columns = try #require(
        Raw.text(victim.path, "SELECT group_concat(name) FROM pragma_table_info('\(table)')"))
      for column in columns.split(separator: ",") {
        let value = values[Int(random.below(values.count))]
        let path = try victim.damaged(victim.pages.bytes)
        // One row in three; what the schema itself refuses is no damage.
        try? Shell.run(
          "sqlite3", path,
          "UPDATE OR IGNORE \(table) SET \"\(column)\" = \(value) WHERE rowid % 3 = 1")
        try expectQuick("\(table).\(column) = \(value)") { Exercise.read(path, &random) }
        Exercise.write(path)
        made += 1
      }
    }
    #expect(made > 90)
  }

  @Test("numbers of samples and keyframes that nothing leads to are not walked to")
  func farAway() throws {
    var random = Seeded("far")
    for sql in [
      "INSERT INTO sample(id, late) VALUES(1 << 39, 0)",
      "INSERT INTO sample(id, late) VALUES(9223372036854775807, 0)",
      "INSERT INTO sample(id, late) VALUES(-5, 0); INSERT INTO keyframe VALUES(-5, 0)",
      "INSERT INTO keyframe VALUES(1 << 62, 0)", "DELETE FROM keyframe",
      "INSERT INTO base(id) VALUES(9223372036854775807)", "DELETE FROM session",
      "DELETE FROM clock",
      "DELETE FROM sample", "UPDATE session SET first_sample = 9223372036854775807",
      "UPDATE keyframe SET at = 9223372036854775807", "DELETE FROM identity", "DELETE FROM base",
    ] {
      let path = try victim.damaged(victim.pages.bytes)
      try Shell.run("sqlite3", path, sql)
      try expectQuick(sql) { Exercise.read(path, &random) }
      Exercise.write(path)
    }
  }

  @Test("a WAL with flipped bits, or cut off: what comes before that is there, and right")
  func damagedWAL() throws {
    let path = victim.scratch.file("writing")
    let writer = try RecordingWriter(path, RecordingOptions(), now: WallTime(milliseconds: 0))
    for number in Int64(1)...60 { _ = try writer.append(NumberedLoad.snapshot(number)) }
    let database = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    let wal = Array(try Data(contentsOf: URL(fileURLWithPath: path + "-wal")))
    try writer.close()
    var random = Seeded("wal")
    var shortest = 60
    for mutation in 0..<80 {
      var bytes = wal
      if mutation % 2 == 0 {
        // Frames are a page and 24 bytes each, after a header of 32.
        let frame = 32 + Int(random.below(wal.count / 4120)) * 4120
        bytes = Array(bytes.prefix(frame + [0, 1, 23, 24, 4000][mutation / 2 % 5]))
      } else {
        bytes[Int(random.below(mutation % 8 == 1 ? 32 : wal.count))] ^= 1 << UInt8(random.below(8))
      }
      let copy = try victim.damaged(database, wal: bytes)
      try expectQuick("WAL, mutation \(mutation)") {
        guard Exercise.read(copy, &random) == nil else { return }
        let check = try RecordingCheck(copy)
        #expect(check.problems.isEmpty, "\(check.problems)")
        #expect(check.numbers == Array(1..<Int64(check.numbers.count + 1)))
        if mutation % 2 == 1, check.numbers.count < 59 {
          #expect(
            !check.damage.isEmpty, "\(check.numbers.count) samples, and nothing said of the others")
        }
        shortest = min(shortest, check.numbers.count)
      }
    }
    #expect(shortest < 60, "nothing was ever cut off")
  }

  /// A hang would otherwise be noticed by nobody's patience.
  private func expectQuick(_ what: String, _ body: () throws -> Void) throws {
    let began = ContinuousClock.now
    try body()
    #expect(ContinuousClock.now - began < .seconds(20), "\(what)")
  }
}
