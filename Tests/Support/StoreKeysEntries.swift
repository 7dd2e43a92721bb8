import MemtopCore

extension StoreKeys {
  /// All of them, ascending by key.
  package var entries: [(key: StoreKey, value: [UInt8])] {
    StoreKey.allCases.compactMap { key in self[key].map { (key: key, value: $0) } }
  }
}
