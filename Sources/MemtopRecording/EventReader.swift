import MemtopCore

/// Reads what happened.
final class EventReader {
  /// An event, and the sample that carries it.
  struct Found {
    let sample: Int64
    let event: HostEvent
    /// Who is behind it, by login name, of a change of memtop's.
    var who: String?
  }

  private let ofSample: Statement
  private let before: Statement
  private let after: Statement
  private let newest: Statement
  private let identity: Statement
  private let damage: Damage

  private static let columns = [
    "event.id", "kind", "before", "after", "author", "who", "detail", "time", "domid", "uuid",
    "name",
  ].joined(separator: ", ")
  private static let tables = "event LEFT JOIN event_subject ON event_subject.id = event.id"

  init(_ database: Database, _ damage: Damage) throws(DatabaseError) {
    self.damage = damage
    ofSample = try database.prepare(
      "SELECT \(Self.columns) FROM \(Self.tables) WHERE event.id BETWEEN ? AND ? ORDER BY event.id")
    before = try database.prepare("SELECT max(id) FROM event WHERE id < ?")
    after = try database.prepare("SELECT min(id) FROM event WHERE id >= ?")
    newest = try database.prepare(
      "SELECT \(Self.columns) FROM \(Self.tables) WHERE event.id < ? ORDER BY event.id DESC")
    identity = try database.prepare(
      "SELECT domid, uuid, name FROM identity WHERE place = ? AND id <= ? AND name IS NOT NULL "
        + "ORDER BY id DESC LIMIT 1")
  }

  static func firstID(of sample: Int64) -> Int64 { RowID.make(sample: sample, place: 0) << 8 }

  /// The events of one sample, as a snapshot carries them.
  func events(of sample: Int64, wall: WallTime) throws(DatabaseError) -> [HostEvent] {
    try found(sample...sample, wall: { _ in wall }).map(\.event)
  }

  /// The events of some samples, oldest first.
  func found(_ samples: ClosedRange<Int64>, wall: (Int64) -> WallTime) throws(DatabaseError)
    -> [Found]
  {
    ofSample.bind(1, Self.firstID(of: samples.lowerBound))
    ofSample.bind(2, Self.firstID(of: samples.upperBound + 1) - 1)
    defer { ofSample.reset() }
    var found: [(order: Int64, found: Found)] = []
    try noting { () throws(DatabaseError) in
      while try ofSample.step() {
        guard let event = try event(ofSample, wall: wall) else { continue }
        found.append(((ofSample.eventID(0) ?? 0) & 0xFF, event))
      }
    }
    found.sort { ($0.found.sample, $0.order) < ($1.found.sample, $1.order) }
    return found.map(\.found)
  }

  /// The sample of the nearest event before the first of `sample`, or of it and later.
  func sample(before sample: Int64) throws(DatabaseError) -> Int64? {
    try number(before, Self.firstID(of: sample)).map { RowID.sample($0 >> 8) }
  }

  func sample(from sample: Int64) throws(DatabaseError) -> Int64? {
    try number(after, Self.firstID(of: sample)).map { RowID.sample($0 >> 8) }
  }

  private func noting(_ body: () throws(DatabaseError) -> Void) throws(DatabaseError) {
    do throws(DatabaseError) {
      try body()
    } catch  where error.isLoss {
      damage.note("what happened: cannot be read everywhere (\(error))")
    }
  }

  private func number(_ statement: Statement, _ value: Int64) throws(DatabaseError) -> Int64? {
    statement.bind(1, value)
    defer { statement.reset() }
    return try statement.step() ? statement.eventID(0) : nil
  }

  /// Events up to and with `sample`, newest first, until `body` has had enough.
  func visit(
    upTo sample: Int64, wall: (Int64) -> WallTime, _ body: (Found) -> Bool
  ) throws(DatabaseError) {
    newest.bind(1, Self.firstID(of: sample + 1))
    defer { newest.reset() }
    try noting { () throws(DatabaseError) in
      var before = Int64.max
      while try newest.step() {
        // In a damaged table they need not descend.
        guard let id = newest.eventID(0), id < before else { continue }
        before = id
        if let found = try event(newest, wall: wall), !body(found) { return }
      }
    }
  }

  private func event(_ row: Statement, wall: (Int64) -> WallTime) throws(DatabaseError) -> Found? {
    guard let id = row.eventID(0), let code = row.code(1).flatMap(EventCode.init) else {
      // Of a kind that a later memtop has added.
      return nil
    }
    let sample = RowID.sample(id >> 8)
    var event = EventRow(code)
    let isAmount = code != .rebooted
    event.before = isAmount ? row.amount(2) : row.domid(2).map(Int64.init)
    event.after = row.amount(3)
    event.author = row.code(4)
    event.who = row.text(5)
    event.detail = row.text(6)
    let time = row.wallTime(7)
    guard let (domain, name) = try subject(row, id >> 8) else { return nil }
    return Found(
      sample: sample,
      event: HostEvent(time: time ?? wall(sample), domain: domain, name: name, kind: event.kind),
      who: event.who.map { Identity.safe($0, 32) })
  }

  /// Whom it tells of: who it says, else who stood there then.
  private func subject(_ row: Statement, _ id: Int64) throws(DatabaseError) -> (DomainID, String)? {
    if let domid = row.domid(8), let uuid = row.text(9).flatMap(DomainUUID.init) {
      return (
        DomainID(domid: domid, uuid: uuid),
        Identity.safe(row.text(10) ?? "", 64)
      )
    }
    identity.bind(1, Int64(RowID.place(id)))
    identity.bind(2, id)
    defer { identity.reset() }
    guard try identity.step(), let uuid = identity.text(1).flatMap(DomainUUID.init) else {
      return nil
    }
    return (
      DomainID(domid: identity.domid(0) ?? 0, uuid: uuid),
      Identity.safe(identity.text(2) ?? "", 64)
    )
  }
}
