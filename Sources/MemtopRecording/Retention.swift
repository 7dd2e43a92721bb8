import Glibc
import MemtopCore

/// Keeps a recording below its age and its size: the oldest go, from keyframe to keyframe, and a few
/// rows with each sample, so that no sample waits for long.
struct Retention {
  private let database: Database
  private let walPath: String
  private let keep: Span?
  private let limit: Limit?
  private let pageSize: Int64
  /// The first sample that counts; rows before it are on their way out.
  private var first: Int64
  private var isSweeping = true
  private var isTidying = true
  private var sweeps: [Statement] = []
  private var identitySweep: Statement
  private var nextKeyframe: Statement

  /// How the bytes of `--max-size` are shared.
  private struct Limit {
    let database: Int64
    let wal: Int64

    init(_ size: Bytes) {
      wal = size.count / 4
      database = size.count - wal
    }
  }

  /// Rows of a table that go with one sample, at most; their pages pass through the WAL.
  private static func slice(_ limit: Limit?) -> Int64 {
    // Without a limit as many as two samples can bring, or what is old would never be gone.
    limit.map { max(64, min(1_000, $0.wal / 2_048)) } ?? Int64(2 * RowID.mostPlaces)
  }

  init(_ database: Database, path: String, _ options: RecordingOptions) throws(DatabaseError) {
    self.database = database
    walPath = path + "-wal"
    keep = options.keep
    limit = options.maxSize.map { Limit($0) }
    pageSize = try database.count("PRAGMA page_size") ?? 4096
    first = try database.sample("SELECT min(sample) FROM keyframe WHERE sample > 0") ?? 0
    nextKeyframe = try database.prepare(
      """
      SELECT sample, at, (
        SELECT wall_offset FROM clock WHERE clock.sample <= keyframe.sample
        ORDER BY clock.sample DESC LIMIT 1)
      FROM keyframe WHERE sample > ? ORDER BY sample LIMIT 1
      """)
    // The last word on each place and on the clock stays.
    let slice = Self.slice(limit)
    identitySweep = try database.prepare(
      """
      DELETE FROM identity WHERE id IN (
        SELECT id FROM identity AS old WHERE id < ?1 AND id < (
          SELECT max(id) FROM identity AS later WHERE later.place = old.place AND later.id <= ?1)
        ORDER BY id LIMIT \(slice))
      """)
    func sweep(_ table: String, _ key: String) throws(DatabaseError) -> Statement {
      try database.prepare(
        "DELETE FROM \(table) WHERE \(key) IN "
          + "(SELECT \(key) FROM \(table) WHERE \(key) < ? ORDER BY \(key) LIMIT \(slice))")
    }
    for table in RecordTable.allCases { sweeps.append(try sweep(table.name, "id")) }
    sweeps.append(try sweep("sample", "id"))
    sweeps.append(try sweep("host", "sample"))
    for table in ["event", "event_subject"] { eventSweeps.append(try sweep(table, "id")) }
    try setLimits()
  }

  private var eventSweeps: [Statement] = []

  private func setLimits() throws(DatabaseError) {
    guard let limit else { return }
    let pages = max(16, min(1_000, limit.wal / 4 / pageSize))
    try database.run("PRAGMA wal_autocheckpoint = \(pages)")
    try database.run("PRAGMA journal_size_limit = \(limit.wal / 2)")
  }

  /// From keyframe to keyframe at most: what is too old goes by whole stretches.
  var stretch: Span {
    let part = keep.map { Span(milliseconds: $0.milliseconds / 16) } ?? .minutes(60)
    return min(.minutes(60), max(.minutes(1), part))
  }

  /// The recording outgrew its limit within one stretch from keyframe to keyframe.
  private(set) var wantsKeyframe = false

  /// Before a sample: sees to it that there is room for it below the limit.
  ///
  /// - Returns: why there is none; nil where there is.
  mutating func makeRoom() throws(DatabaseError) -> String? {
    guard let limit else { return nil }
    // A sample and what is swept with it take their room in the WAL first.
    if walSize > limit.wal / 2, try !emptyWAL(below: limit.wal / 2) { return Self.held }
    while try pages() * pageSize > limit.database {
      try database.heedSignals()
      guard try shrink(limit) else { break }
      if walSize > limit.wal / 4, try !emptyWAL(below: limit.wal / 2) { return Self.held }
    }
    return nil
  }

  private static let held =
    "another program has been reading the file for too long, so old samples cannot be deleted"

