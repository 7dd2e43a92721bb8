import MemtopCore

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
      var changed: [(place: Int, stand: RecordedState.Stand)] = []
      let next = cursor.sample + 1
      try cursor.advance(upTo: next, in: file.samples, reader) { place, _, stand in
        changed.append((place, stand))
      }
      if cursor.state.host == nil { cursor.state.host = try reader.host(atOrBefore: next) }
      let isHostAsBefore = changed.isEmpty && cursor.state.host == hostRow
      if isHostAsBefore, restless.isEmpty { continue }
      try judge(changed, at: next, body)
    }
  }

  private func judge(
    _ changed: [(place: Int, stand: RecordedState.Stand)], at sample: Int64,
    _ body: (DerivedEvents.Found) -> Void
  ) throws(DatabaseError) {
    let at = SteadyTime(milliseconds: file.samples.at(sample))
    var told: [(id: DomainID, name: String, kind: HostEvent.Kind)] = []
    for (place, stand) in changed { take(stand, at: place) }
    let places = restless.union(changed.map(\.place)).filter { domains.indices.contains($0) }
    for place in places.sorted(by: { (domid($0), $0) < (domid($1), $1) }) {
      guard var domain = domains[place] else { continue }
      domain.watch.note(domain.sight, at: at) { told.append((domain.id, domain.name, $0)) }
      if domain.watch.isAtRest { restless.remove(place) } else { restless.insert(place) }
      domains[place] = domain
    }
    judgeHost(at) { told.append((HostEvent.host, self.hostRow?.hostname ?? "", $0)) }
    try tell(told, of: sample, body)
  }

  private func domid(_ place: Int) -> UInt16 { domains[place]?.id.domid ?? 0 }

  private func take(_ stand: RecordedState.Stand, at place: Int) {
    while domains.count <= place { domains.append(nil) }
    let before = domains[place]
    allocated -= before?.allocated ?? 0
    promised -= before?.promised ?? 0
    guard stand.isPresent, let who = stand.identity else {
      domains[place] = nil
      restless.remove(place)
      return
    }
    let sight = TurnWatch.Sight(stand.row, health: who.text.health)
    let name = who.text.facts.name
    let figures = Figures(stand.row, who.text.life)
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
      let isRecorded = recorded.contains {
        HistoryKey($0.domain) == HistoryKey(news.id) && $0.kind.word == news.kind.word
      }
      if isRecorded { continue }
      let event = HostEvent(time: wall, domain: news.id, name: news.name, kind: news.kind)
      body(DerivedEvents.Found(sample: sample, number: 256 + index, event: event))
    }
  }
}
