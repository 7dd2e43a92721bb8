import Foundation

/// `memtop regulate` in the lab's dom0, with what it has said.
extension Lab {
  private static let policy = "/run/lab.conf"
  private static let log = "/run/regulate.log"

  /// Starts it with a policy, and waits until it has taken the guests that the policy names.
  func regulate(_ policy: String, taking guests: [String] = []) throws {
    try text(
      """
      cat > \(Self.policy) <<'END'
      \(policy)
      END
      memtop regulate --policy \(Self.policy) > \(Self.log) 2>&1 < /dev/null &
      echo $! > /run/regulate.pid
      """)
    for guest in guests { try said("\(guest): handed over") }
  }

  /// Ends it, and lets go of every guest.
  func unregulate() throws {
    try text(
      """
      kill $(cat /run/regulate.pid) 2>/dev/null
      \(Lab.wait(until: "! kill -0 $(cat /run/regulate.pid) 2>/dev/null"))
      for id in $(xenstore-list /local/domain); do
        xenstore-rm /local/domain/$id/memory/memtop-regulation 2>/dev/null
      done; true
      """)
  }

  /// Everything that it has said.
  func regulatorLog() throws -> String { try text("cat \(Self.log)") }

  /// Waits until it has said a line that begins so.
  @discardableResult
  func said(_ beginning: String, within seconds: Double = 180) throws -> String {
    var last = ""
    return try eventually("`\(beginning)` by the regulator", within: seconds, saw: { last }) {
      last = try regulatorLog()
      return last.split(separator: "\n").map(String.init).first { $0.hasPrefix(beginning) }
    }
  }

  /// Waits until nothing keeps it from moving the guest. It says that it goes on only where it left it
  /// alone before: the first report may have come before the first look.
  func awaitMoving(_ guest: String) throws {
    let report = "xs read /local/domain/$(xs domid \(guest))/data/memtop"
    var reports = Set([try text(report)])
    _ = try eventually("three reports of \(guest)") {
      reports.insert(try text(report))
      return reports.count >= 3 ? true : nil
    }
    var last = ""
    _ = try eventually("\(guest) to be moved", saw: { last }) {
      last = try regulatorLog()
      let news = last.split(separator: "\n").last { $0.hasPrefix("\(guest): ") }
      return news?.contains("left as it is") == false ? true : nil
    }
  }

  func regulation(_ guest: String) throws -> String {
    try text(
      """
      xs read /local/domain/$(xs domid \(guest))/memory/memtop-regulation | cut -d ' ' -f 2- | sed 's/^regulated at=[0-9]* /regulated /'
      """)
  }

  /// A counter of the guest's /proc/vmstat.
  func vmstat(_ guest: String, _ name: String) throws -> Int {
    Int(try self.guest(guest, "awk '$1 == \"\(name)\" {printf $2}' /proc/vmstat")) ?? -1
  }
}
