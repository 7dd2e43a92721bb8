import Glibc
import MemtopCore

/// The keys that a domain may have, by the lists of its folders. Most keys of most domains do not exist, and
/// asking for each takes three times as many reads.
struct DomainListing {
  /// A folder that is listed; its raw value is its path below the domain, "" for the domain.
  enum Folder: String, CaseIterable {
    case root = ""
    case memory, data, control, attr

    fileprivate static let below = allCases.filter { $0 != .root }
  }

  /// The keys to read.
  private(set) var keys = StoreKeySet.none
  /// The folders that are there, to be listed next.
  private(set) var folders: [Folder] = []

  /// - Parameter names: what is in it, a zero behind each; nil where it is not there.
  mutating func note(_ folder: Folder, _ names: UnsafeRawBufferPointer?) {
    guard let names else { return }
    var rest = names.bindMemory(to: CChar.self)[...]
    while let end = rest.firstIndex(of: 0) {
      note(folder, UnsafeBufferPointer(rebasing: rest[..<end]))
      rest = rest[(end + 1)...]
    }
  }

  /// Notes that a folder has no list, because a guest made it too long for one.
  mutating func noteUnlisted(_ folder: Folder) {
    keys = folder == .root ? .all : keys.union(StoreKeyPaths.all.keys(folder.rawValue))
  }

  private mutating func note(
    _ folder: Folder, _ name: UnsafeBufferPointer<CChar>
  ) {
    if folder == .root, let below = Folder.below.first(where: { $0.isNamed(name) }) {
      return folders.append(below)
    }
    let prefix = folder == .root ? "" : folder.rawValue + "/"
    keys = keys.union(StoreKeyPaths.all.keys(prefix, name))
  }
}

extension DomainListing.Folder {
  fileprivate func isNamed(_ name: UnsafeBufferPointer<CChar>) -> Bool {
    name.elementsEqual(rawValue.utf8.lazy.map { CChar(bitPattern: $0) })
  }
}

extension StoreKeyPaths {
  /// The keys at a path below a domain's or, where that is a folder, below it.
  fileprivate func keys(_ prefix: String, _ name: UnsafeBufferPointer<CChar>? = nil) -> StoreKeySet
  {
    let length = prefix.utf8.count + (name?.count ?? 0)
    guard length <= longest else { return .none }
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: length + 1) { path in
      for (place, byte) in prefix.utf8.enumerated() { path[place] = CChar(bitPattern: byte) }
      if let name { _ = path[prefix.utf8.count...].update(fromContentsOf: name) }
      path[length] = 0
      return entry(path.baseAddress!)?.keys ?? .none
    }
  }
}
