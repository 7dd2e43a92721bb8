import MemtopCore

/// Beginnings and ends of pressure and the like in sessions of a memtop that did not record them: found by
/// going once through what changed, and from then on through what is new.
///
/// The same `TurnWatch` and `HostWatch` judge here as in the observer; the figure that decided is not known,
/// for reports are passed over.
final class DerivedEvents {
  /// An event of a sample; numbers come after those of events that were recorded.
  struct Found {
    let sample: Int64
    let number: Int
    let event: HostEvent
  }

  /// Oldest first.
  private(set) var found: [Found] = []
  private unowned let file: RecordingFile
  private var walk: TurnWalk?
  private var through: Int64 = 0

  /// So many are kept, the newest.
  static let most = 20_000

  init(_ file: RecordingFile) { self.file = file }

  /// Those of some samples, oldest first.
  func found(_ samples: ClosedRange<Int64>) throws(DatabaseError) -> ArraySlice<Found> {
    try goOn()
    return found[firstIndex(from: samples.lowerBound)..<firstIndex(from: samples.upperBound + 1)]
  }

  private func firstIndex(from sample: Int64) -> Int {
    found.lastPlace { $0.sample < sample }.map { $0 + 1 } ?? 0
  }

  private func goOn() throws(DatabaseError) {
    guard let ids = file.samples.ids, through < ids.upperBound else { return }
    let silent = try silentSessions(in: ids)
    // Counting takes as long as there are rows: only where there is something to derive.
    if !silent.isEmpty, try isWhole(ids) {
      for session in silent { try go(session) }
    }
    through = ids.upperBound
  }

  /// The samples of sessions that did not record beginnings and ends, where there are new ones.
  private func silentSessions(in ids: ClosedRange<Int64>) throws(DatabaseError)
    -> [ClosedRange<Int64>]
  {
    let stored = try StoredTurns(file.database)
    let sessions = file.samples.sessions
    return sessions.indices.filter { !stored.has(sessions[$0].first) }.compactMap { index in
      let next = index + 1 < sessions.count ? sessions[index + 1].first : .max
      let first = max(sessions[index].first, ids.lowerBound)
      let end = min(next - 1, ids.upperBound)
      return end > through && first <= end ? first...end : nil
    }
  }

  /// Whether most of these samples are there: a damaged file may say that there are billions.
  private func isWhole(_ ids: ClosedRange<Int64>) throws(DatabaseError) -> Bool {
    let rows = try file.database.count("SELECT count(*) FROM sample") ?? 0
    return ids.upperBound - ids.lowerBound < rows * 4 + 4096
  }

  private func go(_ session: ClosedRange<Int64>) throws(DatabaseError) {
    // Where it is interrupted, the next question goes on from there: `found` stays in order.
    defer { through = max(through, walk?.sample ?? 0) }
    var next = max(session.lowerBound, through + 1)
    while next <= session.upperBound {
      do throws(DatabaseError) {
        if walk?.sample != next - 1 || next == session.lowerBound {
          walk = try TurnWalk(file, before: next)
        }
        try walk!.go(to: session.upperBound) { add($0) }
        return
      } catch  where error.isLoss {
        // Behind what cannot be read a keyframe tells everything anew.
        let lost = walk?.sample ?? next
        walk = nil
        guard let keyframe = try file.keyframes.after(max(lost, next)) else { return }
        next = keyframe
      }
    }
  }

  private func add(_ event: Found) {
    found.append(event)
    if found.count > Self.most + 1_000 { found.removeFirst(found.count - Self.most) }
  }
}

/// Which sessions have beginnings and ends among their recorded events.
private struct StoredTurns {
  private var sessions: Set<Int64> = []

  init(_ database: Database) throws(DatabaseError) {
    // Recordings of before have no such column.
    guard
      let statement = try? database.prepare(
        "SELECT first_sample FROM session WHERE turns = 1")
    else { return }
    while try statement.step() { sessions.insert(statement.sample(0) ?? 0) }
  }

  func has(_ firstSample: Int64) -> Bool { sessions.contains(firstSample) }
}

/// Goes through the samples of a recording without its reports, and tells what begins and ends.
final class TurnWalk {
  private let file: RecordingFile
  private let reader: ChunkReader
  private let events: EventReader
  private var cursor: ChunkCursor
  /// By place.
  private var domains: [Watched?] = []
  private var restless: Set<Int> = []
  private var host = HostWatch()
  private var hostRow: HostRow?
  private var allocated: Int64 = 0
  private var promised: Int64 = 0

  private struct Watched {
    let id: DomainID
    var watch = TurnWatch()
    var name: String
    var sight: TurnWatch.Sight
    var allocated: Int64
    var promised: Int64
  }

  var sample: Int64 { cursor.sample }

  init(_ file: RecordingFile, before sample: Int64) throws(DatabaseError) {
    self.file = file
    reader = try ChunkReader(file.database, file.found, without: .report)
    events = try EventReader(file.database, file.found)
    cursor = ChunkCursor(at: sample - 1, RecordedState())
  }

