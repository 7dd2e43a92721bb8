import MemtopCore
import MemtopSystem
import XenBridge

/// Bounds what one sample may spend on what guests wrote; the rest waits for the next sample.
package struct ReadBudget: Hashable, Sendable {
  /// Reads of keys that changed.
  package var reads: Int
  package var time: Span

  package init(reads: Int = 20_000, time: Span = Span(milliseconds: 250)) {
    self.reads = reads
    self.time = time
  }
}

/// Keeps the domains' xenstore values up to date: reads what changed, and nothing else.
final class StoreSampler {
  private let watch: StoreWatch
  private let status: SamplerStatus
  private let clock: HostClock
  private let budget: ReadBudget
  private var link: StoreLink
  private var pipeline = StorePipeline()
  /// Answers that were waited for, ever.
  private var waits = 0
  /// Where the next sample goes on, so that every domain has its turn.
  private var cursor = 0

  /// When xenstored was last known to live.
  private var heardFrom: SteadyTime?
  private static let quiet = Span.seconds(10)

  /// squeezed keeps its state in this xenstore.
  private(set) var hasSqueezed = false
  /// Reads of the last sample.
  private(set) var reads = 0
  /// Values of some domain were taken over in the last sample.
  private(set) var hasNews = false
  /// Domains whose every key vanished in the last sample.
  private(set) var emptied: [DomainID] = []

  init(watch: StoreWatch, status: SamplerStatus, clock: HostClock, budget: ReadBudget) {
    self.watch = watch
    self.status = status
    self.clock = clock
    self.budget = budget
    link = StoreLink(watch: watch)
  }

  /// Of which domains xenstore is read.
  var scope = ReadScope.everything

  /// Why not all that xenstore says now is known after the last sample.
  var problem: String? {
    if let problem = link.problem(at: clock.steady()) { return problem }
    return outdated.isEmpty
      ? nil : "xenstore is being read again: \(outdated.count) domains are left"
  }
  /// Domains whose values are from before the connection was lost, or the watch given back.
  private var outdated: Set<UInt16> = []

  /// - Parameter preview: is called where a first reading takes long.
  func sample(_ roster: DomainRoster, preview: () -> Void = {}) {
    (reads, hasNews) = (0, false)
    emptied.removeAll(keepingCapacity: true)
    guard !watch.isPaused else { return }
    status.await(.xenstore)
    do throws(StoreConnection.Lost) {
      guard let connection = try connect(roster) else { return }
      try watch.drain()
      try readSqueezed(connection)
      try readFirst(roster, connection, preview)
      try readChanged(roster, connection)
      try askForLife(connection)
    } catch {
      pipeline.abandon()
      link.lose(error, at: clock.steady())
    }
  }

  /// Where nothing was written for a while, xenstored may be dead to the world as well: one read of
  /// a node that is always there tells, by an answer that comes or does not.
  private func askForLife(_ connection: StoreConnection) throws(StoreConnection.Lost) {
    let now = clock.steady()
    if reads > 0 || watch.pendingEvents > 0 { heardFrom = now }
    guard now - (heardFrom ?? now) >= Self.quiet else {
      heardFrom = heardFrom ?? now
      return
    }
    _ = try connection.text("\(StoreEvent.domains)/0/name")
    heardFrom = clock.steady()
  }

  /// Whatever happened while there was no watch is found by reading everything anew.
  private func connect(_ roster: DomainRoster) throws(StoreConnection.Lost) -> StoreConnection? {
    let wasOpen = watch.isOpen
    let connection = try link.connection(at: clock.steady())
    if !wasOpen && watch.isOpen {
      watch.markAll(roster.domains.lazy.map(\.id.domid))
      outdated = Set(roster.domains.lazy.filter(\.isRead).map(\.id.domid))
    } else if !outdated.isEmpty {
      outdated = outdated.filter { roster[$0] != nil }
    }
    return connection
  }

