import Foundation

/// Guests in the state that a test wants.
extension Lab {
  /// Brings a guest to a size, by xl.
  func settle(_ guest: String, mib: Int = 192) throws {
    try text("xl mem-set \(guest) \(mib)")
    try awaitSize(guest, mib: mib)
  }

  /// Waits until a guest holds that much, to the mebibyte or next to it.
  func awaitSize(_ guest: String, mib: Int) throws {
    var last = ""
    _ = try eventually("\(guest) at \(mib) MiB", saw: { last }) { () -> Bool? in
      last = try text("xl list \(guest)")
      return abs(try held(in: last) - mib) <= 1 ? true : nil
    }
  }

  private func held(in list: String) throws -> Int {
    let row = list.split(separator: "\n").last?.split(separator: " ") ?? []
    guard row.count > 2, let mib = Int(row[2]) else { throw TimedOut(description: list) }
    return mib
  }

  /// `memory/target` as it is in xenstore, in KiB.
  func target(_ guest: String) throws -> Int {
    Int(try text("xs read /local/domain/$(xs domid \(guest))/memory/target")) ?? -1
  }

  /// The guest's own MemTotal, in KiB.
  func memTotal(_ guest: String) throws -> Int {
    Int(try self.guest(guest, "awk '/MemTotal/ {printf $2}' /proc/meminfo")) ?? -1
  }

  /// target and max_pages of a guest, the first in KiB, the second in bytes.
  func limits(_ guest: String) throws -> String {
    try text(
      """
      echo $(xs read /local/domain/$(xs domid \(guest))/memory/target) \
      $(memtop -b -n 1 --format csv --fields name,limit | sed -n 's/.*,\(guest),//p')
      """)
  }
}
