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
  var known: StoreKeySet {
    keys.entries.reduce(.none) { $0.union(StoreKeySet($1.key)) }
  }

  /// libxl writes the time in one transaction with the first target (libxl_dom.c,
  /// libxl__build_post), so it is worth looking for again when a target appears.
  func wantsStartTime(_ changed: StoreKeySet) -> Bool {
    keys.startedAt == nil && changed.contains(.target)
  }

  /// Where the toolstack notes when the domain was built.
  var startTimePath: String { "/vm/\(id.uuid)/start_time" }

  /// Values that were read, and writes that were seen, become new keys; nothing new, same object.
  func apply(_ changes: KeyChanges, reports: UInt32, startedAt: WallTime? = nil) {
    let entries = changes.entries
    let reports = changes.hasReport ? reports : 0
    guard entries != nil || reports > 0 || startedAt != nil else { return }
    keys = StoreKeys(
      entries: entries ?? keys.entries, reportWrites: keys.reportWrites + UInt64(reports),
      startedAt: startedAt ?? keys.startedAt)
  }
}

/// What reading some keys of a domain has changed.
struct KeyChanges {
  private let before: StoreKeys
  /// nil as long as everything is as it was.
  private(set) var entries: [(key: StoreKey, value: [UInt8])]?

  /// A report key that was read exists: its event was a write and not a removal.
  private(set) var hasReport = false

  init(before: StoreKeys) { self.before = before }

  /// Notes what was read under `key`: nil where the node does not exist.
  mutating func note(_ key: StoreKey, _ bytes: UnsafeRawBufferPointer?) {
    hasReport = hasReport || bytes != nil && key.isReport
    guard !isKnown(key, bytes) else { return }
    var entries = self.entries ?? before.entries
    let place = entries.firstIndex { $0.key == key }
    switch (place, bytes) {
    case (let place?, let bytes?): entries[place].value = Array(bytes)
    case (nil, let bytes?): entries.append((key, Array(bytes)))
    case (let place?, nil): entries.remove(at: place)
    case (nil, nil): break
    }
    self.entries = entries
  }

  private func isKnown(_ key: StoreKey, _ bytes: UnsafeRawBufferPointer?) -> Bool {
    guard let entry = (entries ?? before.entries).first(where: { $0.key == key }) else {
      return bytes == nil
    }
    guard let bytes else { return false }
    return entry.value.elementsEqual(bytes)
  }

  /// Everything that was there is gone: the domain may be, too.
  var removedAll: Bool { entries?.isEmpty == true && !before.entries.isEmpty }
}
