import Foundation
import MemtopCore
import MemtopUI
import MemtopRecording
import RecordedLoad
import Testing

/// A small recording in which every class of page is found, to be damaged.
struct Victim {
  static let samples: Int64 = 80
  let scratch: Scratch
  let path: String
  let pages: Pages

  init() throws {
    scratch = Scratch(fast: true)
    path = scratch.file("whole")
    try Self.write(path)
    pages = try Pages(path)
  }

  private static func write(_ path: String) throws {
    // Four sessions, each of which begins with a keyframe.
    for first in stride(from: Int64(1), through: samples, by: 20) {
      let writer = try RecordingWriter(
        path, RecordingOptions(user: "alice"), now: WallTime(milliseconds: 0))
      for number in first..<first + 20 { _ = try writer.append(NumberedLoad.snapshot(number)) }
      try writer.close()
    }
    // What a recording of memtop's seldom has: overflow pages, free pages, an index of two levels.
    try Shell.run(
      "sqlite3", path,
      """
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 800)
        INSERT INTO identity(id) SELECT -i FROM n;
      INSERT INTO event(id, kind, detail) VALUES(-1, 13, printf("%.9000c", "x"));
      INSERT INTO event(id, kind, detail) VALUES(-2, 13, printf("%.9000c", "y"));
      DELETE FROM event WHERE id = -2
      """)
  }

  /// The recording with these bytes in place of its own.
  func damaged(_ bytes: [UInt8], wal: [UInt8]? = nil) throws -> String {
    let copy = scratch.file("damaged")
    for end in ["", "-wal", "-shm", "-journal"] { unlink(copy + end) }
    try Data(bytes).write(to: URL(fileURLWithPath: copy))
    if let wal { try Data(wal).write(to: URL(fileURLWithPath: copy + "-wal")) }
    return copy
  }
}

/// Asks a recording everything that can be asked of one.
enum Exercise {
  /// - Returns: why it cannot be opened at all; nil where it can.
  @discardableResult
  static func read(_ path: String, _ random: inout Seeded) -> RecordingError? {
    do {
      let file = try RecordingFile(path)
      _ = try? file.sessions()
      try ask(RecordedPast(file), &random)
      try walk(file)
      _ = try? Extract(file).report()
      if let snapshots = try? Extract(file).snapshots() { print(snapshots) }
      _ = try? Extract(file, step: .seconds(3), redactor: Redactor()).writeOpenMetrics(
        Field.table, host: true, put: { _ in true })
      draw(try RecordedPast(file), &random)
      copy(file)
      _ = file.damage
      return nil
    } catch {
      return error as? RecordingError
    }
  }

  /// As `memtop dump` does.
  private static func print(_ snapshots: [Snapshot]) {
    var output = TextWriter(capacity: 4096)
    for snapshot in snapshots.prefix(300) {
      output.removeAll()
      let values =
        HostField.table.map { $0.value(snapshot) }
        + snapshot.domains.flatMap { domain in Field.table.map { $0.value(domain) } }
      for value in values {
        value.appendShort(to: &output)
        value.appendCSV(to: &output)
        value.appendJSON(to: &output)
      }
    }
  }

  /// As `memtop replay` does, in a window of any size.
  private static func draw(_ past: RecordedPast, _ random: inout Seeded) {
    let size = ScreenSize(
      columns: [80, 200, 4_200][Int(random.below(3))], rows: [24, 60][Int(random.below(2))])
    var state = AppState(
      settings: ScreenSettings(source: .recording(name: "odd", follows: false)), size: size,
      now: SteadyTime(milliseconds: 0))
    _ = reduce(&state, .opened(at: nil, speed: nil), history: past)
    for scalar in "nntTp\n)tt(zn\u{1b})TT".unicodeScalars {
      let key: Key =
        switch scalar {
        case "\n": .enter
        case "\u{1b}": .escape
        default: .character(Character(scalar))
        }
      _ = reduce(&state, .key(key), history: past)
      _ = Screen.draw(state, history: past, glyphs: .unicode)
    }
    _ = reduce(&state, .tick(SteadyTime(milliseconds: 5_000)), history: past)
  }

  /// As `memtop dump --format memtop` does.
  private static func copy(_ file: RecordingFile) {
    let path = file.path + "-copy"
    try? Extract(file).write(to: path)
    for end in ["", "-wal", "-shm", "-journal"] { unlink(path + end) }
  }

  private static func walk(_ file: RecordingFile) throws {
    guard let ids = file.sampleIDs else { return }
    let walker = try RecordingWalker(file)
    var next = ids.lowerBound
    var found = 0
    while let sample = try walker.go(from: next, upTo: ids.upperBound), found < 2_000 {
      _ = SnapshotText.lines(walker.snapshot())
      next = sample + 1
      found += 1
    }
  }

  private static func ask(_ past: RecordedPast, _ random: inout Seeded) {
    guard let range = past.range else { return }
    let domains = [
      DomainID(domid: 0, uuid: .zero), DomainID(domid: 1, uuid: DomainUUID(high: 7, low: 1)),
      DomainID(domid: 3, uuid: DomainUUID(high: 7, low: 3)),
    ]
    let span = max(1, (range.upperBound - range.lowerBound).milliseconds)
    for _ in 0..<4 {
      let time =
        range.lowerBound + Span(milliseconds: Int64(random.next() % UInt64(span)))
      let domain = domains[Int(random.below(domains.count))]
      _ = past.snapshot(at: time).map(SnapshotText.lines)
      let metric = Metric.allCases[Int(random.below(Metric.allCases.count))]
      let cell = Span.seconds(Int64(1 + random.below(120)))
      _ = past.levels(metric, of: domain, ending: time, cells: 40, cell: cell)
      _ = past.pressures(of: domain, ending: time, cells: 40, cell: cell)
      _ = past.events(of: random.next() % 2 == 0 ? nil : domain, until: time, limit: 20)
      _ = past.gap(from: range.lowerBound, to: time)
      for direction in [TimeDirection.earlier, .later] {
        _ = past.sampleTime(direction, than: time)
        _ = past.eventTime(direction, than: time)
      }
      _ = past.wallTime(at: time).map { past.sampleTime(at: $0) }
    }
    _ = past.marks(from: range.lowerBound, to: range.upperBound, cells: 60)
    _ = past.refresh()
    _ = past.damage
  }

  /// A recorder that is to go on with it: it may refuse.
  static func write(_ path: String) {
    guard
      let writer = try? RecordingWriter(
        path, RecordingOptions(keep: .minutes(1), maxSize: .mib(2)), now: WallTime(milliseconds: 0))
    else { return }
    for number in Int64(1000)..<1004 { _ = try? writer.append(NumberedLoad.snapshot(number)) }
    try? writer.close()
  }
}