  func go(to last: Int64, _ body: (DerivedEvents.Found) -> Void) throws(DatabaseError) {
    while cursor.sample < last {
      var changed: [(place: Int, placeState: RecordedState.PlaceState)] = []
      let next = cursor.sample + 1
      try cursor.advance(upTo: next, in: file.samples, reader) { place, _, placeState in
        changed.append((place, placeState))
      }
      if cursor.state.host == nil { cursor.state.host = try reader.host(atOrBefore: next) }
      let isHostAsBefore = changed.isEmpty && cursor.state.host == hostRow
      if isHostAsBefore, restless.isEmpty { continue }
      try judge(changed, at: next, body)
    }
  }

  private func judge(
    _ changed: [(place: Int, placeState: RecordedState.PlaceState)], at sample: Int64,
    _ body: (DerivedEvents.Found) -> Void
  ) throws(DatabaseError) {
    let at = SteadyTime(milliseconds: file.samples.at(sample))
    var told: [(id: DomainID, name: String, kind: HostEvent.Kind)] = []
    for (place, placeState) in changed { take(placeState, at: place) }
    let places = restless.union(changed.map(\.place)).filter { domains.indices.contains($0) }
    for place in places.sorted(by: { (order($0), $0) < (order($1), $1) }) {
      guard var domain = domains[place] else { continue }
      domain.watch.note(domain.sight, at: at) { told.append((domain.id, domain.name, $0)) }
      if domain.watch.isAtRest { restless.remove(place) } else { restless.insert(place) }
      domains[place] = domain
    }
    judgeHost(at) { told.append((HostEvent.host, self.hostRow?.hostname ?? "", $0)) }
    try tell(told, of: sample, body)
  }

  private func order(_ place: Int) -> UInt32 { domains[place]?.id.place ?? 0 }

  private func take(_ placeState: RecordedState.PlaceState, at place: Int) {
    while domains.count <= place { domains.append(nil) }
    let before = domains[place]
    allocated -= before?.allocated ?? 0
    promised -= before?.promised ?? 0
    guard placeState.isPresent, let who = placeState.identity else {
      domains[place] = nil
      restless.remove(place)
      return
    }
    let sight = TurnWatch.Sight(placeState.row, who.text)
    let name = who.text.facts.name
    let figures = Figures(placeState.row, who.text.life)
    var domain =
      before?.id == who.id
      ? before! : Watched(id: who.id, name: name, sight: sight, allocated: 0, promised: 0)
    (domain.name, domain.sight) = (name, sight)
    (domain.allocated, domain.promised) = (figures.allocated, figures.promised)
    allocated += figures.allocated
    promised += figures.promised
    domains[place] = domain
  }

  /// What a domain takes of the host, and may yet take; bounded, as whatever comes out of a file.
  private struct Figures {
    var allocated: Int64
    var promised: Int64

    init(_ row: Row, _ life: DomainLife) {
      let held = Self.bounded(row[.allocation]) ?? 0
      allocated = held
      switch life {
      case .running, .paused, .shutDown(.suspend):
        let offset = Self.bounded(row[.offset]) ?? 0
        promised = Self.bounded(row[.target]).map { min(max(0, $0 + offset - held), 1 << 50) } ?? 0
      case .dying, .shutDown: promised = 0
      }
    }

    static func bounded(_ value: Int64) -> Int64? {
      value == SampleRow.missing ? nil : min(max(value, -1 << 50), 1 << 50)
    }
  }

  private func judgeHost(_ at: SteadyTime, _ tell: (HostEvent.Kind) -> Void) {
    guard let row = cursor.state.host else { return }
    hostRow = row
    func number(_ index: Int) -> Int64? { row.numbers[index].flatMap(Figures.bounded) }
    let total = number(0) ?? 0
    let free = number(4) ?? total - (number(1) ?? 0) - (number(2) ?? 0) - allocated
    let left = free - (number(3) ?? 0) - (number(8) ?? promised)
    host.note(free: Bytes(max(0, left)), total: Bytes(total), at: at, tell: tell)
  }

  /// What an earlier memtop did record of it is not told twice.
  private func tell(
    _ told: [(id: DomainID, name: String, kind: HostEvent.Kind)], of sample: Int64,
    _ body: (DerivedEvents.Found) -> Void
  ) throws(DatabaseError) {
    guard !told.isEmpty else { return }
    let wall = file.samples.wall(sample)
    let recorded = try events.events(of: sample, wall: wall)
    for (index, news) in told.enumerated() {
      let (key, code) = (HistoryKey(news.id), EventCode(news.kind))
      let isRecorded = recorded.contains {
        HistoryKey($0.domain) == key && EventCode($0.kind) == code
      }
      if isRecorded { continue }
      let event = HostEvent(time: wall, domain: news.id, name: news.name, kind: news.kind)
      body(DerivedEvents.Found(sample: sample, number: 256 + index, event: event))
    }
  }
}
