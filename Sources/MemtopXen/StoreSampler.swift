import MemtopCore

/// Bounds what one sample may spend on what guests wrote; the rest waits for the next sample.
public struct ReadBudget: Hashable, Sendable {
  /// Reads of keys that changed.
  public var reads: Int
  public var time: Span

  public init(reads: Int = 20_000, time: Span = Span(milliseconds: 250)) {
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
  private var paths = StorePathBuffer()
  /// Where the next sample goes on, so that every domain has its turn.
  private var cursor = 0

  /// When xenstored was last known to live.
  private var heardFrom: SteadyTime?
  private static let quiet = Span.seconds(10)

  /// squeezed keeps its state in this xenstore.
  private(set) var hasSqueezed = false
  /// Reads of the last sample.
  private(set) var reads = 0
  /// Domains whose every key vanished in the last sample.
  private(set) var emptied: [DomainID] = []

  init(watch: StoreWatch, status: SamplerStatus, clock: HostClock, budget: ReadBudget) {
    self.watch = watch
    self.status = status
    self.clock = clock
    self.budget = budget
    link = StoreLink(watch: watch)
  }

  /// Why xenstore could not be read in the last sample.
  var problem: String? { link.problem(at: clock.steady()) }

  func sample(_ roster: DomainRoster) {
    reads = 0
    emptied.removeAll(keepingCapacity: true)
    guard !watch.isPaused else { return }
    status.await(.xenstore)
    do throws(StoreConnection.Lost) {
      guard let connection = try connect(roster) else { return }
      try watch.drain()
      try readSqueezed(connection)
      for domain in roster.domains where !domain.isRead { try readFirst(domain, connection) }
      try readChanged(roster, connection)
      try askForLife(connection)
    } catch {
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
    if !wasOpen && watch.isOpen { watch.markAll(roster.domains.lazy.map(\.id.domid)) }
    return connection
  }

  private func readSqueezed(_ connection: StoreConnection) throws(StoreConnection.Lost) {
    guard watch.takeOwnerChanged() else { return }
    reads += 1
    hasSqueezed = try connection.text("\(StoreEvent.squeezedPath)") != nil
  }

  /// Events of before belong to whoever had this domid; what they announced is read now anyway.
  private func readFirst(_ domain: TrackedDomain, _ connection: StoreConnection)
    throws(StoreConnection.Lost)
  {
    _ = watch.take(domain.id.domid)
    try read(domain, DirtyKeys.Pending(keys: .all, reports: 0), connection)
    domain.isRead = true
  }

  private func readChanged(_ roster: DomainRoster, _ connection: StoreConnection)
    throws(StoreConnection.Lost)
  {
    let end = clock.steady() + budget.time
    let limit = reads + budget.reads
    let start = cursor
    for range in [start..<StoreEvent.domidLimit, 0..<start] {
      cursor = range.lowerBound
      while let domid = watch.next(from: cursor), range.contains(Int(domid)) {
        guard reads < limit, clock.steady() < end else { return }
        cursor = Int(domid) + 1
        let pending = watch.take(domid)
        guard let domain = roster[domid] else { continue }
        try read(domain, pending, connection)
      }
    }
    cursor = 0
  }

  private func read(
    _ domain: TrackedDomain, _ pending: DirtyKeys.Pending, _ connection: StoreConnection
  ) throws(StoreConnection.Lost) {
    status.await(.xenstore)
    var changes = KeyChanges(before: domain.keys)
    var keys = pending.keys
    paths.enter(domain.id.domid)
    while let key = keys.popFirst() {
      reads += 1
      changes = try connection.read(paths.path(key)) { [changes] bytes in
        var changes = changes
        changes.note(key, bytes)
        return changes
      }
    }
    let startedAt = try startTime(domain, pending.keys, connection)
    domain.apply(changes, reports: pending.reports, startedAt: startedAt)
    if changes.removedAll { emptied.append(domain.id) }
  }

  private func startTime(
    _ domain: TrackedDomain, _ changed: StoreKeySet, _ connection: StoreConnection
  ) throws(StoreConnection.Lost) -> WallTime? {
    guard domain.wantsStartTime(changed) else { return nil }
    reads += 1
    return try connection.text(domain.startTimePath).flatMap(StartTime.parse)
  }
}

/// "1700000000.25": seconds since the epoch, as libxl writes them.
enum StartTime {
  static func parse(_ text: String) -> WallTime? {
    guard let seconds = Int64(text.prefix { $0 != "." }), (0...(1 << 40)).contains(seconds) else {
      return nil
    }
    return WallTime(milliseconds: seconds * 1000)
  }
}
