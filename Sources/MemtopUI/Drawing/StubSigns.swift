import MemtopCore

/// What stands before the names of stub domains: a sign where their guest is in the row above, or only
/// other stub domains of it are in between.
struct StubSigns {
  /// Places in the snapshot's domains, in the order of the list.
  let rows: [Int]
  let snapshot: Snapshot
  let sign: Character

  func sign(atRow row: Int) -> String {
    guard let guest = snapshot.guest(ofStubAt: rows[row]) else { return "" }
    let above = rows[..<row].last { snapshot.guest(ofStubAt: $0) != guest }
    return above == guest ? "\(sign) " : ""
  }
}
