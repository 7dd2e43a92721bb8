/// What xenstore says about one domain at one moment: raw bytes a guest may have written.
///
/// Immutable and shared: a source makes a new one only when something changed, so readers may
/// compare by identity to skip work.
package final class StoreKeys: Sendable {
  package let values: StoreValues
  /// How many writes of report keys the source has *seen happen* since it first read this domain.
  /// 0 means that the values were there at the first reading, so that their age is unknown.
  package let reportWrites: ReportWrites
  /// When the domain was built (`/vm/UUID/start_time`), where the toolstack says so.
  package let startedAt: WallTime?

  package init(
    _ values: StoreValues = StoreValues(), reportWrites: ReportWrites = ReportWrites(),
    startedAt: WallTime? = nil
  ) {
    (self.values, self.reportWrites, self.startedAt) = (values, reportWrites, startedAt)
  }

  /// - Parameter entries: each key once, in any order.
  package convenience init(
    entries: [(key: StoreKey, value: [UInt8])], reportWrites: ReportWrites = ReportWrites(),
    startedAt: WallTime? = nil
  ) {
    var values = StoreValues()
    for (key, value) in entries { values[key] = value }
    self.init(values, reportWrites: reportWrites, startedAt: startedAt)
  }

  /// The bytes stored under `key`, or nil where it does not exist.
  package subscript(key: StoreKey) -> [UInt8]? { values[key] }

  /// Whether nothing but its reports can differ from the other's. False promises nothing.
  package func isSettled(as other: StoreKeys) -> Bool {
    values.settled.isIdentical(to: other.values.settled) && startedAt == other.startedAt
  }
}

/// A domain's values by their keys. Those that change every second are kept apart from those that seldom do.
package struct StoreValues: Sendable {
  /// What the guest's agent reports.
  package private(set) var reports = StoreEntries()
  package private(set) var settled = StoreEntries()

  package init() {}

  /// The bytes stored under `key`, or nil where it does not exist.
  package subscript(key: StoreKey) -> [UInt8]? {
    get { key.isReport ? reports[key] : settled[key] }
    set { if key.isReport { reports[key] = newValue } else { settled[key] = newValue } }
  }

  package var isEmpty: Bool { reports.isEmpty && settled.isEmpty }

  /// Whether a key has these bytes; nil is that it does not exist.
  package func holds(_ key: StoreKey, _ bytes: UnsafeRawBufferPointer?) -> Bool {
    key.isReport ? reports.holds(key, bytes) : settled.holds(key, bytes)
  }
}

/// Some of a domain's keys, with their values.
package struct StoreEntries: Sendable {
  package struct Entry: Sendable {
    package let key: StoreKey
    package fileprivate(set) var value: [UInt8]
  }

  /// Ascending by key; a key that does not exist is absent.
  package private(set) var entries: [Entry] = []
  /// A bit for each key in `entries`, by its number: those below it are its place.
  package private(set) var present: UInt64 = 0

  subscript(key: StoreKey) -> [UInt8]? {
    get { present & Self.bit(key) == 0 ? nil : entries[place(of: key)].value }
    set {
      let bit = Self.bit(key)
      switch (present & bit != 0, newValue) {
      case (true, let value?): entries[place(of: key)].value = value
      case (false, let value?): entries.insert(Entry(key: key, value: value), at: place(of: key))
      case (true, nil): entries.remove(at: place(of: key))
      case (false, nil): break
      }
      present = newValue == nil ? present & ~bit : present | bit
    }
  }

  var isEmpty: Bool { entries.isEmpty }

  func holds(_ key: StoreKey, _ bytes: UnsafeRawBufferPointer?) -> Bool {
    guard present & Self.bit(key) != 0 else { return bytes == nil }
    guard let bytes else { return false }
    return entries[place(of: key)].value.elementsEqual(bytes)
  }

  /// Whether it is the same storage. False promises nothing.
  func isIdentical(to other: StoreEntries) -> Bool { entries.isIdentical(to: other.entries) }

  private static func bit(_ key: StoreKey) -> UInt64 { 1 << UInt64(key.rawValue) }

  private func place(of key: StoreKey) -> Int {
    (present & (Self.bit(key) - 1)).nonzeroBitCount
  }
}
