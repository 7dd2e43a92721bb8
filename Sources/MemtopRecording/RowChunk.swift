import MemtopCore

/// The domain rows of a range of samples, read in one go and put in order.
struct RowChunk {
  struct Change {
    let id: Int64
    /// Where its columns begin in `values`; less than zero stands for an identity.
    let start: Int32
    let table: RecordTable
  }

  private(set) var changes: [Change] = []
  private(set) var values: [Int64] = []
  private(set) var identities: [Identity?] = []
  /// Of the samples in the range that are keyframes.
  private(set) var keyframes: [Int64] = []
  private(set) var hosts: [(sample: Int64, row: HostRow)] = []

  fileprivate mutating func add(_ table: RecordTable, _ row: Statement) {
    guard let start = Int32(exactly: values.count), values.count < Int32.max / 2,
      let id = row.rowID(0)
    else { return }
    changes.append(Change(id: id, start: start, table: table))
    for (index, column) in table.columns.enumerated() {
      values.append(row.value(index + 1, of: column) ?? SampleRow.missing)
    }
  }

  fileprivate mutating func addIdentity(_ row: Statement) {
    guard let id = row.rowID(0) else { return }
    identities.append(Identity(row, first: 1))
    changes.append(Change(id: id, start: Int32(-identities.count), table: .base))
  }

  var isEmpty: Bool { changes.isEmpty && keyframes.isEmpty && hosts.isEmpty }

  func isKeyframe(_ sample: Int64) -> Bool {
    keyframes.lastPlace { $0 <= sample }.map { keyframes[$0] == sample } ?? false
  }

  func keyframe(after sample: Int64) -> Int64? {
    let next = keyframes.lastPlace { $0 <= sample }.map { $0 + 1 } ?? 0
    return next < keyframes.count ? keyframes[next] : nil
  }

  fileprivate mutating func addKeyframe(_ sample: Int64) {
    // In a damaged table they need not ascend.
    if sample > keyframes.last ?? 0 { keyframes.append(sample) }
  }
  fileprivate mutating func addHost(_ sample: Int64, _ row: HostRow) { hosts.append((sample, row)) }

  /// Identities come before the numbers of the same sample and place, in the order of the tables.
  private static func isBefore(_ a: Change, _ b: Change) -> Bool {
    if a.id != b.id { return a.id < b.id }
    if (a.start < 0) != (b.start < 0) { return a.start < 0 }
    return a.table.rawValue < b.table.rawValue
  }

  /// Puts the changes from `first` on, which are in order, among those before, which are, too.
  fileprivate mutating func merge(from first: Int) {
    guard first > 0, first < changes.count else { return }
    var merged: [Change] = []
    merged.reserveCapacity(changes.count)
    var (left, right) = (0, first)
    while left < first, right < changes.count {
      if Self.isBefore(changes[right], changes[left]) {
        merged.append(changes[right])
        right += 1
      } else {
        merged.append(changes[left])
        left += 1
      }
    }
    merged += changes[left..<first]
    merged += changes[right...]
    changes = merged
  }
}

/// Reads chunks; its statements are prepared once.
final class ChunkReader {
  private let tables: [(RecordTable, Statement)]
  private let identity: Statement
  private let identityBefore: Statement
  /// The same without the index, where that is damaged.
  private let identityBeforeUnaided: Statement
  private let keyframe: Statement
  private let host: Statement
  private let hostBefore: Statement
  private let nextRows: [(statement: Statement, isDomain: Bool)]
  private let database: Database
  private let damage: Damage

  /// - Parameters:
  ///   - places: whose rows are read; nil is everybody's.
  ///   - left: a table that is passed over, where what it says is not wanted.
  init(
    _ database: Database, _ damage: Damage, places: [Int64]? = nil, without left: RecordTable? = nil
  ) throws(DatabaseError) {
    let whose = places.map { places in
      " AND (id & \(RowID.mostPlaces - 1)) IN (\(places.map(String.init).joined(separator: ", ")))"
    }
    self.database = database
    self.damage = damage
    var tables: [(RecordTable, Statement)] = []
    for table in RecordTable.allCases where table != left {
      let columns = database.selection(
        "id", table.firstColumns + table.laterColumns, later: table.laterColumns, of: table.name)
      tables.append(
        (
          table,
          try database.prepare(
            "SELECT \(columns) FROM \(table.name) WHERE id BETWEEN ? AND ?\(whose ?? "") "
              + "ORDER BY id")
        ))
    }
    self.tables = tables
    let who = database.selection(
      "id", Identity.columns, later: Identity.added, of: "identity")
    identity = try database.prepare(
      "SELECT \(who) FROM identity WHERE id BETWEEN ? AND ?\(whose ?? "") ORDER BY id")
    identityBefore = try database.prepare(
      "SELECT \(who) FROM identity INDEXED BY identity_place WHERE place = ? AND id <= ? "
        + "ORDER BY id DESC LIMIT 1")
    identityBeforeUnaided = try database.prepare(
      "SELECT \(who) FROM identity NOT INDEXED WHERE (id & \(RowID.mostPlaces - 1)) = ? "
        + "AND id <= ? ORDER BY id DESC LIMIT 1")
    nextRows = try Self.nextRows(database)
    keyframe = try database.prepare(
      "SELECT sample FROM keyframe WHERE sample BETWEEN ? AND ? ORDER BY sample")
    let figures = database.selection(
      "sample", HostRow.columns, later: HostRow.added, of: "host")
    host = try database.prepare(
      "SELECT \(figures) FROM host WHERE sample BETWEEN ? AND ? ORDER BY sample")
    hostBefore = try database.prepare(
      "SELECT \(figures) FROM host WHERE sample <= ? ORDER BY sample DESC LIMIT 1")
  }

