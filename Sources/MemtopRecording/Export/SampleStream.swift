import MemtopCore

/// Goes through a recording once, forwards. A domain that did not change is not made anew.
final class SampleStream {
  private let file: RecordingFile
  private let reader: ChunkReader
  private let events: EventReader
  private let redactor: Redactor?
  private var cursor: ChunkCursor
  /// By place; nil is not there, or was not made yet.
  private var domains: [DomainSample?] = []
  private var changed: Set<Int> = []
  /// The places of those who are there, ascending by domid.
  private var order: [Int] = []
  /// Places occupied before the damaged stretch, until the first sample after it.
  private var orphaned: [Int] = []

  /// - Parameter places: whose changes are read; nil is everybody's.
  init(_ file: RecordingFile, redactor: Redactor? = nil, places: [Int64]? = nil)
    throws(DatabaseError)
  {
    self.file = file
    self.redactor = redactor
    reader = try ChunkReader(file.database, file.found, places: places)
    events = try EventReader(file.database, file.found)
    cursor = Self.beginning(at: 0, redactor)
  }

  /// Nothing is known yet.
  private static func beginning(at sample: Int64, _ redactor: Redactor?) -> ChunkCursor {
    var state = RecordedState()
    if let redactor { state.disguise = { redactor.identity($0) } }
    return ChunkCursor(at: sample, state)
  }

  /// Goes on to a sample that lies ahead; false where it is lost to damage.
  func reach(
    _ wanted: Int64, note: (Int, Int64, RecordedState.PlaceState) -> Void = { _, _, _ in }
  ) throws(DatabaseError) -> Bool {
    if file.lost(wanted) != nil { return false }
    do throws(DatabaseError) {
      try go(to: wanted, note: note)
      tellOfOrphans(note)
      return true
    } catch  where error.isLoss && file.lost(cursor.sample + 1) == nil {
      file.lose(from: cursor.sample + 1, error)
      forget()
      return try reach(wanted, note: note)
    }
  }

  /// Behind what is lost a keyframe tells everything anew.
  private func forget() {
    let stands = cursor.state.stands
    orphaned = Array(
      Set(orphaned + stands.indices.filter { stands[$0].isPresent })
    ).sorted()
    cursor = Self.beginning(at: 0, redactor)
    (domains, changed, order) = ([], [], [])
  }

  /// A keyframe names who is there; the others have gone in what is lost.
  private func tellOfOrphans(_ note: (Int, Int64, RecordedState.PlaceState) -> Void) {
    guard !orphaned.isEmpty else { return }
    let stands = cursor.state.stands
    for place in orphaned where !stands.indices.contains(place) || !stands[place].isPresent {
      note(place, cursor.sample, .vacant)
    }
    orphaned = []
  }

  private func go(
    to wanted: Int64, note: (Int, Int64, RecordedState.PlaceState) -> Void
  ) throws(DatabaseError) {
    // Another stream through the same file has met the damage before.
    if cursor.sample > 0, cursor.sample < wanted, file.lost(cursor.sample + 1) != nil { forget() }
    if cursor.sample == 0 {
      let keyframe = try file.keyframes.atOrBefore(wanted) ?? wanted
      cursor = Self.beginning(at: keyframe - 1, redactor)
    }
    while cursor.sample < wanted {
      try cursor.advance(upTo: wanted, in: file.samples, reader) { place, at, placeState in
        changed.insert(place)
        note(place, at, placeState)
      }
    }
    if cursor.state.host == nil { cursor.state.host = try reader.host(atOrBefore: wanted) }
  }

  /// The host's name as of the present sample.
  var hostname: String {
    let name = cursor.state.host?.hostname ?? ""
    return redactor?.hostname(name) ?? name
  }

  /// The hosts that gave no figures for the present sample, of several.
  var missing: [HostNumber] {
    (cursor.state.host?.missing ?? []).map { .named(redactor?.hostname($0) ?? $0) }
  }

