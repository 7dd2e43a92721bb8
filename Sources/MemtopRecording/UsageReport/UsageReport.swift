import MemtopCore

/// What became of the memory in a stretch of a recording, by domain.
///
/// A sample counts until the next one; where nobody was looking, nothing counts.
public struct UsageReport: Sendable {
  /// The host's name at the last sample, safe to print; empty where there is no sample.
  public var hostname: String
  /// What was written about the sessions in question (`record --note`), and by whom.
  public var notes: [Note] = []
  /// When the first and the last sample were taken; nil where there is none.
  public var stretch: ClosedRange<WallTime>?
  /// How long somebody was looking.
  public var covered: Span
  /// The times within the stretch in which no samples were taken, oldest first.
  public var gaps: [Gap]
  /// In the order in which they came.
  public var domains: [DomainReport]

  /// What was written about a session.
  public struct Note: Hashable, Sendable {
    /// When the session began, by the wall clock.
    public var at: WallTime
    /// The login name of who recorded; empty where that is not known.
    public var user: String
    /// What was written, safe to print.
    public var text: String
  }

  /// A time in which nobody was looking: from one sample to the next.
  public struct Gap: Hashable, Sendable {
    /// When the last sample before it was taken, by the wall clock.
    public var from: WallTime
    /// When the first sample after it was taken, by the wall clock.
    public var to: WallTime
    /// By the steady clock, which nobody sets.
    public var length: Span
  }
}

/// One domain's part, over all its lives.
public struct DomainReport: Sendable {
  /// The last one.
  public var id: DomainID
  /// Its last name, safe to print.
  public var name: String
  /// How often it appeared in the stretch: each reboot, and each return after an absence, counts.
  public var lives: Int
  /// How long it was there.
  public var covered: Span
  /// What it held; nil where that is known for no length of time, as with one sample alone.
  public var allocation: Levels?
  /// Its busy memory (`DomainSample.busy`); nil where no report told of it.
  public var busy: Levels?
  /// What it had available (`DomainSample.available`); nil where no report told of it.
  public var available: Levels?
  /// Its allocation over time, and its busy memory.
  public var held: MemoryTime
  /// nil where no report told of it.
  public var used: MemoryTime?
  /// How many bytes it swapped in while samples were taken; nil where no report told of it.
  public var swapIn: Bytes?
  /// By pressure; nil is where that was not known.
  public var pressures: [Pressure?: Span]
  /// Changes of its target: who, and how often.
  public var changes: [String: Int]

  /// What is known of an amount, weighted by the time for which it held.
  public struct Levels: Hashable, Sendable {
    /// The smallest amount.
    public var least: Bytes
    /// The mean over time, to the nearest byte.
    public var mean: Bytes
    /// The amount that was not exceeded in 95 % of the time. Where more than 512 different amounts
    /// occurred, it may be rounded up, to a multiple of 4 KiB or more.
    public var p95: Bytes
    /// The largest amount.
    public var most: Bytes
    /// For how long it was known.
    public var known: Span

    init?(_ levels: TimeWeighted) {
      guard let mean = levels.mean, let p95 = levels.percentile(95) else { return nil }
      least = Bytes(levels.least)
      self.mean = Bytes(mean)
      self.p95 = Bytes(p95)
      most = Bytes(levels.most)
      known = Span(milliseconds: levels.known)
    }
  }
}

/// An amount of memory held for a time; what a host that sells memory by use bills.
public struct MemoryTime: Hashable, Sendable {
  /// Bytes × milliseconds.
  public var product: Int128

  init(_ product: Int128) { self.product = product }

  /// In millionths of a GiB·hour, to the nearest.
  public var gibHourMillionths: Int64 {
    let unit = Int128(1 << 30) * 3_600_000
    return Int64(clamping: (product * 2_000_000 + unit) / (unit * 2))
  }
}

extension Extract {
  /// Adds up the samples; `step` plays no part.
  ///
  /// - Throws: as `forEach`.
  public func report() throws(RecordingError) -> UsageReport {
    let count = UsageCount(choice: domain)
    let ids = ids
    try file.reading { () throws(DatabaseError) in
      try count.add(ids, from: begin, to: end, of: file)
    }
    var report = count.report
    if let ids { report.notes = try file.notes(of: ids) }
    return report
  }
}

/// Adds up a stretch of a recording.
private final class UsageCount {
  private let choice: DomainChoice?
  private var accounts: [Account] = []
  private var places: [HistoryKey: Int] = [:]
  /// By the recording's places.
  private var tenancies: [Tenancy?] = []
  /// Which domain left a place last, and when, by its account.
  private var moves: [Int: (id: DomainID, at: Int64)] = [:]
  private var gaps: [UsageReport.Gap] = []
  private var hostname = ""
  private var first: SampleTime?
  private var last: SampleTime?
  private var covered: Int64 = 0

  init(choice: DomainChoice?) { self.choice = choice }

  /// A sample counts until the next one, so the one before the stretch counts from `begin` on, and the last
  /// one in it until `end`: stretches that follow each other add up.
  ///
  /// - Parameter ids: the samples in it; nil where it lies between two.
  func add(
    _ ids: ClosedRange<Int64>?, from begin: WallTime?, to end: WallTime?, of file: RecordingFile
  ) throws(DatabaseError) {
    let stream = try SampleStream(file)
    if let begin, let next = ids?.lowerBound ?? file.samples.id(atOrBefore: begin).map({ $0 + 1 }),
      let time = file.samples.time(before: next, from: begin)
    {
      try reach(time, stream, file)
    }
    if let ids {
      var samples = ChosenSamples(file.samples, ids)
      while let time = try samples.next() { try reach(time, stream, file) }
    }
    if let end, let last, let time = file.samples.time(after: last, until: end),
      file.lost(last.id + 1) == nil
    {
      covered += time.at.milliseconds - last.at.milliseconds
      self.last = time
    }
    settle()
    hostname = stream.hostname
    if let ids { try countChanges(ids, of: file) }
  }

