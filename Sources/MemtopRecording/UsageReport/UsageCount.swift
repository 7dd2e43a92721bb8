import MemtopCore

/// Adds up a stretch of a recording.
final class UsageCount {
  private let choice: DomainChoice?
  private var accounts: [Account] = []
  private var places: [HistoryKey: Int] = [:]
  /// By the recording's places.
  private var tenancies: [Tenancy?] = []
  /// Which domain left a place last, and when, by its account.
  private var moves: [Int: (id: DomainID, at: Int64)] = [:]
  private var gaps: [UsageReport.Gap] = []
  /// Since when a host, of several, gives no figures.
  private var missingSince: [HostNumber: SampleTime] = [:]
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
    for host in Array(missingSince.keys) { endGap(of: host) }
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
    noteMissing(stream.missing)
  }

  /// After the domains of that sample: of those that are back it is still known that they were away with their
  /// host.
  private func noteMissing(_ hosts: [HostNumber]) {
    for host in Set(missingSince.keys).subtracting(hosts) { endGap(of: host) }
    for host in hosts where missingSince[host] == nil { missingSince[host] = last }
  }

  /// It lasts up to the last sample.
  private func endGap(of host: HostNumber) {
    guard let from = missingSince.removeValue(forKey: host), let last, from.at < last.at else {
      return
    }
    let isWanted = choice == nil || accounts.contains { $0.id.host == host }
    if isWanted { addGap(from, last, of: host) }
  }

  private func addGap(_ from: SampleTime, _ to: SampleTime, of host: HostNumber? = nil) {
    gaps.append(
      UsageReport.Gap(from: from.wall, to: to.wall, length: to.at - from.at, host: host?.name))
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
    noteMissing(stream.missing)
  }

  /// Leaves out the time since the last sample where nobody was looking any more.
  private func move(to time: SampleTime, in samples: SampleIndex) {
    guard let last else { return }
    let (from, to) = (last.at.milliseconds, time.at.milliseconds)
    guard samples.isGap(after: last, at: time) else { return covered += to - from }
    // What follows of theirs is counted from there on, so that nothing is left out twice.
    let away = Array(missingSince.keys)
    for host in away { endGap(of: host) }
    addGap(last, time)
    for host in away { missingSince[host] = time }
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
    let isBack = isBack(identity.id, account)
    if account == accounts.count {
      accounts.append(Account(identity))
      // With each doubling, or a recording of very many domains would take its time for this.
      if accounts.count.nonzeroBitCount == 1 {
        for index in accounts.indices { accounts[index].share(domains: accounts.count) }
      }
      accounts[account].share(domains: accounts.count)
    }
    places[key] = account
    if !isBack, !isMove(identity.id, of: account, at: time) { accounts[account].lives += 1 }
    accounts[account].id = identity.id
    tenancies[place] = Tenancy(identity.id, account: account, at: time)
  }

  /// It was away only because its host was.
  private func isBack(_ id: DomainID, _ account: Int) -> Bool {
    missingSince[id.host] != nil && accounts.indices.contains(account)
      && accounts[account].id == id
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
      hostname: hostname, stretch: stretch, covered: Span(milliseconds: covered),
      gaps: gaps.sorted { ($0.from, $0.host ?? "") < ($1.from, $1.host ?? "") },
      domains: accounts.map(\.report))
  }
}