  /// Whoever stands at this place now, as at `time`.
  func domain(at place: Int, _ time: SteadyTime) -> DomainSample? {
    cursor.state.stands.indices.contains(place) ? cursor.state.domain(at: place, time) : nil
  }

  /// What was known at the present sample, which was taken at `time`.
  ///
  /// - Parameter before: the sample whose events were told last.
  func snapshot(_ time: SampleTime, after before: Int64, _ parts: SnapshotParts)
    throws(DatabaseError) -> Snapshot
  {
    let present = present(time.at)
    let row = cursor.state.host ?? HostRow.unknown
    var host = parts.contains(.host) ? row.host(present) : HostMemory.none
    var told: [HostEvent] = []
    if parts.contains(.events) {
      told = try events.all(before + 1...time.id, in: file)
    }
    var problem = row.problem
    if let redactor {
      host.hostname = redactor.hostname(host.hostname)
      problem = problem.map { redactor.reason($0) }
      told = told.map { redactor.event($0) }
    }
    var snapshot = Snapshot(
      time: time.wall, steady: time.at, host: host, domains: present, events: told,
      problem: problem)
    snapshot.addPastHosts(missing: missing)
    return snapshot
  }

  private func present(_ time: SteadyTime) -> [DomainSample] {
    if !changed.isEmpty { renew(time) }
    return order.map { place in
      var domain = domains[place]!
      let arrival = cursor.state.stands[place].row[.arrival]
      if arrival != SampleRow.missing {
        domain.reportAge = time - SteadyTime(milliseconds: arrival)
      }
      return domain
    }
  }

  private func renew(_ time: SteadyTime) {
    while domains.count < cursor.state.stands.count { domains.append(nil) }
    var isOther = false
    for place in changed {
      let before = domains[place]?.id
      domains[place] = cursor.state.domain(at: place, time)
      if domains[place]?.id != before { isOther = true }
    }
    changed.removeAll(keepingCapacity: true)
    guard isOther else { return }
    order = domains.indices.filter { domains[$0] != nil }
      .sorted { domains[$0]!.id.place < domains[$1]!.id.place }
  }
}

extension HostMemory {
  /// Where nobody asks for it.
  fileprivate static let none = HostMemory(
    hostname: "", xenVersion: "", total: .zero, dom0: .zero, guests: .zero, dying: .zero,
    xen: .zero, free: .zero, claimed: .zero, promised: .zero, owner: nil)
}

/// The samples of a range one after another, or of each step of time the newest; their times are read
/// some thousands at a time.
struct ChosenSamples {
  private let index: SampleIndex
  private let last: Int64
  private let step: Int64?
  private var block: [SampleTime] = []
  private var place = 0
  private var nextID: Int64

  private static let blockLength = 4096

  init(_ index: SampleIndex, _ ids: ClosedRange<Int64>, step: Span? = nil) {
    self.index = index
    self.step = step.map { max(1, $0.milliseconds) }
    nextID = ids.lowerBound
    last = ids.upperBound
  }

  mutating func next() throws(DatabaseError) -> SampleTime? {
    while let time = try take() {
      if let step, let following = try peek(), following.wall.isInStep(step, of: time.wall) {
        continue
      }
      return time
    }
    return nil
  }

  private mutating func take() throws(DatabaseError) -> SampleTime? {
    guard let time = try peek() else { return nil }
    place += 1
    return time
  }

  private mutating func peek() throws(DatabaseError) -> SampleTime? {
    if place == block.count {
      guard nextID <= last else { return nil }
      let former = block.last
      block = try index.times(nextID...last, most: Self.blockLength, after: former)
      (place, nextID) = (0, (block.last?.id ?? last) + 1)
    }
    return place < block.count ? block[place] : nil
  }
}

extension WallTime {
  /// Whether both lie in the same step, counted from 1970.
  fileprivate func isInStep(_ step: Int64, of other: WallTime) -> Bool {
    milliseconds.floored(to: step) == other.milliseconds.floored(to: step)
  }
}
