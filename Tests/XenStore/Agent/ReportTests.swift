import Foundation
import MemtopCore
import Testing

extension XenStore {
  /// memtop-agent as guests run it: their shells, the real tools, a real xenstored.
  @Suite("memtop-agent's report", .timeLimit(.minutes(30)))
  struct AgentReportTests {
    @Test(
      "memtop reads it, whatever the shell and the kernel",
      arguments: TestGuest.Shell.allCases, GuestRoot.Kernel.allCases)
    func kernels(_ shell: TestGuest.Shell, _ kernel: GuestRoot.Kernel) throws {
      let guest = try TestGuest(kernel)
      let agent = try guest.start("-1", "-i", "7", by: shell)
      #expect(agent.wait() == 0)
      #expect(agent.errors == "")
      let line = try #require(try guest.value("data/memtop"))
      #expect(try TestGuest.read(line) == kernel.report(every: .seconds(7)), "\(line)")
    }

    @Test("-n prints the same, and writes nothing", arguments: TestGuest.Shell.allCases)
    func dryRun(_ shell: TestGuest.Shell) throws {
      let guest = try TestGuest()
      let agent = try guest.start("-1", "-n", by: shell)
      #expect(agent.wait() == 0)
      let lines = agent.output.split(separator: "\n")
      let line = try #require(lines.first { $0.hasPrefix("data/memtop ") })
      let report = try TestGuest.read(String(line.dropFirst(12)))
      #expect(report == GuestRoot.Kernel.full.report(every: .seconds(10)))
      #expect(lines.contains("data/os_name Debian GNU/Linux 12 (bookworm)"))
      #expect(try guest.value("data/memtop") == nil)
      #expect(try guest.value("data/updated") == nil)
    }

    @Test("comes again each interval, numbered", arguments: TestGuest.Shell.allCases)
    func interval(_ shell: TestGuest.Shell) throws {
      let guest = try TestGuest()
      let agent = try guest.start("-i", "1", by: shell)
      try guest.awaitReport(3)
      #expect(agent.errors == "")
    }

    @Test("comes sooner when more than 5 % of what was available has gone or come")
    func moved() throws {
      let guest = try TestGuest()
      let agent = try guest.start("-i", "3600")
      try guest.awaitReport(1)
      for (number, available) in [(UInt64(2), 77_000), (3, 81_000)] {
        try guest.root.setAvailable(available)
        try guest.awaitReport(number)
        let line = try #require(try guest.value("data/memtop"))
        #expect(try TestGuest.read(line).available == .kib(Int64(available)))
      }
      #expect(agent.errors == "")
    }

    @Test("comes sooner when the balloon has moved, whatever is available then")
    func ballooned() throws {
      let guest = try TestGuest()
      let agent = try guest.start("-i", "3600")
      try guest.awaitReport(1)
      let grown = GuestRoot.meminfo(.full, available: 81_244)
        .replacing("MemTotal:         142208 kB", with: "MemTotal:         174976 kB")
      try guest.root.write("proc/meminfo", grown)
      try guest.awaitReport(2)
      let line = try #require(try guest.value("data/memtop"))
      #expect(try TestGuest.read(line).total == .kib(174_976))
      #expect(agent.errors == "")
    }

    @Test("5 % and less are left to the interval")
    func unmoved() throws {
      let guest = try TestGuest()
      let agent = try guest.start("-n", "-i", "3600")
      try eventually(30) { agent.output.contains("seq=1\n") }
      for _ in 0..<3 { try guest.root.handOverAvailable(81_244 - 81_244 / 20) }
      try guest.root.setAvailable(60_000)
      try eventually(30) { agent.output.contains("seq=2\n") }
      let reports = try agent.output.split(separator: "\n").filter { $0.hasPrefix("data/memtop") }
        .map { try TestGuest.read(String($0.dropFirst(12))).available }
      #expect(reports == [.kib(81_244), .kib(60_000)])
    }

    @Test("swap that moved is counted anew, and its counters stay as they are where it did not")
    func swap() throws {
      let guest = try TestGuest()
      let agent = try guest.start("-i", "1")
      try guest.awaitReport(1)
      try guest.root.write("proc/vmstat", "pswpin 100\npswpout 200\n")
      try guest.awaitReport(3)
      #expect(try TestGuest.read(guest.value("data/memtop") ?? "").swapIn == .kib(48))
      let moved = GuestRoot.meminfo(.full, available: 81_244)
        .replacingOccurrences(of: "SwapFree:          65000", with: "SwapFree:          64000")
      try guest.root.write("proc/meminfo", moved)
      try eventually(30) {
        try TestGuest.read(guest.value("data/memtop") ?? "").swapIn == .kib(400)
      }
      #expect(agent.errors == "")
    }
  }
}
