import Glibc
import MemtopCore

/// Reads of domains' nodes that are under way, many at once on one connection.
///
/// Each answer takes xenstored and memtop a change of who runs where it is waited for alone. A
/// domain's values are taken over together, when the last of them is here.
struct StorePipeline: ~Copyable {
  private enum Node {
    case key(StoreKey)
    case startTime
  }

  /// What was asked of xenstored about one domain.
  final class DomainRead {
    let domain: TrackedDomain
    fileprivate let reports: UInt32
    fileprivate var changes: KeyChanges
    fileprivate var startedAt: WallTime?
    fileprivate var unanswered: Int

    fileprivate init(_ domain: TrackedDomain, reports: UInt32, nodes: Int) {
      self.domain = domain
      self.reports = reports
      changes = KeyChanges(before: domain.keys)
      unanswered = nodes
    }

    /// Every value that the domain had is gone.
    var removedAll: Bool { changes.removedAll }
  }

  private var paths = StorePathBuffer()
  /// By the number of the request.
  private var asked: [(read: DomainRead, node: Node)?] = Array(
    repeating: nil, count: StoreConnection.window)
  private var unanswered = 0
}

extension StorePipeline {
  /// Asks for some keys of a domain; whatever must be waited for meanwhile is.
  ///
  /// A domain may be asked about again only after `finish`.
  /// - Parameters:
  ///   - wait: called before an answer is waited for.
  ///   - done: called with each domain whose values are all here, and taken over.
  /// - Returns: how many nodes are read.
  mutating func read(
    _ domain: TrackedDomain, _ pending: DirtyKeys.Pending, on connection: StoreConnection,
    wait: () -> Void, done: (DomainRead) -> Void
  ) throws(StoreConnection.Lost) -> Int {
    let wantsStartTime = domain.wantsStartTime(pending.keys)
    let nodes = pending.keys.count + (wantsStartTime ? 1 : 0)
    let read = DomainRead(domain, reports: pending.reports, nodes: nodes)
    paths.enter(domain.id.domid)
    var keys = pending.keys
    while let key = keys.popFirst() {
      try ask(.key(key), read, paths.path(key), connection, wait, done)
    }
    if wantsStartTime {
      try ask(.startTime, read, domain.startTimePath, connection, wait, done)
    }
    return nodes
  }

  /// Waits for every answer that is still to come.
  mutating func finish(
    on connection: StoreConnection, wait: () -> Void, done: (DomainRead) -> Void
  ) throws(StoreConnection.Lost) {
    while unanswered > 0 { try takeAnswer(connection, wait, done) }
  }

  /// Forgets what was asked on a connection that is lost.
  mutating func abandon() {
    for index in asked.indices { asked[index] = nil }
    unanswered = 0
  }

  private mutating func ask(
    _ node: Node, _ read: DomainRead, _ path: UnsafePointer<CChar>, _ connection: StoreConnection,
    _ wait: () -> Void, _ done: (DomainRead) -> Void
  ) throws(StoreConnection.Lost) {
    while true {
      if let request = try connection.ask(path) {
        asked[request] = (read, node)
        unanswered += 1
        return
      }
      // All of them: one that is taken at a time would send requests one at a time.
      try finish(on: connection, wait: wait, done: done)
    }
  }

  private mutating func takeAnswer(
    _ connection: StoreConnection, _ wait: () -> Void, _ done: (DomainRead) -> Void
  ) throws(StoreConnection.Lost) {
    if !connection.isAnswered { wait() }
    let read = try connection.answer { request, bytes -> DomainRead? in
      guard let (read, node) = asked[request] else { return nil }
      asked[request] = nil
      switch node {
      case .key(let key): read.changes.note(key, bytes)
      case .startTime:
        read.startedAt = bytes.flatMap { StartTime.parse(String(decoding: $0, as: UTF8.self)) }
      }
      return read
    }
    unanswered -= 1
    guard let read else { return }
    read.unanswered -= 1
    guard read.unanswered == 0 else { return }
    read.domain.apply(read.changes, reports: read.reports, startedAt: read.startedAt)
    done(read)
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

/// The paths of one domain's keys as C strings, written over each other in one buffer.
struct StorePathBuffer: ~Copyable {
  private let buffer: UnsafeMutablePointer<CChar>
  private let keyPaths: [[CChar]]
  private var prefixLength = 0
  private static let longestDomid = "/65535/".utf8.count

  init() {
    keyPaths = StoreKey.allCases.map { key in
      key.path.utf8.map { CChar(bitPattern: $0) } + [0]
    }
    let longest = keyPaths.reduce(0) { max($0, $1.count) }
    let prefix = StoreEvent.domains.utf8CodeUnitCount + Self.longestDomid
    buffer = .allocate(capacity: prefix + longest)
  }

  deinit { buffer.deallocate() }

  /// The paths from here on are this domain's.
  mutating func enter(_ domid: UInt16) {
    prefixLength = StoreEvent.domains.utf8CodeUnitCount
    memcpy(buffer, StoreEvent.domains.utf8Start, prefixLength)
    append(UInt8(ascii: "/"))
    var power: UInt16 = 1
    while domid / power >= 10 { power *= 10 }
    while power > 0 {
      append(UInt8(ascii: "0") + UInt8(domid / power % 10))
      power /= 10
    }
    append(UInt8(ascii: "/"))
  }

  private mutating func append(_ byte: UInt8) {
    buffer[prefixLength] = CChar(bitPattern: byte)
    prefixLength += 1
  }

  /// Valid until the next call.
  func path(_ key: StoreKey) -> UnsafePointer<CChar> {
    let path = keyPaths[Int(key.rawValue)]
    memcpy(buffer + prefixLength, path, path.count)
    return UnsafePointer(buffer)
  }
}
