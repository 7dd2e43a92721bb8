import Foundation
import Testing

extension XenStore {
  @Suite(
    "memtop-agent --self-balloon and --cache-limit, on a kernel that is played to it",
    .timeLimit(.minutes(30)))
  struct AgentBalloonTests {
    private static let target = "sys/devices/system/xen_memory/xen_memory0/target_kb"

    @Test("down by a tenth of the way a second, to what is in use and a cushion")
    func down() throws {
      let guest = try Self.guest(holding: 196_608)
      let agent = try guest.start("--self-balloon", "-i", "1")
      // In use are 142208 - 81244 = 60964 KiB, the cushion is 16384, and 54400 the kernel keeps: more
      // than is committed, and more than the floor, 40 MiB and a quarter of 192.
      let goal = 60_964 + 16_384 + 54_400
      // Which of its steps is seen depends on when one looks.
      var steps = [196_608 - (196_608 - goal) / 10]
      while steps.count < 20 { steps.append(steps.last! - (steps.last! - goal) / 10) }
      try Self.awaitTarget(guest) { steps.contains($0) }
      try Self.awaitTarget(guest) { abs($0 - goal) < 4_096 }
      let line = try #require(try guest.value("data/memtop"))
      #expect(try TestGuest.read(line).selfTarget.map { $0 < .kib(190_000) } == true, "\(line)")
      #expect(agent.errors == "")
    }

    @Test("up at once, and never above the host's target")
    func up() throws {
      let guest = try Self.guest(holding: 140_000)
      let agent = try guest.start("--self-balloon", "-i", "1")
      try guest.root.write(
        "proc/meminfo", GuestRoot.meminfo(.full, available: 81_244, committed: 100_000))
      // The kernel keeps 54400 KiB.
      try Self.awaitTarget(guest) { $0 == 100_000 + 54_400 }
      try guest.root.write(
        "proc/meminfo", GuestRoot.meminfo(.full, available: 81_244, committed: 900_000))
      try Self.awaitTarget(guest) { $0 == 196_608 }
      #expect(agent.errors == "")
    }

    @Test("a new target of the host's is the new ceiling")
    func ceiling() throws {
      let guest = try Self.guest(holding: 196_608)
      try guest.root.write(
        "proc/meminfo", GuestRoot.meminfo(.full, available: 81_244, committed: 900_000))
      let agent = try guest.start("--self-balloon", "-i", "1")
      try guest.awaitReport(2)
      try guest.write("memory/target", "180000")
      // What the balloon driver does on that.
      try guest.root.write(Self.target, "180000\n")
      try guest.awaitReport((try guest.sequence() ?? 0) + 3)
      #expect(try Self.current(guest) == 180_000)
      #expect(agent.errors == "")
    }

    @Test("at its end the host's target holds again, and the report says so")
    func end() throws {
      let guest = try Self.guest(holding: 196_608)
      let agent = try guest.start("--self-balloon", "-i", "1")
      try Self.awaitTarget(guest) { $0 < 190_000 }
      agent.send(SIGTERM)
      #expect(agent.wait() == 0)
      #expect(try Self.current(guest) == 196_608)
      let line = try #require(try guest.value("data/memtop"))
      #expect(try TestGuest.read(line).selfTarget == nil, "\(line)")
    }

    @Test("without a balloon it says so, and ends with 69")
    func none() throws {
      let agent = try TestGuest().start("--self-balloon")
      #expect(agent.wait() == 69)
      #expect(agent.errors.contains("target_kb cannot be written"))
    }

    @Test(
      "cache above the limit is asked back from cgroup2, without swapping",
      arguments: TestGuest.Shell.allCases)
    func reclaim(_ shell: TestGuest.Shell) throws {
      let guest = try TestGuest()
      try guest.root.write("proc/mounts", "cgroup /cgroup cgroup2 rw 0 0\n")
      try guest.root.write("cgroup/memory.reclaim", "")
      let agent = try guest.start("--cache-limit", "40M", "-i", "1", by: shell)
      // Files have 30000 + 24000 KiB.
      try eventually(30) {
        guest.root.read("cgroup/memory.reclaim") == "\(54_000 - 40_960)K swappiness=0\n"
      }
      #expect(agent.errors == "")
    }

    @Test("cache near the limit is left alone")
    func near() throws {
      let guest = try TestGuest()
      try guest.root.write("proc/mounts", "cgroup /cgroup cgroup2 rw 0 0\n")
      try guest.root.write("cgroup/memory.reclaim", "")
      let agent = try guest.start("--cache-limit", "51M", "-i", "1")
      try guest.awaitReport(4)
      #expect(guest.root.read("cgroup/memory.reclaim") == "")
      #expect(agent.errors == "")
    }

    @Test("without cgroup2 the cache is dropped, and not again within a minute")
    func drop() throws {
      let guest = try TestGuest()
      try guest.root.write("proc/mounts", "")
      try guest.root.write("proc/sys/vm/drop_caches", "0\n")
      let agent = try guest.start("--cache-limit", "40M", "-i", "1")
      try eventually(30) { guest.root.read("proc/sys/vm/drop_caches") == "1\n" }
      try guest.root.write("proc/sys/vm/drop_caches", "0\n")
      try guest.awaitReport((try guest.sequence() ?? 0) + 3)
      #expect(guest.root.read("proc/sys/vm/drop_caches") == "0\n")
      #expect(agent.errors == "")
    }

    /// One that holds that much of the 192 MiB that the host lets it have.
    private static func guest(holding kib: Int) throws -> TestGuest {
      let guest = try TestGuest()
      try guest.root.write(
        "proc/meminfo", GuestRoot.meminfo(.full, available: 81_244, committed: 50_000))
      try guest.write("memory/target", "196608")
      try guest.root.write(target, "\(kib)\n")
      try guest.root.write(
        "sys/devices/system/xen_memory/xen_memory0/info/current_kb", "\(max(kib, 196_608))\n")
      return guest
    }

    private static func current(_ guest: TestGuest) throws -> Int? {
      guest.root.read(target).flatMap { Int($0.trimmingCharacters(in: .newlines)) }
    }

    private static func awaitTarget(_ guest: TestGuest, _ isMeant: (Int) -> Bool) throws {
      try eventually(60) { try current(guest).map(isMeant) ?? false }
    }
  }
}
