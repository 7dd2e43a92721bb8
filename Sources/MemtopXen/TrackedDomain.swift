import MemtopCore
import MemtopSystem
import XenBridge

/// A domain that is being followed, with its xenstore values as last read.
final class TrackedDomain {
  let id: DomainID
  private(set) var keys = StoreKeys()
  private var populateOnDemand = PopulateOnDemandProbe()
  private var pool = PagingPool()
  private var figure = mt_domain()
  private var last: DomainReading?
  /// Its values were read once since it appeared.
  var isRead = false
  /// The keys that were read before all others; nil where none were.
  var begun: StoreKeySet?

  init(id: DomainID) { self.id = id }

  /// Whether its reading would say the same again.
  func isUnchanged(_ figure: mt_domain, isBeingSaved: Bool) -> Bool {
    guard let last, last.isRead == isRead, figure.isSame(as: self.figure), last.keys === keys else {
      return false
    }
    return !isRead || last.isBeingSaved == isBeingSaved && populateOnDemand.isDone(last.kind)
  }

  /// Its reading; the same as the last where nothing of it has changed.
  func reading(
    _ figure: mt_domain, isBeingSaved: Bool, _ hypervisor: Hypervisor, at now: SteadyTime
  ) -> DomainReading {
    if let last, isUnchanged(figure, isBeingSaved: isBeingSaved) { return last }
    guard isRead else { return keep(figure.reading(keys: keys, isRead: false), figure) }
    let left = populateOnDemand.figure(figure.kind, figure.life, now: now) {
      hypervisor.populateOnDemand(figure.domid)
    }
    pool.update(figure, isBuilt: keys[.target] != nil, read: hypervisor.pagingPool)
    return keep(
      figure.reading(
        keys: keys, overhead: pool.size, populateOnDemand: left, isBeingSaved: isBeingSaved), figure
    )
  }

  private func keep(_ reading: DomainReading, _ figure: mt_domain) -> DomainReading {
    (self.figure, last) = (figure, reading)
    return reading
  }

  /// The keys that it is known to have.
  var known: StoreKeySet { StoreKeySet(keys.values) }

  /// libxl writes the time in one transaction with the first target (libxl_dom.c,
  /// libxl__build_post), so it is worth looking for again when a target appears.
  func wantsStartTime(_ changed: StoreKeySet) -> Bool {
    keys.startedAt == nil && changed.contains(.target)
  }

  /// Where the toolstack notes when the domain was built.
  var startTimePath: String { "/vm/\(id.uuid)/start_time" }

  /// Values that were read, and writes that were seen, become new keys; nothing new, same object.
  func apply(_ changes: KeyChanges, reports: ReportWrites, startedAt: WallTime? = nil) {
    let writes = keys.reportWrites.adding(reports) { changes.hasReport($0) }
    guard changes.hasChanged || writes != keys.reportWrites || startedAt != nil else { return }
    keys = StoreKeys(
      changes.values, reportWrites: writes, startedAt: startedAt ?? keys.startedAt)
  }
}

/// What reading some keys of a domain has changed.
struct KeyChanges {
  private(set) var values: StoreValues
  private(set) var hasChanged = false
  private let wasEmpty: Bool

  /// A bit for each group of which a report key that was read exists.
  private var groups: UInt8 = 0

  init(before: StoreKeys) {
    values = before.values
    wasEmpty = values.isEmpty
  }

  /// Notes what was read under `key`: nil where the node does not exist.
  mutating func note(_ key: StoreKey, _ bytes: UnsafeRawBufferPointer?) {
    if bytes != nil, let group = key.group { groups |= group.rawValue }
    guard !values.holds(key, bytes) else { return }
    values[key] = bytes.map { Array($0) }
    hasChanged = true
  }

  /// A report key of this group was read and exists: its event was a write and not a removal.
  func hasReport(_ group: ReportGroup) -> Bool { groups & group.rawValue != 0 }

  /// Everything that was there is gone: the domain may be, too.
  var removedAll: Bool { !wasEmpty && values.isEmpty }
}
