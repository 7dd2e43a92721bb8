import MemtopCore
import MemtopSystem
import XenBridge

/// One change of one domain's target.
struct TargetChange {
  let setter: any TargetSetter
  private let change: TargetTask.Change
  private let hypervisor: Hypervisor
  private let store: StoreConnection
  private let directory: String
  private let clock: HostClock
  private let countWrites: ([StoreKey], UInt16) throws(ChangeFailure) -> KeyWrites?
  /// Of what the setter writes, from the last look on; nil where that cannot be counted.
  private var writes: KeyWrites?
  /// What was kept before the range was set.
  private var kept: KeptRange?

  init(_ change: TargetTask.Change, _ tools: ChangeTools) throws(ChangeFailure) {
    self.change = change
    hypervisor = try tools.openHypervisor()
    setter = try change.setter(tools)
    store = try tools.openStore()
    clock = tools.clock
    countWrites = tools.countWrites
    directory = "\(StoreEvent.domains)/\(change.domain.domid)"
  }

  /// Looks at the domain last, so that as little as can be happens before the change, and marks the
  /// change as memtop's.
  ///
  /// - Returns: what the change makes of the limit; nil where it sets none.
  mutating func check() throws(ChangeFailure) -> LimitChange? {
    let found = try requireSameDomain()
    try requireNoSave()
    writes = try countWrites(setter.keys, change.domain.domid)
    let present = try TargetState(change.domain, store)
    try setter.requireUnchanged(present)
    try mark(present.videoram)
    return setter.setsLimit
      ? LimitChange(from: change.from, size: change.size, former: found.limit) : nil
  }

  /// Whether the target may still be set: what came before may have taken long on a busy host.
  var isInTime: Bool { clock.steady() <= change.begin }

  /// A mark without its change would name the wrong author for the next one.
  func removeMark() { try? store.remove(path(.changeMark)) }

  mutating func perform() throws(ChangeFailure) {
    do throws(ChangeFailure) {
      kept = try keepRange()
      try setter.set()
    } catch {
      removeMark()
      throw error
    }
  }

  /// Ends a change that was made; asked once.
  ///
  /// - Returns: whether someone else set the same, too, since it was looked at. What cannot be counted
  ///   shows in what is read back.
  func conclude() -> Bool {
    let isContested = (try? writes?.count()).map { $0 > 1 } ?? false
    // Where this fails, what was kept before the change says the same.
    if let kept { try? settle(isContested ? nil : kept.settled) }
    return isContested
  }

  private func requireSameDomain() throws(ChangeFailure) -> mt_domain {
    let found = try ChangeFailure.of { () throws(SourceError) in
      try hypervisor.domain(change.domain.domid)
    }
    guard let found, found.id == change.domain else { throw Self.gone }
    guard found.life == .running || found.life == .paused else {
      throw ChangeFailure("the domain is shut down or dying")
    }
    return found
  }

  private func requireNoSave() throws(ChangeFailure) {
    guard SaveWatch().domidsNow(at: clock.steady()).contains(change.domain.domid) else { return }
    throw ChangeFailure("the domain is being saved or migrated")
  }

  private static let gone = ChangeFailure("the domain is gone, or another has its domid")

  /// The mark names `memory/target` as it will be: libxl writes it without videoram. The deadline
  /// tells it from the mark of the same change made before.
  private func mark(_ videoram: Bytes) throws(ChangeFailure) {
    let target = (change.size - videoram).kib
    let mark = "\(target) \(change.author) \(change.deadline.milliseconds) \(change.reason)"
    let isThere = try ChangeFailure.of { () throws(StoreConnection.Lost) in
      try store.writePrivate(path(.changeMark), below: directory, Array(mark.utf8))
    }
    guard isThere else { throw Self.gone }
  }

