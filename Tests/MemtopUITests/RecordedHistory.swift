@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

/// A recording in memory: the ten minutes of `Samples.past`, with two minutes missing.
final class RecordedHistory: GrowingPast {
  private let history = History()
  /// What the recorder writes with the next `refresh`.
  var coming: [Snapshot] = []
  var damage: String?
  /// Events that are looked at for one question; nil is all.
  var mostLooked: Int?

  /// Nobody was looking between these, in seconds before the end.
  static let gap = (begin: Int64(-400), end: Int64(-280))

  init() {
    let past = Samples.past()
    var time = past.range?.lowerBound
    while let now = time, var snapshot = past.snapshot(at: now) {
      let second = (now - Samples.steady).wholeSeconds
      if second <= Self.gap.begin || second >= Self.gap.end {
        snapshot.events += Self.events(second)
        history.append(snapshot)
      }
      time = past.sampleTime(.later, than: now)
    }
  }

  private static func events(_ second: Int64) -> [HostEvent] {
    let time = Samples.start + .seconds(second)
    func event(_ domid: UInt16, _ name: String, _ kind: HostEvent.Kind) -> [HostEvent] {
      [HostEvent(time: time, domain: Samples.id(domid), name: name, kind: kind)]
    }
    switch second {
    case -540: return event(12, "legacy", .started)
    case -450: return event(0, "xen1", .note("backup begins", by: "alice"))
    case -250: return event(6, "old", .gone)
    case -160: return event(9, "web3", .crashed)
    case -100: return event(8, "mail", .notFollowing(target: .gib(2)))
    default: return []
    }
  }

  func refresh() -> Bool {
    for snapshot in coming { history.append(snapshot) }
    defer { coming = [] }
    return !coming.isEmpty
  }

  var range: ClosedRange<SteadyTime>? { history.range }
  func levels(
    _ metric: Metric, of domain: DomainID, ending: SteadyTime, cells: Int, cell: Span
  ) -> [Bytes?] {
    history.levels(metric, of: domain, ending: ending, cells: cells, cell: cell)
  }
  func pressures(
    of domain: DomainID, ending: SteadyTime, cells: Int, cell: Span
  ) -> [Pressure?] {
    history.pressures(of: domain, ending: ending, cells: cells, cell: cell)
  }
  func snapshot(at time: SteadyTime) -> Snapshot? { history.snapshot(at: time) }
  func sampleTime(_ direction: TimeDirection, than time: SteadyTime) -> SteadyTime? {
    history.sampleTime(direction, than: time)
  }
  func sampleTime(at wall: WallTime) -> SteadyTime? { history.sampleTime(at: wall) }
  func wallTime(at time: SteadyTime) -> WallTime? { history.wallTime(at: time) }
  func gap(from: SteadyTime, to: SteadyTime) -> ClosedRange<SteadyTime>? {
    history.gap(from: from, to: to)
  }
  func marks(of domain: DomainID?, from: SteadyTime, to: SteadyTime, cells: Int)
    -> [TimelineMark]
  {
    history.marks(of: domain, from: from, to: to, cells: cells)
  }
  func search(
    _ direction: TimeDirection, than place: EventPlace?, where filter: EventFilter, limit: Int
  ) -> EventSearch {
    guard let mostLooked else {
      return history.search(direction, than: place, where: filter, limit: limit)
    }
    let looked = history.events(direction, than: place, where: EventFilter(), limit: mostLooked)
    let last = looked.count < mostLooked ? nil : looked.last
    return EventSearch(
      looked.filter { filter.shows($0.event) },
      end: last.map { EventSearch.End(place: $0.place, time: $0.event.time) })
  }
}

extension Dashboard {
  /// A recording on a machine whose own clock began elsewhere.
  static func replay(
    _ past: RecordedHistory = RecordedHistory(), columns: Int = 80, rows: Int = 24,
    at time: String? = nil, speed: PlaySpeed? = .real, follows: Bool = false,
    clock: LocalClock = .utc, filter: Filter = .none
  ) -> Dashboard {
    var board = Dashboard(
      columns: columns, rows: rows, snapshot: nil, history: past, clock: clock,
      source: .recording(name: "monday.memtop", follows: follows), filter: filter)
    board.send(.tick(start))
    board.send(.opened(at: time.map { try! TypedTime(parsing: $0) }, speed: speed))
    return board
  }

  static let start = Samples.steady + .seconds(1_000_000)

  /// Lets time pass on the machine on which the recording is looked at.
  mutating func wait(_ span: Span) { send(.tick(state.now + span)) }

  /// How long before the recording's end the sample shown was taken.
  var shownSecond: Int64? { state.shown.map { ($0.steady - Samples.steady).wholeSeconds } }
}
