import Foundation
import Testing

@Suite("the services", .timeLimit(.minutes(30)))
struct UnitTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("systemd")

  /// For any of these systemd mounts a /proc of the service's own (MountAPIVFS= in systemd.exec(5)), in
  /// which /proc/xen is empty: to the service this would be no dom0.
  private static let hiding = [
    "ProtectControlGroups", "ProtectKernelTunables", "ProtectProc", "ProcSubset", "MountAPIVFS",
    "RootDirectory", "RootImage",
  ]

  @Test("see dom0's own /proc", arguments: ["memtop-record", "memtop-regulate"])
  func proc(_ unit: String) throws {
    let file = Self.folder.appendingPathComponent("\(unit).service")
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    #expect(lines.contains { $0.hasPrefix("ProtectSystem=") })
    for name in Self.hiding { #expect(!lines.contains { $0.hasPrefix("\(name)=") }, "\(name)") }
  }
}
