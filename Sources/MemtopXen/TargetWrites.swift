import MemtopCore

/// Counts how often a domain's target is written, by a watch on it.
///
/// No lock closes the window between the last look and libxl's own write, so someone else's write in it
/// is noticed afterwards. Writes of libxl's transaction that had to be repeated do not count: xenstored
/// tells of what was committed.
final class TargetWrites {
  private let connection: WatchConnection
  private let target: String
  /// Watched only so that its confirmation comes behind all events of before.
  private let marker: String

  /// Every write from now on counts.
  init(_ domid: UInt16) throws(StoreConnection.Lost) {
    let directory = "\(StoreEvent.domains)/\(domid)"
    target = "\(directory)/\(StoreKey.target.path)"
    marker = "\(directory)/\(StoreKey.changeMark.path)"
    connection = try WatchConnection(socketOnly: true)
    try connection.watch(target)
    try connection.confirm { _ in }
  }

  /// Writes up to now; may be asked once.
  func count() throws(StoreConnection.Lost) -> Int {
    try connection.watch(marker)
    var events = 0
    try connection.confirm { if String(cString: $0) == target { events += 1 } }
    // xenstored answers each watch with an event of its own, behind its confirmation.
    return events - 1
  }
}