  /// What cannot be read is as if nobody had looked.
  private func reach(
    _ time: SampleTime, _ stream: SampleStream, _ file: RecordingFile
  ) throws(DatabaseError) {
    guard file.lost(time.id) == nil else { return }
    guard first != nil else { return try begin(at: time, stream) }
    var hasMoved = false
    func moveOnce() {
      if !hasMoved { move(to: time, in: file.samples) }
      hasMoved = true
    }
    let isThere = try stream.reach(time.id) { place, _, placeState in
      moveOnce()
      note(place, placeState, at: time.at.milliseconds)
    }
    guard isThere else { return }
    moveOnce()
    last = time
  }

  /// Of all that is gone through up to the first sample, only what holds then counts.
  private func begin(at time: SampleTime, _ stream: SampleStream) throws(DatabaseError) {
    var held: [Int: RecordedState.PlaceState] = [:]
    guard try stream.reach(time.id, note: { place, _, placeState in held[place] = placeState })
    else {
      return
    }
    for place in held.keys.sorted() { note(place, held[place]!, at: time.at.milliseconds) }
    (first, last) = (time, time)
  }

  /// Leaves out the time since the last sample where nobody was looking any more.
  private func move(to time: SampleTime, in samples: SampleIndex) {
    guard let last else { return }
    let (from, to) = (last.at.milliseconds, time.at.milliseconds)
    guard samples.isGap(after: last, at: time) else { return covered += to - from }
    gaps.append(
      UsageReport.Gap(from: last.wall, to: time.wall, length: Span(milliseconds: to - from)))
    settle()
    for place in tenancies.indices { tenancies[place]?.resume(at: to) }
  }

  /// Counts what holds, up to the last sample.
  private func settle() {
    guard let last else { return }
    for place in tenancies.indices {
      guard let account = tenancies[place]?.account else { continue }
      tenancies[place]!.settle(at: last.at.milliseconds, into: &accounts[account])
    }
  }

  private func note(_ place: Int, _ placeState: RecordedState.PlaceState, at time: Int64) {
    while tenancies.count <= place { tenancies.append(nil) }
    let identity = placeState.isPresent ? placeState.identity.flatMap(chosen) : nil
    if let tenancy = tenancies[place], tenancy.id != identity?.id {
      tenancies[place]!.settle(at: time, into: &accounts[tenancy.account])
      moves[tenancy.account] = (tenancy.id, time)
      tenancies[place] = nil
    }
    guard let identity else { return }
    if tenancies[place] == nil { moveIn(identity, at: place, time) }
    let account = tenancies[place]!.account
    accounts[account].name = identity.text.facts.name
    tenancies[place]!.take(
      placeState.row, isStale: identity.text.health == .stale, at: time, into: &accounts[account])
  }

  private func chosen(_ identity: Identity) -> Identity? {
    guard let choice else { return identity }
    return choice.holds(identity.id, name: identity.text.facts.name) ? identity : nil
  }

  private func moveIn(_ identity: Identity, at place: Int, _ time: Int64) {
    let key = HistoryKey(identity.id)
    let account = places[key] ?? accounts.count
    if account == accounts.count {
      accounts.append(Account(identity))
      // With each doubling, or a recording of very many domains would take its time for this.
      if accounts.count.nonzeroBitCount == 1 {
        for index in accounts.indices { accounts[index].share(domains: accounts.count) }
      }
      accounts[account].share(domains: accounts.count)
    }
    places[key] = account
    if !isMove(identity.id, of: account, at: time) { accounts[account].lives += 1 }
    accounts[account].id = identity.id
    tenancies[place] = Tenancy(identity.id, account: account, at: time)
  }

  /// The same domain at another place of the recording, as after a restart of the recorder.
  private func isMove(_ id: DomainID, of account: Int, at time: Int64) -> Bool {
    if let left = moves[account], left.id == id, left.at == time { return true }
    return tenancies.contains { $0?.id == id }
  }

  private func countChanges(_ ids: ClosedRange<Int64>, of file: RecordingFile)
    throws(DatabaseError)
  {
    let reader = try EventReader(file.database, file.found)
    try reader.visit(.later, in: ids, places: nil, wall: { _ in WallTime(milliseconds: 0) }) {
      count($0)
      return true
    }
  }

  private func count(_ found: EventReader.Found) {
    guard case .targetChanged(_, _, let author, _) = found.event.kind,
      choice?.holds(found.event.domain, name: found.event.name) ?? true,
      let account = places[HistoryKey(found.event.domain)]
    else { return }
    accounts[account].changes[Self.name(author), default: 0] += 1
  }

  private static func name(_ author: ChangeAuthor?) -> String {
    switch author {
    case .you: "unknown"
    case .operatorNamed(let name): name
    case .regulator: "regulator"
    case nil: "not memtop"
    }
  }

  var report: UsageReport {
    var stretch: ClosedRange<WallTime>?
    if let first, let last { stretch = first.wall...max(first.wall, last.wall) }
    return UsageReport(
      hostname: hostname, stretch: stretch, covered: Span(milliseconds: covered), gaps: gaps,
      domains: accounts.map(\.report))
  }
}