  /// The regulator's range will stand in the place of the operator's, which is given back one day. It
  /// is kept first: this process may be killed at any time from here on.
  private func keepRange() throws(ChangeFailure) -> KeptRange? {
    guard let range = change.range, change.author == ChangeAuthor.regulatorName else { return nil }
    return try ChangeFailure.of { () throws(StoreConnection.Lost) in
      let former = try store.text(path(.keptRange)).flatMap { KeptRange(Array($0.utf8)) }
      let kept = KeptRange(before: range, kept: former)
      try write(kept)
      return kept
    }
  }

  /// - Parameter kept: nil where the operator's range is back, or is not known any more because the
  ///   change replaced it.
  private func settle(_ kept: KeptRange?) throws(StoreConnection.Lost) {
    guard let kept else { return try store.remove(path(.keptRange)) }
    try write(kept)
  }

  private func write(_ kept: KeptRange) throws(StoreConnection.Lost) {
    _ = try store.writePrivate(path(.keptRange), below: directory, kept.bytes)
  }

  private func path(_ key: StoreKey) -> String { "\(directory)/\(key.path)" }
}

/// libxl, opened for one change.
final class LightContext {
  private let handle: OpaquePointer

  init() throws(ChangeFailure) {
    var (handle, error): (OpaquePointer?, Int32) = (nil, 0)
    let words = text(capacity: 512) { handle = mt_light_open(&error, $0, $1) }
    guard let handle else {
      throw ChangeFailure(LibxlError(code: error, words: words).description)
    }
    self.handle = handle
  }

  deinit { mt_light_close(handle) }

  /// Blocks for as long as another program holds the domain's lock.
  func setTarget(_ domid: UInt16, _ size: Bytes) throws(LibxlError) {
    var result: Int32 = 0
    let words = text(capacity: 512) {
      result = mt_light_set_target(handle, UInt32(domid), size.kib, $0, $1)
    }
    if result != 0 { throw LibxlError(code: result, words: words) }
  }
}

/// An error of libxl's in words (libxl_types.idl, "error").
struct LibxlError: Error, CustomStringConvertible {
  let code: Int32
  /// What libxl logged: "libxl_mem.c:123:function: Domain 7:what is wrong".
  let words: String

  private var meaning: String? {
    switch code {
    case -3: "libxl failed"
    case -5: "out of memory"
    case -6: "libxl refuses this size"
    case -15: "libxl cannot lock the domain: it is gone"
    case -16: "libxl did not build this domain; its own toolstack must set the target"
    default: nil
    }
  }

  var description: String {
    let meaning = meaning ?? "libxl error \(code)"
    return words.isEmpty ? meaning : "\(meaning) (\(withoutPlace))"
  }

  /// The place in libxl's source means nothing to an operator.
  private var withoutPlace: Substring {
    let parts = words.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0].hasSuffix(".c") else { return words[...] }
    return parts[3].drop { $0 == " " }
  }
}

/// Counts how often some of a domain's keys are written, by a watch on each.
///
/// No lock closes the window between the last look and the owner's own write, so someone else's write in
/// it is noticed afterwards. Writes of a transaction that had to be repeated do not count: xenstored
/// tells of what was committed.
final class KeyWrites {
  private let connection: WatchConnection
  private let paths: [String]
  /// Watched only so that its confirmation comes behind all events of before.
  private let marker: String

  /// Every write from now on counts.
  init(_ keys: [StoreKey], of domid: UInt16) throws(StoreConnection.Lost) {
    let directory = "\(StoreEvent.domains)/\(domid)"
    paths = keys.map { "\(directory)/\($0.path)" }
    marker = "\(directory)/\(StoreKey.changeMark.path)"
    connection = try WatchConnection(socketOnly: true)
    for path in paths { try connection.watch(path) }
    try connection.confirm { _ in }
  }

  /// Writes of the key that was written most often, up to now; may be asked once.
  func count() throws(StoreConnection.Lost) -> Int {
    try connection.watch(marker)
    var events = paths.map { _ in 0 }
    try connection.confirm { event in
      let path = String(cString: event)
      if let index = paths.firstIndex(of: path) { events[index] += 1 }
    }
    // Without the event that xenstored sends for each new watch, after it has confirmed it.
    return (events.max() ?? 0) - 1
  }
}
