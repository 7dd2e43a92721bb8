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
    case folder(DomainListing.Folder)

    var isFolder: Bool { if case .folder = self { true } else { false } }
  }

  /// What was asked of xenstored about one domain.
  final class DomainRead {
    let domain: TrackedDomain
    fileprivate let reports: ReportWrites
    fileprivate var changes: KeyChanges
    fileprivate var startedAt: WallTime?
    fileprivate var unanswered = 0
    fileprivate var listing = DomainListing()

    fileprivate init(_ domain: TrackedDomain, reports: ReportWrites = ReportWrites()) {
      self.domain = domain
      self.reports = reports
      changes = KeyChanges(before: domain.keys)
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
    let read = DomainRead(domain, reports: pending.reports)
    return try self.read(
      read, pending.keys, connection, wait, done,
      wantsStartTime: domain.wantsStartTime(pending.keys))
  }

  /// Asks for a new domain's keys that are wanted before all others; `readAll` reads the others, and when
  /// it was built.
  /// - Returns: how many nodes are read.
  mutating func readFirst(
    _ domain: TrackedDomain, _ keys: StoreKeySet, on connection: StoreConnection,
    wait: () -> Void
  ) throws(StoreConnection.Lost) -> Int {
    try self.read(
      DomainRead(domain), keys, connection, wait, { _ in }, wantsStartTime: false)
  }

  /// Reads all keys that domains have, which are listed first: all domains at once, since each list must
  /// be there before it can be gone on.
  /// - Returns: how many nodes and lists are read.
  mutating func readAll(
    _ domains: [TrackedDomain], on connection: StoreConnection, wait: () -> Void,
    done: (DomainRead) -> Void
  ) throws(StoreConnection.Lost) -> Int {
    let reads = domains.map { DomainRead($0) }
    var count = 0
    if connection.canList {
      for read in reads { count += try list([.root], read, connection, wait) }
      try finish(on: connection, wait: wait, done: done)
      for read in reads { count += try list(read.listing.folders, read, connection, wait) }
      try finish(on: connection, wait: wait, done: done)
    }
    for read in reads {
      let keys = connection.canList ? read.listing.keys : .all
      count += try self.read(
        read, keys.subtracting(read.domain.known), connection, wait, done,
        wantsStartTime: read.domain.wantsStartTime(keys))
    }
    try finish(on: connection, wait: wait, done: done)
    return count
  }

  private mutating func list(
    _ folders: [DomainListing.Folder], _ read: DomainRead, _ connection: StoreConnection,
    _ wait: () -> Void
  ) throws(StoreConnection.Lost) -> Int {
    paths.enter(read.domain.id.domid)
    for folder in folders {
      try ask(.folder(folder), read, paths.path(folder), connection, wait, { _ in })
    }
    return folders.count
  }

  private mutating func read(
    _ read: DomainRead, _ keys: StoreKeySet, _ connection: StoreConnection, _ wait: () -> Void,
    _ done: (DomainRead) -> Void, wantsStartTime: Bool
  ) throws(StoreConnection.Lost) -> Int {
    let nodes = keys.count + (wantsStartTime ? 1 : 0)
    read.unanswered = nodes
    guard nodes > 0 else {
      end(read, done)
      return 0
    }
    paths.enter(read.domain.id.domid)
    var keys = keys
    while let key = keys.popFirst() {
      try ask(.key(key), read, paths.path(key), connection, wait, done)
    }
    if wantsStartTime {
      try ask(.startTime, read, read.domain.startTimePath, connection, wait, done)
    }
    return nodes
  }

  private func end(_ read: DomainRead, _ done: (DomainRead) -> Void) {
    read.domain.apply(read.changes, reports: read.reports, startedAt: read.startedAt)
    done(read)
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
      if let request = try connection.ask(path, list: node.isFolder) {
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
    let read = try connection.answer { request, bytes, isTooLong -> DomainRead? in
      guard let (read, node) = asked[request] else { return nil }
      asked[request] = nil
      switch node {
      case .folder(let folder):
        if isTooLong { read.listing.noteUnlisted(folder) }
        read.listing.note(folder, bytes)
        return nil
      case .key(let key): read.changes.note(key, bytes)
      case .startTime:
        read.startedAt = bytes.flatMap { StartTime.parse(String(decoding: $0, as: UTF8.self)) }
      }
      return read
    }
    unanswered -= 1
    guard let read else { return }
    read.unanswered -= 1
    if read.unanswered == 0 { end(read, done) }
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
    buffer[prefixLength - 1] = Self.slash
    memcpy(buffer + prefixLength, path, path.count)
    return UnsafePointer(buffer)
  }

  /// Valid until the next call.
  func path(_ folder: DomainListing.Folder) -> UnsafePointer<CChar> {
    // The domain's own path has no slash at its end.
    buffer[prefixLength - 1] = folder == .root ? 0 : Self.slash
    for (place, byte) in folder.rawValue.utf8.enumerated() {
      buffer[prefixLength + place] = CChar(bitPattern: byte)
    }
    buffer[prefixLength + folder.rawValue.utf8.count] = 0
    return UnsafePointer(buffer)
  }

  private static let slash = CChar(bitPattern: UInt8(ascii: "/"))
}
