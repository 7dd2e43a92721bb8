import MemtopCore

/// What happened in a recording, as it was recorded and as it follows from what was.
extension RecordedPast {
  package func search(
    _ direction: TimeDirection, than place: EventPlace?, where filter: EventFilter, limit: Int
  ) -> EventSearch {
    guard limit > 0, let ids = file.samples.ids else { return EventSearch([]) }
    let question = EventQuestion(
      direction: direction, place: place, filter: filter, limit: limit, last: ids.upperBound)
    if let known = answers.first(where: { $0.question == question }) { return known.search }
    let search: EventSearch = asked(EventSearch([])) { () throws(DatabaseError) in
      try find(question, ids)
    }
    if answers.count == 4 { answers.removeFirst() }
    answers.append((question, search))
    return search
  }

  private func find(_ question: EventQuestion, _ ids: ClosedRange<Int64>) throws(DatabaseError)
    -> EventSearch
  {
    guard let samples = samples(question, ids) else { return EventSearch([]) }
    let recorded = try recorded(question, samples)
    func isNearer(_ one: EventPlace, _ other: EventPlace) -> Bool {
      question.direction == .later ? one < other : other < one
    }
    // What lies behind the end of the search is found when that goes on.
    let derived = try derived(question, samples).filter { event in
      recorded.end.map { !isNearer($0.place, event.place) } ?? true
    }
    let sorted = (recorded.events + derived).sorted { isNearer($0.place, $1.place) }
    let isEnough = sorted.count >= question.limit
    return EventSearch(
      Array(sorted.prefix(question.limit)), end: isEnough ? nil : recorded.end)
  }

  /// The samples that may carry what is asked for.
  private func samples(_ question: EventQuestion, _ ids: ClosedRange<Int64>)
    -> ClosedRange<Int64>?
  {
    guard let place = question.place else { return ids }
    let here = file.samples.id(atOrBefore: place.at)
    switch question.direction {
    case .earlier: return here.map { ids.lowerBound...max(ids.lowerBound, $0) }
    case .later: return min(ids.upperBound, max(ids.lowerBound, here ?? 0))...ids.upperBound
    }
  }

  private func recorded(_ question: EventQuestion, _ samples: ClosedRange<Int64>)
    throws(DatabaseError) -> EventSearch
  {
    let places = try question.filter.key.map { key throws(DatabaseError) in
      try LongSeries.places(file.database, key)
    }
    var events: [PastEvent] = []
    var looked = 0
    var end: EventSearch.End?
    try eventReader.visit(
      question.direction, in: samples, places: places, wall: { file.samples.wall($0) }
    ) { found in
      looked += 1
      add(found.sample, found.number, found.event, question, &events)
      guard looked == mostLooked else { return events.count < question.limit }
      end = EventSearch.End(
        place: place(found.sample, found.number), time: file.samples.wall(found.sample))
      return false
    }
    return EventSearch(events, end: end)
  }

  private func place(_ sample: Int64, _ number: Int) -> EventPlace {
    EventPlace(at: SteadyTime(milliseconds: file.samples.at(sample)), number: number)
  }

  private func derived(_ question: EventQuestion, _ samples: ClosedRange<Int64>)
    throws(DatabaseError) -> [PastEvent]
  {
    var events: [PastEvent] = []
    let all = try file.derived.found(samples)
    func add(_ found: DerivedEvents.Found) -> Bool {
      self.add(found.sample, found.number, found.event, question, &events)
      return events.count < question.limit
    }
    switch question.direction {
    case .earlier: for found in all.reversed() where !add(found) { break }
    case .later: for found in all where !add(found) { break }
    }
    return events
  }

  private func add(
    _ sample: Int64, _ number: Int, _ event: HostEvent, _ question: EventQuestion,
    _ events: inout [PastEvent]
  ) {
    guard question.filter.shows(event) else { return }
    let place = place(sample, number)
    if let limit = question.place {
      guard question.direction == .earlier ? place < limit : limit < place else { return }
    }
    events.append(PastEvent(place: place, event: event))
  }
}

/// What was asked of the events, so that the same is not looked for twice.
struct EventQuestion: Hashable {
  let direction: TimeDirection
  let place: EventPlace?
  let filter: EventFilter
  let limit: Int
  /// The last sample at that time.
  let last: Int64
}

/// Reads what happened.
final class EventReader {
  /// An event, and the sample that carries it.
  struct Found {
    let sample: Int64
    /// Its number among the sample's events.
    let number: Int
    let event: HostEvent
  }

  private let ofSample: Statement
  private let database: Database
  private let identity: Statement
  private let damage: Damage

  private let columns: String
  private static let tables = "event LEFT JOIN event_subject ON event_subject.id = event.id"

