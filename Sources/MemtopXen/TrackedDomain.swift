import MemtopCore

/// A domain that is being followed, with its xenstore values as last read.
final class TrackedDomain {
  let id: DomainID
  private(set) var keys = StoreKeys()
  var populateOnDemand = PopulateOnDemandProbe()
  /// Its values were read once since it appeared.
  var isRead = false
  var pool = PagingPool()

  init(id: DomainID) { self.id = id }

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
