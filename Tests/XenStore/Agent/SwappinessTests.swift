import Foundation
import Testing

extension XenStore {
  @Suite(
    "memtop-agent --cache-limit, ended while the system's swappiness is 0",
    .timeLimit(.minutes(30)))
  struct AgentSwappinessTests {
    private static let swappiness = "proc/sys/vm/swappiness"
    private static let usual = "run/memtop-agent.swappiness"

    @Test("told to end, it sets the usual value again", arguments: TestGuest.Shell.allCases)
    func ends(_ shell: TestGuest.Shell) throws {
      let (guest, agent, pipe) = try Self.reclaiming(by: shell)
      defer { close(pipe) }
      #expect(guest.root.read(Self.usual) == "60\n")
      agent.send(SIGTERM)
      // Some shells finish the write before they hear the signal.
      Self.drain(pipe)
      #expect(agent.wait(seconds: 30) == 0)
      #expect(guest.root.read(Self.swappiness) == "60\n")
      #expect(guest.root.read(Self.usual) == nil)
      #expect(agent.errors == "")
    }

    @Test("if it was killed, the next one sets it", arguments: TestGuest.Shell.allCases)
    func killed(_ shell: TestGuest.Shell) throws {
      let (guest, agent, pipe) = try Self.reclaiming(by: shell)
      defer { close(pipe) }
      agent.send(SIGKILL)
      agent.wait()
      #expect(guest.root.read(Self.swappiness) == "0\n")
      let next = try guest.start("-i", "1", by: shell)
      try eventually(30) {
        guest.root.read(Self.swappiness) == "60\n" && guest.root.read(Self.usual) == nil
      }
      #expect(next.errors == "")
    }

    @Test("a value that was set since then stays", arguments: TestGuest.Shell.allCases)
    func changed(_ shell: TestGuest.Shell) throws {
      let guest = try TestGuest()
      try guest.root.write(Self.swappiness, "10\n")
      try guest.root.write(Self.usual, "60\n")
      let agent = try guest.start("-i", "1", by: shell)
      try guest.awaitReport(1)
      #expect(guest.root.read(Self.swappiness) == "10\n")
      #expect(guest.root.read(Self.usual) == nil)
      #expect(agent.errors == "")
    }

    /// A guest whose agent gives cache back, and hangs in the write to memory.reclaim: a full pipe.
    private static func reclaiming(by shell: TestGuest.Shell) throws -> (TestGuest, Child, Int32) {
      let guest = try TestGuest()
      let reclaim = "cgroup/memory.reclaim"
      try guest.root.write("proc/mounts", "cgroup /cgroup cgroup2 rw 0 0\n")
      try guest.root.write(swappiness, "60")
      try guest.root.folder("run")
      // A folder takes no words: the agent goes by the system's swappiness from then on.
      try guest.root.folder(reclaim)
      let agent = try guest.start("--cache-limit", "40M", "-i", "1", by: shell)
      try eventually(30) { guest.root.read(swappiness) == "60\n" }
      try FileManager.default.removeItem(at: guest.root.folder.appendingPathComponent(reclaim))
      let pipe = open(try guest.root.fifo(reclaim).path, O_RDWR | O_NONBLOCK | O_CLOEXEC)
      try #require(pipe >= 0)
      let block = [UInt8](repeating: 0, count: 4096)
      while Foundation.write(pipe, block, block.count) > 0 {}
      try eventually(30) {
        guest.root.read(swappiness) == "0\n" && isAsleep(agent)
          && guest.root.read(swappiness) == "0\n"
      }
      return (guest, agent, pipe)
    }

    private static func drain(_ pipe: Int32) {
      var block = [UInt8](repeating: 0, count: 4096)
      while Foundation.read(pipe, &block, block.count) > 0 {}
    }

    private static func isAsleep(_ agent: Child) -> Bool {
      let text = try? String(contentsOfFile: "/proc/\(agent.pid)/stat", encoding: .utf8)
      return text?.contains(") S ") == true
    }
  }
}
