import MemtopCore

/// The statements of a writer, prepared once.
final class WriterStatements {
  private let database: Database
  private let session: Statement
  private let sample: Statement
  private let clock: Statement
  private let keyframe: Statement
  private let host: Statement
  private let identity: Statement
  private let event: Statement
  private let subject: Statement
  /// By the raw values of their tables.
  private let tables: [RowInserter]
  private var isSyncing: Bool?

  init(_ database: Database) throws(DatabaseError) {
    func insert(_ table: String, _ columns: [String]) throws(DatabaseError) -> Statement {
      let marks = columns.map { _ in "?" }.joined(separator: ", ")
      return try database.prepare(
        "INSERT INTO \(table)(\(columns.joined(separator: ", "))) VALUES(\(marks))")
    }
    self.database = database
    session = try insert(
      "session",
      ["first_sample", "began", "at", "interval", "program", "user", "note", "turns"])
    sample = try insert("sample", ["id", "late", "skew"])
    clock = try insert("clock", ["sample", "wall_offset"])
    keyframe = try insert("keyframe", ["sample", "at"])
    host = try insert("host", ["sample"] + HostRow.columns)
    identity = try insert("identity", ["id"] + Identity.columns)
    event = try insert("event", ["id", "kind", "before", "after", "author", "who", "detail"])
    subject = try insert("event_subject", ["id", "time", "domid", "uuid", "name", "host"])
    var tables: [RowInserter] = []
    for table in RecordTable.allCases { tables.append(try RowInserter(table, database)) }
    self.tables = tables
  }

  /// Whether the next commit waits until the disk has it.
  func setSync(_ isSyncing: Bool) throws(DatabaseError) {
    guard self.isSyncing != isSyncing else { return }
    try database.run("PRAGMA synchronous = \(isSyncing ? "FULL" : "NORMAL")")
    self.isSyncing = isSyncing
  }

  /// - Parameter sample: its first.
  func insertSession(
    _ sample: Int64, began: WallTime, at: Int64, interval: Span, program: String, user: String,
    note: String?
  ) throws(DatabaseError) {
    session.bind(1, sample)
    session.bind(2, began.milliseconds)
    session.bind(3, at)
    session.bind(4, interval.milliseconds)
    session.bind(5, program)
    session.bind(6, user)
    session.bind(7, note)
    session.bind(8, 1)
    try session.run()
  }

  func insertSample(_ id: Int64, late: Int64, skew: Int64?) throws(DatabaseError) {
    sample.bind(1, id)
    sample.bind(2, late)
    sample.bind(3, skew)
    try sample.run()
  }

  func insertClock(_ sample: Int64, _ offset: Int64) throws(DatabaseError) {
    clock.bind(1, sample)
    clock.bind(2, offset)
    try clock.run()
  }

  func insertKeyframe(_ sample: Int64, at: Int64) throws(DatabaseError) {
    keyframe.bind(1, sample)
    keyframe.bind(2, at)
    try keyframe.run()
  }

  func insertHost(_ sample: Int64, _ row: HostRow) throws(DatabaseError) {
    host.bind(1, sample)
    row.bind(to: host, first: 2)
    try host.run()
  }

  /// nil where nobody stands there any more.
  func insertIdentity(_ id: Int64, _ who: Identity?) throws(DatabaseError) {
    identity.bind(1, id)
    if let who {
      who.bind(to: identity, first: 2)
    } else {
      for index in Identity.columns.indices { identity.bind(2 + index, nil as Int64?) }
    }
    try identity.run()
  }

  /// Some wait for others: `finishRows` ends a sample.
  func insert(_ stored: RowEncoder.Stored, id: Int64) throws(DatabaseError) {
    try tables[stored.table.rawValue].insert(stored.values, id: id)
  }

  /// Inserts the rows that wait.
  func finishRows() throws(DatabaseError) {
    for table in tables { try table.finish() }
  }

  /// Forgets the rows that wait: their sample is not written.
  func dropRows() {
    for table in tables { table.drop() }
  }

  /// - Parameters:
  ///   - time: where it is not the sample's.
  ///   - about: the event itself, where it does not tell of whoever stands at its place.
  func insertEvent(id: Int64, _ row: EventRow, time: WallTime?, about: HostEvent?)
    throws(DatabaseError)
  {
    event.bind(1, id)
    event.bind(2, row.code.rawValue)
    func bind(_ parameter: Int, _ value: Int64?, isAmount: Bool) {
      if isAmount { event.bindKiB(parameter, value) } else { event.bind(parameter, value) }
    }
    bind(3, row.before, isAmount: row.code.hasAmounts.before)
    bind(4, row.after, isAmount: row.code.hasAmounts.after)
    event.bind(5, row.author)
    event.bind(6, row.who)
    event.bind(7, row.detail)
    try event.run()
    guard time != nil || about != nil else { return }
    subject.bind(1, id)
    subject.bind(2, time?.milliseconds)
    subject.bind(3, about.map { Int64($0.domain.domid) })
    subject.bind(4, about?.domain.uuid.description)
    subject.bind(5, about?.name)
    subject.bind(6, about?.domain.host.name)
    try subject.run()
  }
}

extension Snapshot {
  /// A sample has room for 256 events; of more the last one says how many there were.
  var eventsToWrite: [HostEvent] {
    guard events.count > 256 else { return events }
    // Among them may be one that says the same of an earlier sample.
    let count = events.dropFirst(255).reduce(0) { count, event in
      if case .leftOut(let others) = event.kind { count + others } else { count + 1 }
    }
    let left = HostEvent(
      time: time, domain: HostEvent.host, name: host.hostname, kind: .leftOut(count))
    return events.prefix(255) + [left]
  }
}
