import Foundation
import Testing

@Suite("the services", .timeLimit(.minutes(30)))
struct UnitTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  private static let units = [
    "memtop-export", "memtop-record", "memtop-regulate", "memtop-agent",
  ]

  private static func file(_ unit: String) -> URL {
    root.appendingPathComponent(unit == "memtop-agent" ? "agent" : "systemd")
      .appendingPathComponent("\(unit).service")
  }

  private static func lines(_ unit: String) throws -> [Substring] {
    try String(contentsOf: file(unit), encoding: .utf8).split(separator: "\n")
  }

  /// For any of these systemd mounts a /proc of the service's own (MountAPIVFS= in systemd.exec(5)), in
  /// which /proc/xen is empty: to the service this would be no dom0.
  private static let hiding = [
    "ProtectControlGroups", "ProtectKernelTunables", "ProtectProc", "ProcSubset", "MountAPIVFS",
    "RootDirectory", "RootImage",
  ]

  private static let ofDom0 = ["memtop-export", "memtop-record", "memtop-regulate"]

  /// Whether this is a dom0 is looked at once, at the boot: whoever mounts /proc/xen must be done by then.
  /// That is xenstored.service (it needs proc-xen.mount), and on Debian /etc/init.d/xen.
  @Test("start after what mounts /proc/xen and starts xenstored", arguments: ofDom0)
  func order(_ unit: String) throws {
    let lines = try Self.lines(unit)
    let after = lines.filter { $0.hasPrefix("After=") }
      .flatMap { $0.dropFirst("After=".count).split(separator: " ") }
    #expect(lines.contains("ConditionPathExists=/proc/xen/capabilities"))
    for other in ["xenstored.service", "xen-init-dom0.service", "xen.service"] {
      #expect(after.contains { $0 == other }, "\(other)")
    }
  }

  @Test("see dom0's own /proc", arguments: ofDom0)
  func proc(_ unit: String) throws {
    let lines = try Self.lines(unit)
    #expect(lines.contains { $0.hasPrefix("ProtectSystem=") })
    for name in Self.hiding { #expect(!lines.contains { $0.hasPrefix("\(name)=") }, "\(name)") }
  }

  /// Exit statuses, as memtop(8) lists them. Another recorder ends by itself; another regulator is a service, too.
  private static let lasting = [
    "memtop-export": "64 65 69", "memtop-record": "64 65 69", "memtop-regulate": "2 64 65 69 73",
  ]

  @Test(
    "are not started again after an error that stays until an operator mends it", arguments: ofDom0)
  func restarts(_ unit: String) throws {
    let statuses = try #require(Self.lasting[unit])
    let lines = try Self.lines(unit)
    #expect(lines.contains("Restart=on-failure"))
    #expect(lines.contains("RestartPreventExitStatus=\(statuses)"))
  }

  /// systemd before 239, such as that of XCP-ng 8.3, does not know the group: nothing would be allowed.
  @Test("what system calls they may make is told as what is denied", arguments: units)
  func calls(_ unit: String) throws {
    let filters = try Self.lines(unit).filter { $0.hasPrefix("SystemCallFilter=") }
    #expect(filters.count == 1 && filters.allSatisfy { $0.hasPrefix("SystemCallFilter=~@") })
  }

  /// ProtectClock= lets the service read the clock, by a DeviceAllow= of its own. From systemd 245 to 252
  /// that alone closed all other devices.
  @Test("they can open xenstore's device where ProtectClock= closes all others", arguments: units)
  func devices(_ unit: String) throws {
    let lines = try Self.lines(unit)
    #expect(lines.contains("ProtectClock=yes"))
    #expect(lines.contains("DevicePolicy=closed"))
    #expect(lines.contains("DeviceAllow=/dev/xen/xenbus rw"))
  }

  @Test("whatever they make is root's alone", arguments: units)
  func modes(_ unit: String) throws {
    #expect(try Self.lines(unit).contains("UMask=0077"))
    #expect(try Self.lines(unit).contains("PrivateTmp=yes"))
    #expect(try Self.lines(unit).contains("NoNewPrivileges=yes"))
  }

  /// systemd can do so since 250.
  private static let canJudge = {
    let help = try? Program.shell("systemd-analyze --help")
    return help?.output.contains("--offline") == true
  }()

  @Test("are as safe as README says, or safer", .enabled(if: canJudge), arguments: units)
  func exposure(_ unit: String) throws {
    let run = try Program.shell(
      #"""
      cd "$(mktemp -d)"; sed 's|@SBIN@|/usr/sbin|' "$1" >"${1##*/}"
      systemd-analyze security --offline=true --no-pager "./${1##*/}" | sed -n 's/.*: \([0-9.]*\) .*/\1/p' | tail -n 1
      rm -r "$PWD"
      """#, [Self.file(unit).path])
    let readme = try String(
      contentsOf: Self.root.appendingPathComponent("README.md"), encoding: .utf8)
    let score = Double(run.output.trimmingCharacters(in: .whitespacesAndNewlines))
    let said = try #require(readme.firstMatch(of: try Regex("`\(unit)` ([0-9]\\.[0-9])")))
    #expect(try #require(score) <= Double(said[1].substring!)!, "\(run)")
  }
}
