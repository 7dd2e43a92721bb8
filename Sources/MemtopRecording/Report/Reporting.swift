import MemtopCore

extension Extract {
  /// Adds up the samples; `step` plays no part.
  public func report() throws(RecordingError) -> Report {
    let count = Reporting(choice: domain)
    guard let ids else { return count.report }
    try file.reading { () throws(DatabaseError) in try count.add(ids, of: file) }
    var report = count.report
    report.notes = try file.notes(of: ids)
    return report
  }
}

/// Adds up a stretch of a recording.
private final class Reporting {
  private let choice: DomainChoice?
  private var accounts: [Account] = []
  private var places: [HistoryKey: Int] = [:]
  /// By the recording's places.
  private var tenancies: [Tenancy?] = []
  private var gaps: [Report.Gap] = []
  private var hostname = ""
  private var first: SampleTime?
  private var last: SampleTime?
  private var covered: Int64 = 0

  init(choice: DomainChoice?) { self.choice = choice }

  func add(_ ids: ClosedRange<Int64>, of file: RecordingFile) throws(DatabaseError) {
    let stream = try SampleStream(file)
    var samples = ChosenSamples(file.samples, ids)
    while let time = try samples.next() {
      guard file.lost(time.id) == nil else { continue }
      move(to: time, in: file.samples)
      let isThere = try stream.reach(time.id) { place, _, stand in
        note(place, stand, at: time.at.milliseconds)
      }
      guard isThere else { continue }
      if first == nil { first = time }
      last = time
    }
    settle()
    hostname = stream.hostname
    try countChanges(ids, of: file)
  }

  /// Leaves out the time since the last sample where nobody was looking any more.
  private func move(to time: SampleTime, in samples: SampleIndex) {
    guard let last else { return }
    let (from, to) = (last.at.milliseconds, time.at.milliseconds)
    guard samples.isGap(after: last, at: time) else { return covered += to - from }
    gaps.append(
      Report.Gap(from: last.wall, to: time.wall, length: Span(milliseconds: to - from)))
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

  private func note(_ place: Int, _ stand: RecordedState.Stand, at time: Int64) {
    while tenancies.count <= place { tenancies.append(nil) }
    let identity = stand.isPresent ? stand.identity.flatMap(chosen) : nil
    if let tenancy = tenancies[place], tenancy.id != identity?.id {
      tenancies[place]!.settle(at: time, into: &accounts[tenancy.account])
      tenancies[place] = nil
    }
    guard let identity else { return }
    if tenancies[place] == nil { moveIn(identity, at: place, time) }
    let account = tenancies[place]!.account
    accounts[account].name = identity.text.facts.name
    tenancies[place]!.take(stand.row, at: time, into: &accounts[account])
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
    accounts[account].id = identity.id
    accounts[account].lives += 1
    tenancies[place] = Tenancy(identity.id, account: account, at: time)
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
    accounts[account].changes[Self.name(author, found.who), default: 0] += 1
  }

  private static func name(_ author: ChangeAuthor?, _ who: String?) -> String {
    switch author {
    case .you: who.flatMap { $0.isEmpty ? nil : $0 } ?? "you"
    case .operatorNamed(let name): name
    case .regulator: "regulator"
    case nil: "not memtop"
    }
  }

  var report: Report {
    var stretch: ClosedRange<WallTime>?
    if let first, let last { stretch = first.wall...max(first.wall, last.wall) }
    return Report(
      hostname: hostname, stretch: stretch, covered: Span(milliseconds: covered), gaps: gaps,
      domains: accounts.map(\.report))
  }
}