  private func readSqueezed(_ connection: StoreConnection) throws(StoreConnection.Lost) {
    guard watch.takeOwnerChanged() else { return }
    reads += 1
    hasSqueezed = try connection.text("\(StoreEvent.squeezedPath)") != nil
  }

  /// Events of before belong to whoever had this domid; what they announced is read now anyway.
  private func readFirst(
    _ roster: DomainRoster, _ connection: StoreConnection, _ preview: () -> Void
  ) throws(StoreConnection.Lost) {
    let domains = roster.domains.filter { !$0.isRead }
    guard !domains.isEmpty else { return }
    let ids = roster.domains.map(\.id)
    status.begin(reading: domains.count)
    defer { status.endReading() }
    try begin(domains, scope.firstKeys(among: ids), connection, preview)
    let wanted = scope.wanted(domains, among: ids)
    reads += try pipeline.readAll(
      wanted, on: connection, wait: { noteWait() }, done: { noteRead($0) })
  }

  /// Reads what is shown, or asked for, before all the rest is here.
  private func begin(
    _ domains: [TrackedDomain], _ keys: StoreKeySet, _ connection: StoreConnection,
    _ preview: () -> Void
  ) throws(StoreConnection.Lost) {
    // Others where the scope has become another: what changed of the first meanwhile was not read.
    let domains = domains.filter { $0.begun != keys }
    for domain in domains { _ = watch.take(domain.id.domid) }
    var times = PreviewTimes(from: clock.steady())
    for domain in domains {
      reads += try pipeline.readFirst(
        domain, keys, on: connection,
        wait: {
          noteWait()
          if times.isDue(at: clock.steady()) { preview() }
        })
    }
    try pipeline.finish(on: connection, wait: { noteWait() }, done: { _ in })
    for domain in domains { domain.begun = keys }
    hasNews = hasNews || !domains.isEmpty
    // What was shown is shown whole.
    if times.wasDue || times.isDue(at: clock.steady()) { preview() }
  }

  private func readChanged(_ roster: DomainRoster, _ connection: StoreConnection)
    throws(StoreConnection.Lost)
  {
    var turn = Turn(end: clock.steady() + budget.time, reads: reads + budget.reads)
    let start = cursor
    for range in [start..<DirtyKeys.limit, 0..<start] {
      cursor = range.lowerBound
      while let domid = watch.next(from: cursor), range.contains(Int(domid)) {
        guard turn.goesOn(self) else { return try finish(connection) }
        cursor = Int(domid) + 1
        let pending = watch.take(domid)
        outdated.remove(domid)
        guard let domain = roster[domid], domain.isRead else { continue }
        try read(domain, pending, connection)
      }
    }
    cursor = 0
    try finish(connection)
  }

  /// What one sample's reading of changes may still take.
  private struct Turn {
    let end: SteadyTime
    /// As `reads` will be then.
    let reads: Int
    private var waits: Int?
    private var isInTime = true

    init(end: SteadyTime, reads: Int) {
      self.end = end
      self.reads = reads
    }

    /// Time passes while an answer is waited for; else the clock need not be asked.
    mutating func goesOn(_ sampler: StoreSampler) -> Bool {
      if sampler.waits != waits {
        waits = sampler.waits
        isInTime = sampler.clock.steady() < end
      }
      return isInTime && sampler.reads < reads
    }
  }

  private func read(
    _ domain: TrackedDomain, _ pending: DirtyKeys.Pending, _ connection: StoreConnection
  ) throws(StoreConnection.Lost) {
    reads += try pipeline.read(
      domain, pending, on: connection, wait: { noteWait() }, done: { noteRead($0) })
  }

  private func finish(_ connection: StoreConnection) throws(StoreConnection.Lost) {
    try pipeline.finish(on: connection, wait: { noteWait() }, done: { noteRead($0) })
  }

  private func noteWait() {
    waits += 1
    status.await(.xenstore)
  }

  private func noteRead(_ read: StorePipeline.DomainRead) {
    hasNews = true
    if !read.domain.isRead { status.noteRead() }
    read.domain.isRead = true
    if read.removedAll { emptied.append(read.domain.id) }
  }
}