  /// The file is larger than it may be, as where the limit is lower than when it was begun: takes away
  /// a part at once; false where all is gone that can be, until there is another keyframe.
  private mutating func shrink(_ limit: Limit) throws(DatabaseError) -> Bool {
    let free = try database.count("PRAGMA freelist_count") ?? 0
    if !isSweeping, (try pages() - free) * pageSize > limit.database / 10 * 8 {
      if try atOnce({ (part) throws(DatabaseError) in try part.dropOldest() }) { return true }
    }
    if isSweeping {
      try atOnce { (part) throws(DatabaseError) in try part.sweep() }
      return true
    }
    if free > 0 {
      let before = try pages()
      try database.run("PRAGMA incremental_vacuum(16)")
      // Another program may have set auto_vacuum to NONE: then free pages are used again, and stay.
      return try pages() < before
    }
    wantsKeyframe = true
    return false
  }

  /// All of it or nothing, in the file and here.
  private mutating func atOnce<T>(_ body: (inout Retention) throws(DatabaseError) -> T)
    throws(DatabaseError) -> T
  {
    var after = self
    let result = try database.transaction { () throws(DatabaseError) in try body(&after) }
    self = after
    return result
  }

  /// Moves what is in the WAL into the database; false where a reader is in the way.
  private func emptyWAL(below most: Int64) throws(DatabaseError) -> Bool {
    database.wait(milliseconds: 0)
    defer { database.wait(milliseconds: 2_000) }
    do throws(DatabaseError) {
      try database.run("PRAGMA wal_checkpoint(TRUNCATE)")
    } catch  where error.isBusy {
      // What is left says so.
    }
    return walSize <= most
  }

  private func pages() throws(DatabaseError) -> Int64 {
    try database.count("PRAGMA page_count") ?? 0
  }

  private var walSize: Int64 {
    var status = stat()
    return stat(walPath, &status) == 0 ? Int64(status.st_size) : 0
  }

  /// Within a sample's transaction: moves the horizon on, and takes away some of what lies before it.
  mutating func advance(sample: Int64, _ age: SampleAge, isKeyframe: Bool)
    throws(DatabaseError)
  {
    if first == 0 { first = sample }
    if isKeyframe {
      wantsKeyframe = false
      if let keep { try drop { age.isOver(keep, since: $0) } }
    }
    if let limit { try stayBelow(limit.database) }
    if isSweeping { try sweep() }
  }

  private mutating func stayBelow(_ limit: Int64) throws(DatabaseError) {
    let free = try database.count("PRAGMA freelist_count") ?? 0
    guard try (pages() - free) * pageSize > limit / 10 * 8, !isSweeping else { return }
    if try !dropOldest() { wantsKeyframe = true }
  }

  private mutating func dropOldest() throws(DatabaseError) -> Bool {
    var isFirst = true
    return try drop { _ in
      defer { isFirst = false }
      return isFirst
    }
  }

  /// Forgets the oldest stretches, for as long as the keyframe that ends them is one of `isOld`.
  @discardableResult
  private mutating func drop(while isOld: (SampleAge.Moment) -> Bool) throws(DatabaseError)
    -> Bool
  {
    var dropped = false
    while let next = try keyframe(after: first), isOld(next.moment) {
      first = next.sample
      dropped = true
    }
    guard dropped else { return false }
    isSweeping = true
    try database.run(
      """
      DELETE FROM keyframe WHERE sample < \(first);
      DELETE FROM clock WHERE sample < (SELECT max(sample) FROM clock WHERE sample <= \(first));
      DELETE FROM session WHERE first_sample < (
        SELECT max(first_sample) FROM session WHERE first_sample <= \(first))
      """)
    return true
  }

  private func keyframe(after sample: Int64) throws(DatabaseError) -> (
    sample: Int64, moment: SampleAge.Moment
  )? {
    nextKeyframe.bind(1, sample)
    defer { nextKeyframe.reset() }
    guard try nextKeyframe.step(), let found = nextKeyframe.sample(0) else { return nil }
    let at = nextKeyframe.time(1) ?? 0
    return (found, SampleAge.Moment(at: at, wall: nextKeyframe.time(2).map { at + $0 }))
  }

  private mutating func sweep() throws(DatabaseError) {
    var gone = 0
    for (index, statement) in sweeps.enumerated() {
      let isDomainTable = index < RecordTable.allCases.count
      statement.bind(1, isDomainTable ? RowID.make(sample: first, place: 0) : first)
      try statement.run()
      gone += database.changes
    }
    for statement in eventSweeps {
      statement.bind(1, RowID.make(sample: first, place: 0) << 8)
      try statement.run()
      gone += database.changes
    }
    guard gone == 0 else { return }
    identitySweep.bind(1, RowID.make(sample: first, place: RowID.mostPlaces - 1))
    try identitySweep.run()
    isSweeping = database.changes > 0
  }

  /// After a sample: gives back what the file holds for nothing, once that is most of it.
  mutating func tidy() throws(DatabaseError) {
    guard isSweeping || isTidying else { return }
    let free = try database.count("PRAGMA freelist_count") ?? 0
    let half = try pages() / 2
    isTidying = free > 256 && free > half
    if isTidying { try database.run("PRAGMA incremental_vacuum(64)") }
  }
}
