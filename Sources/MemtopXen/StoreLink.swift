import MemtopCore

/// The coming and going of the two connections: one to read on, one for the watch.
struct StoreLink {
  private static let firstDelay = Span.seconds(1)
  private static let longestDelay = Span.seconds(30)

  private let watch: StoreWatch
  private var reader: StoreConnection?
  private var lost: StoreConnection.Lost?
  private var delay = firstDelay
  private var retryAt: SteadyTime?
  /// Once a socket was used, its absence means that xenstored is down, not that it is elsewhere.
  private var usesSocket = false

  init(watch: StoreWatch) { self.watch = watch }

  /// The connection to read on, opened where it is time to; nil while waiting to try again.
  mutating func connection(at now: SteadyTime) throws(StoreConnection.Lost) -> StoreConnection? {
    if let reader, watch.isOpen { return reader }
    if let retryAt, now < retryAt { return nil }
    usesSocket = usesSocket || StoreConnection.hasSocket
    let connection = try openReader()
    try watch.open(socketOnly: usesSocket)
    lost = nil
    retryAt = nil
    delay = Self.firstDelay
    return connection
  }

  private mutating func openReader() throws(StoreConnection.Lost) -> StoreConnection {
    if let reader { return reader }
    let connection = try StoreConnection(socketOnly: usesSocket)
    reader = connection
    return connection
  }

  /// Gives up both connections, and waits longer each time before the next try.
  mutating func lose(_ error: StoreConnection.Lost, at now: SteadyTime) {
    watch.close()
    reader = nil
    lost = error
    retryAt = now + delay
    delay = min(delay * 2, Self.longestDelay)
  }

  /// One line, or nil while all is well.
  func problem(at now: SteadyTime) -> String? {
    guard let lost, let retryAt else { return nil }
    let seconds = max(.zero, retryAt - now + Span(milliseconds: 999)).wholeSeconds
    return "\(lost); showing the last values, next try in \(seconds) s"
  }
}
