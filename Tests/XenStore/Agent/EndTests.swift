import Foundation
import Testing

extension XenStore {
  @Suite("memtop-agent's end, and what is in its way", .timeLimit(.minutes(30)))
  struct AgentEndTests {
    @Test(
      "told to end it ends well, and leaves no process behind", arguments: TestGuest.Shell.allCases)
    func ends(_ shell: TestGuest.Shell) throws {
      let guest = try TestGuest()
      let agent = try guest.start("-i", "1", by: shell)
      try guest.awaitReport(2)
      let children = agent.children()
      agent.send(SIGTERM)
      // By the signal itself, if it came in the middle of a report.
      #expect([0, 128 + SIGTERM].contains(agent.wait()))
      try eventually { children.allSatisfy { kill($0, 0) != 0 } }
      #expect(agent.errors == "")
    }

    @Test("it can be told to end while xenstored does not answer", arguments: [true, false])
    func endsWhileHeld(_ hasBalloon: Bool) throws {
      let guest = try TestGuest()
      let balloon = "sys/devices/system/xen_memory/xen_memory0"
      try guest.root.write("\(balloon)/target_kb", "196608\n")
      try guest.root.write("\(balloon)/info/current_kb", "196608\n")
      let agent =
        try hasBalloon ? guest.start("-i", "1", "--self-balloon") : guest.start("-i", "1")
      try guest.awaitReport(1)
      // Else there is nothing to give back.
      func target() -> Int? {
        guest.root.read("\(balloon)/target_kb")
          .flatMap { Int($0.trimmingCharacters(in: .newlines)) }
      }
      if hasBalloon { try eventually(60) { target().map { $0 < 190_000 } ?? false } }
      guest.xenstored.stop()
      defer { guest.xenstored.proceed() }
      try eventually { agent.children().contains { Self.name($0) == "xenstore-write" } }
      agent.send(SIGTERM)
      // A balloon is given back first, and the end is told of when xenstored answers.
      if hasBalloon { try eventually(30) { target() == 196_608 } }
      if hasBalloon { guest.xenstored.proceed() }
      #expect(agent.wait() == (hasBalloon ? 0 : 128 + SIGTERM))
    }

    /// bash takes a function from its surroundings in place of its own `kill`: this one notes who is gone.
    @Test(
      "told to end while it looks for addresses, it kills no pid that it was done with",
      arguments: [TestGuest.Shell.bash, .posixBash])
    func endsWhileSearching(_ shell: TestGuest.Shell) throws {
      let guest = try TestGuest()
      let balloon = "sys/devices/system/xen_memory/xen_memory0"
      try guest.root.write("\(balloon)/target_kb", "196608\n")
      try guest.root.write("\(balloon)/info/current_kb", "196608\n")
      try guest.root.write("sys/class/net/eth0/device/nodename", "device/vif/0\n")
      try guest.root.folder("proc/net")
      let feed = try guest.root.fifo("proc/net/if_inet6")
      guest.environment["BASH_FUNC_kill%%"] = """
        () {
          [ "$1" != -KILL ] || command kill -0 "$2" 2>/dev/null || echo "$2" >>\(guest.root.folder.path)/gone
          command kill "$@"
        }
        """
      let agent = try guest.start("-i", "1", "--self-balloon", by: shell)
      let end = try feed.opened()
      agent.send(SIGTERM)
      close(end)
      #expect(agent.wait(seconds: 30) == 0)
      #expect(guest.root.read("gone") == nil)
    }

    @Test("it goes on without the helper that hands it its seconds")
    func helperEnds() throws {
      let guest = try TestGuest()
      let agent = try guest.start("-i", "1")
      try guest.awaitReport(2)
      let helper = try #require(agent.children().first { Self.name($0) == "tail" })
      kill(helper, SIGKILL)
      try guest.awaitReport((try guest.sequence() ?? 0) + 3)
      #expect(agent.errors == "")
    }