  init(_ database: Database, _ damage: Damage) throws(DatabaseError) {
    self.damage = damage
    columns = [
      "event.id", "kind", "before", "after", "author", "who", "detail", "time", "domid", "uuid",
      "name", Identity.hostColumn("event_subject", database),
    ].joined(separator: ", ")
    ofSample = try database.prepare(
      "SELECT \(columns) FROM \(Self.tables) WHERE event.id BETWEEN ? AND ? ORDER BY event.id")
    self.database = database
    identity = try database.prepare(
      "SELECT domid, uuid, name, \(Identity.hostColumn("identity", database)) FROM identity WHERE place = ? AND id <= ? AND name IS NOT NULL "
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
    var found: [Found] = []
    try noting { () throws(DatabaseError) in
      while try ofSample.step() {
        if let event = try event(ofSample, wall: wall) { found.append(event) }
      }
    }
    return found.sorted { ($0.sample, $0.number) < ($1.sample, $1.number) }
  }

  private func noting(_ body: () throws(DatabaseError) -> Void) throws(DatabaseError) {
    do throws(DatabaseError) {
      try body()
    } catch  where error.isLoss {
      damage.note("some events cannot be read (\(error))")
    }
  }

  /// How many rows are read in one go: the first time, and at most. No transaction is open while `body` has
  /// them, because it may wait for the reader of a pipe.
  static let pages = Int64(100)...1_000

  /// The events of some samples, from the newest back or from the oldest on, until `body` has had enough.
  ///
  /// - Parameter places: whose are looked for; of those who stood nowhere all are. nil is everybody's.
  func visit(
    _ direction: TimeDirection, in samples: ClosedRange<Int64>, places: [Int64]?,
    wall: (Int64) -> WallTime, _ body: (Found) -> Bool
  ) throws(DatabaseError) {
    let statement = try database.prepare(query(direction, places))
    var ids = Self.firstID(of: samples.lowerBound)...Self.firstID(of: samples.upperBound + 1) - 1
    // Ids go by place within a sample, and what happened by its number.
    var group: [Found] = []
    func tell() -> Bool {
      defer { group.removeAll(keepingCapacity: true) }
      let isLater = direction == .later
      return group.sorted { isLater ? $0.number < $1.number : $0.number > $1.number }
        .allSatisfy(body)
    }
    var size = Self.pages.lowerBound
    while true {
      let (found, rest) = try page(statement, direction, ids, size, wall: wall)
      size = min(4 * size, Self.pages.upperBound)
      for event in found {
        if let sample = group.first?.sample, sample != event.sample, !tell() { return }
        group.append(event)
      }
      guard let rest else { break }
      ids = rest
    }
    _ = tell()
  }

  /// The first events of these, and among which ids the others are; nil where there are none.
  private func page(
    _ statement: Statement, _ direction: TimeDirection, _ ids: ClosedRange<Int64>, _ size: Int64,
    wall: (Int64) -> WallTime
  ) throws(DatabaseError) -> (found: [Found], rest: ClosedRange<Int64>?) {
    statement.bind(1, ids.lowerBound)
    statement.bind(2, ids.upperBound)
    statement.bind(3, size)
    defer { statement.reset() }
    var found: [Found] = []
    var (count, last): (Int64, Int64?) = (0, nil)
    try noting { () throws(DatabaseError) in
      while try statement.step() {
        count += 1
        // In a damaged table ids need not ascend.
        guard let id = statement.eventID(0), ids.contains(id),
          last.map({ direction == .later ? id > $0 : id < $0 }) ?? true
        else { continue }
        last = id
        if let event = try event(statement, wall: wall) { found.append(event) }
      }
    }
    guard count == size, let last else { return (found, nil) }
    switch direction {
    case .later: return (found, last < ids.upperBound ? last + 1...ids.upperBound : nil)
    case .earlier: return (found, ids.lowerBound < last ? ids.lowerBound...last - 1 : nil)
    }
  }

  private func query(_ direction: TimeDirection, _ places: [Int64]?) -> String {
    let whose = places.map { places in
      " AND ((event.id >> 8 & \(RowID.mostPlaces - 1)) IN "
        + "(\(places.map(String.init).joined(separator: ", "))) OR event_subject.domid IS NOT NULL)"
    }
    return "SELECT \(columns) FROM \(Self.tables) WHERE event.id BETWEEN ? AND ?\(whose ?? "") "
      + "ORDER BY event.id\(direction == .earlier ? " DESC" : "") LIMIT ?"
  }

  private func event(_ row: Statement, wall: (Int64) -> WallTime) throws(DatabaseError) -> Found? {
    guard let id = row.eventID(0), let code = row.code(1).flatMap(EventCode.init) else {
      // Of a kind that a later memtop has added.
      return nil
    }
    let sample = RowID.sample(id >> 8)
    var event = EventRow(code)
    event.before = code.hasAmounts.before ? row.amount(2) : row.time(2)
    event.after = code.hasAmounts.after ? row.amount(3) : row.time(3)
    event.author = row.code(4)
    event.who = row.text(5)
    event.detail = row.text(6)
    let time = row.wallTime(7)
    guard let (domain, name) = try subject(row, id >> 8) else { return nil }
    return Found(
      sample: sample, number: Int(id & 0xFF),
      event: HostEvent(time: time ?? wall(sample), domain: domain, name: name, kind: event.kind))
  }

  /// Whom it tells of: who it says, else who stood there then.
  private func subject(_ row: Statement, _ id: Int64) throws(DatabaseError) -> (DomainID, String)? {
    if let domid = row.domid(8), let uuid = row.text(9).flatMap(DomainUUID.init) {
      return (
        DomainID(domid: domid, uuid: uuid, host: row.host(11)),
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
      DomainID(domid: identity.domid(0) ?? 0, uuid: uuid, host: identity.host(3)),
      Identity.safe(identity.text(2) ?? "", 64)
    )
  }
}
