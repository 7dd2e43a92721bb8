import Foundation
import MemtopCore
import Testing

extension XenStore {
  @Suite("memtop-agent's seconds, by the tools that a guest has", .timeLimit(.minutes(30)))
  struct AgentWaitTests {
    /// A `sleep` that is soon over, and notes its calls and whether the cache was dropped before.
    private static func sleep(refusing pattern: String, _ guest: TestGuest) throws {
      try guest.replace(
        "sleep",
        with: """
          case $1 in \(pattern)) echo "sleep: invalid number '$1'" >&2; exit 1 ;; esac
          cd \(guest.root.folder.path)
          echo "$1 $(cat proc/sys/vm/drop_caches)" >>slept
          echo 0 >proc/sys/vm/drop_caches
          exec /bin/sleep 0.05
          """)
      try guest.root.write("proc/mounts", "")
      try guest.root.write("proc/sys/vm/drop_caches", "0\n")
      try guest.replace("tail", with: "echo 'tail: unrecognized option: version' >&2; exit 1")
    }

    @Test(
      "reports keep their interval where sleep takes whole seconds alone, as on OpenWrt",
      arguments: [("*.*", "1", 1), ("none", "0.2", 5)])
    func sleeps(_ refused: String, _ taken: String, _ pace: Int) throws {
      let guest = try TestGuest()
      try Self.sleep(refusing: refused, guest)
      let agent = try guest.start("-i", "5", "--cache-limit", "1G")
      try eventually(60) { try guest.sequence() == 3 }
      let slept = Self.slept(guest)
      #expect(slept.allSatisfy { $0.hasPrefix("\(taken) ") })
      // The fourth report may be near; the one that tries whether it can is none of them.
      #expect((10 * pace...15 * pace + 1).contains(slept.count), "\(slept.count)")
      #expect(agent.errors == "")
    }

    @Test("the cache is dropped once a minute at most, however seconds are counted")
    func drop() throws {
      let guest = try TestGuest()
      try Self.sleep(refusing: "*.*", guest)
      let agent = try guest.start("-i", "3600", "--cache-limit", "40M")
      func drops() -> [Int] {
        Self.slept(guest).enumerated().filter { $0.element == "1 1" }.map(\.offset)
      }
      try eventually(60) { drops().count >= 2 }
      #expect(drops()[1] - drops()[0] == 60)
      #expect(agent.errors == "")
    }

    private static func slept(_ guest: TestGuest) -> [Substring] {
      (guest.root.read("slept") ?? "").split(separator: "\n")
    }
  }
}