    @Test("killed, it leaves no helper behind")
    func killed() throws {
      let guest = try TestGuest()
      let agent = try guest.start("-i", "1")
      try guest.awaitReport(2)
      let helper = try #require(agent.children().first { Self.name($0) == "tail" })
      agent.send(SIGKILL)
      agent.wait()
      try eventually { kill(helper, 0) != 0 || Self.name(helper) != "tail" }
    }

    @Test("a xenstored that ends is told of once, and so is its return")
    func restart() throws {
      let guest = try TestGuest()
      let agent = try guest.start("-i", "1")
      try guest.awaitReport(1)
      guest.xenstored.kill()
      try eventually(30) { agent.errors.contains("cannot be written") }
      try guest.xenstored.start()
      try guest.reconnect()
      try eventually(30) { try guest.sequence() != nil }
      try guest.awaitReport((try guest.sequence() ?? 0) + 2)
      let lines = agent.errors.split(separator: "\n")
      #expect(lines.count == 2, "\(lines)")
      #expect(lines.first?.hasPrefix("memtop-agent: data/memtop cannot be written: ") == true)
      #expect(lines.last == "memtop-agent: data/memtop is written again")
    }

    @Test("with nobody to write to, -1 says so in a line and fails")
    func nobody() throws {
      let guest = try TestGuest()
      guest.environment["XENSTORED_PATH"] = guest.root.folder.path + "/nobody"
      let agent = try guest.start("-1")
      #expect(agent.wait() == 1)
      #expect(agent.errors.split(separator: "\n").count == 1, "\(agent.errors)")
      #expect(agent.errors.contains("cannot be written"))
    }

    @Test("where keys of XAPI's are refused the report is written all the same")
    func refused() throws {
      let guest = try TestGuest()
      let tool = Fixture.directory.appendingPathComponent("tools/xenstore-write").path
      try guest.replace(
        "xenstore-write",
        with: """
          [ $# -le 2 ] || { echo 'could not write path attr' >&2; exit 1; }
          exec \(tool) "$@"
          """)
      let agent = try guest.start("-1")
      #expect(agent.wait() == 0)
      #expect(try guest.sequence() == 1)
      #expect(
        agent.errors == "memtop-agent: the keys of XAPI's agents cannot be written: "
          + "could not write path attr\n")
    }

    @Test("what cannot run here says why in a line, and ends with 69")
    func missing() throws {
      let guest = try TestGuest()
      try FileManager.default.removeItem(atPath: guest.root.folder.path + "/proc/meminfo")
      let blind = try guest.start("-1")
      #expect(blind.wait() == 69)
      #expect(blind.errors.hasSuffix("/proc/meminfo cannot be read\n"))
      let other = try TestGuest()
      other.environment["PATH"] = "/nowhere"
      let mute = try other.start()
      #expect(mute.wait() == 69)
      #expect(mute.errors.hasPrefix("memtop-agent: there is no xenstore-write"))
      let elsewhere = try TestGuest()
      elsewhere.environment["XENSTORED_PATH"] = nil
      let lost = try elsewhere.start()
      #expect(lost.wait() == 69)
      #expect(lost.errors.hasPrefix("memtop-agent: no xenstore: "))
    }

    @Test(
      "wrong usage is told in a line, and ends with 64",
      arguments: [
        ["-i"], ["-i", "0"], ["-i", "3601"], ["-i", "010"], ["-i", "1.5"], ["-i", "ten"],
        ["--much"], ["--cache-limit"], ["--cache-limit", "1M"], ["--cache-limit=x"], ["now"],
      ], TestGuest.Shell.allCases)
    func usage(_ arguments: [String], _ shell: TestGuest.Shell) throws {
      let agent = try Child(shell.words + [TestGuest.agent] + arguments, environment: [:])
      #expect(agent.wait() == 64)
      #expect(agent.errors.split(separator: "\n").count == 1, "\(agent.errors)")
    }

    private static func name(_ pid: pid_t) -> String {
      let text = try? String(contentsOfFile: "/proc/\(pid)/comm", encoding: .utf8)
      return (text ?? "").trimmingCharacters(in: .newlines)
    }
  }
}