  private static func nextRows(_ database: Database) throws(DatabaseError)
    -> [(statement: Statement, isDomain: Bool)]
  {
    var statements: [(statement: Statement, isDomain: Bool)] = []
    for table in RecordTable.allCases.map(\.name) + ["identity"] {
      statements.append(
        (try database.prepare("SELECT id FROM \(table) WHERE id > ? ORDER BY id LIMIT 1"), true))
    }
    for table in ["keyframe", "host"] {
      statements.append(
        (
          try database.prepare(
            "SELECT sample FROM \(table) WHERE sample > ? ORDER BY sample LIMIT 1"), false
        ))
    }
    return statements
  }

  /// The first sample after this one of which there is anything; nil where there is none. What lies
  /// between need not be walked through.
  func sample(after sample: Int64) throws(DatabaseError) -> Int64? {
    let last = RowID.ids(sample...sample).upperBound
    var next: Int64?
    for (statement, isDomain) in nextRows {
      try noting("some changes") { () throws(DatabaseError) in
        statement.bind(1, isDomain ? last : sample)
        defer { statement.reset() }
        guard try statement.step() else { return }
        let found = isDomain ? statement.rowID(0).map(RowID.sample) : statement.sample(0)
        if let found { next = min(next ?? found, found) }
      }
    }
    return next
  }

  /// Everything of these samples, as of one moment.
  func read(_ samples: ClosedRange<Int64>) throws(DatabaseError) -> RowChunk {
    try database.transaction("DEFERRED") { () throws(DatabaseError) in
      var chunk = RowChunk()
      let ids = RowID.ids(samples)
      // Most rows are reports: the few others are put among them at last.
      for (table, statement) in tables where table != .report {
        let first = chunk.changes.count
        try each(statement, ids) { chunk.add(table, $0) }
        chunk.merge(from: first)
      }
      let identities = chunk.changes.count
      try each(identity, ids) { chunk.addIdentity($0) }
      chunk.merge(from: identities)
      for (table, statement) in tables where table == .report {
        let first = chunk.changes.count
        try each(statement, ids) { chunk.add(table, $0) }
        chunk.merge(from: first)
      }
      try noting("some keyframes") { () throws(DatabaseError) in
        try each(keyframe, samples) { chunk.addKeyframe($0.sample(0) ?? 0) }
      }
      try noting("some of the host's figures") { () throws(DatabaseError) in
        try each(host, samples) { chunk.addHost($0.sample(0) ?? 0, HostRow($0, first: 1)) }
      }
      return chunk
    }
  }

  private func each(
    _ statement: Statement, _ range: ClosedRange<Int64>, _ body: (Statement) -> Void
  ) throws(DatabaseError) {
    statement.bind(1, range.lowerBound)
    statement.bind(2, range.upperBound)
    defer { statement.reset() }
    while try statement.step() {
      // A damaged page holds what it likes.
      if let id = statement.rowID(0), range.contains(id) { body(statement) }
    }
  }

  /// What can be done without: where it is damaged, that is noted.
  private func noting(_ what: String, _ body: () throws(DatabaseError) -> Void)
    throws(DatabaseError)
  {
    do throws(DatabaseError) {
      try body()
    } catch  where error.isLoss {
      damage.note("\(what) cannot be read (\(error))")
    }
  }

  /// Who stood at this place when the row with this id was written.
  func identity(at place: Int, atOrBefore id: Int64) throws(DatabaseError) -> Identity? {
    var found: Identity?
    try noting("some domains' names") { () throws(DatabaseError) in
      do throws(DatabaseError) {
        found = try identity(identityBefore, place, id)
      } catch  where error.isLoss {
        found = try identity(identityBeforeUnaided, place, id)
      }
    }
    return found
  }

  private func identity(_ statement: Statement, _ place: Int, _ id: Int64) throws(DatabaseError)
    -> Identity?
  {
    statement.bind(1, Int64(place))
    statement.bind(2, id)
    defer { statement.reset() }
    return try statement.step() ? Identity(statement, first: 1) : nil
  }

  func host(atOrBefore sample: Int64) throws(DatabaseError) -> HostRow? {
    hostBefore.bind(1, sample)
    defer { hostBefore.reset() }
    var found: HostRow?
    try noting("some of the host's figures") { () throws(DatabaseError) in
      found = try hostBefore.step() ? HostRow(hostBefore, first: 1) : nil
    }
    return found
  }
}
