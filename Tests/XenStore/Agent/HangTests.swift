import Foundation
import MemtopCore
import Testing

extension XenStore {
  @Suite("memtop-agent, told to end while xenstore does not answer", .timeLimit(.minutes(30)))
  struct AgentHangTests {
    private static let target = "sys/devices/system/xen_memory/xen_memory0/target_kb"

    @Test(
      "gives its balloon back and ends, whichever of xenstore's tools hangs",
      arguments: ["xenstore-write", "xenstore-read"], TestGuest.Shell.allCases)
    func balloon(_ tool: String, _ shell: TestGuest.Shell) throws {
      let guest = try Self.guest(hanging: tool)
      let agent = try guest.start("-i", "1", "--self-balloon", by: shell)
      try eventually(60) { Self.current(guest).map { $0 < 190_000 } ?? false }
      _ = try Self.hang(guest, agent)
      agent.send(SIGTERM)
      #expect(agent.wait(seconds: 30) == 0)
      #expect(Self.current(guest) == 196_608)
    }

    @Test(
      "a target of the host's that xenstore is being asked about is not gone above",
      arguments: TestGuest.Shell.allCases)
    func ceiling(_ shell: TestGuest.Shell) throws {
      let guest = try Self.guest(hanging: "xenstore-read")
      let agent = try guest.start("-i", "1", "--self-balloon", by: shell)
      try eventually(60) { Self.current(guest).map { $0 < 190_000 } ?? false }
      try guest.root.write("hang", "")
      try guest.root.write(Self.target, "150000\n")
      try eventually(60) { Self.hanging(agent) != nil }
      agent.send(SIGTERM)
      #expect(agent.wait(seconds: 30) == 0)
      #expect(Self.current(guest).map { $0 <= 150_000 } == true)
    }

    @Test(
      "without a balloon it ends by the signal", arguments: ["xenstore-write", "xenstore-read"],
      [TestGuest.Shell.dash, .ash, .bash])
    func plain(_ tool: String, _ shell: TestGuest.Shell) throws {
      let guest = try Self.guest(hanging: tool)
      let agent = try guest.start("-i", "1", by: shell)
      try guest.awaitReport(2)
      let hanging = try Self.hang(guest, agent)
      defer { kill(hanging, SIGKILL) }
      agent.send(SIGTERM)
      #expect(agent.wait(seconds: 30) == 128 + SIGTERM)
    }

    /// One whose tool can be made to hang.
    private static func guest(hanging tool: String) throws -> TestGuest {
      let guest = try TestGuest()
      guest.environment["MEMTOP_AGENT_FACTS_SECONDS"] = "1"
      try guest.write("memory/target", "196608")
      try guest.root.write(target, "196608\n")
      try guest.root.write("sys/devices/system/xen_memory/xen_memory0/info/current_kb", "196608\n")
      let real = Fixture.directory.appendingPathComponent("tools/\(tool)").path
      try guest.replace(
        tool,
        with: """
          [ ! -e \(guest.root.folder.path)/hang ] || exec sleep 1000
          exec \(real) "$@"
          """)
      return guest
    }

    /// Makes it hang, and returns what does.
    private static func hang(_ guest: TestGuest, _ agent: Child) throws -> pid_t {
      try guest.root.write("hang", "")
      var process: pid_t?
      try eventually(60) {
        process = hanging(agent)
        return process != nil
      }
      return try #require(process)
    }

    /// The agent sleeps in `sleep` as well where it has no better way, but not for so long.
    private static func hanging(_ agent: Child) -> pid_t? {
      agent.children().first { pid in
        let words = try? String(contentsOfFile: "/proc/\(pid)/cmdline", encoding: .utf8)
        return words == "sleep\u{0}1000\u{0}"
      }
    }

    /// nil while it is being written.
    private static func current(_ guest: TestGuest) -> Int? {
      guest.root.read(target).flatMap { Int($0.trimmingCharacters(in: .newlines)) }
    }
  }
}
