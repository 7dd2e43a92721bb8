import Foundation
import MemtopCore
import Testing

extension XenStore {
  @Suite("the addresses that memtop-agent finds, and what that costs", .timeLimit(.minutes(30)))
  struct AgentAddressTests {
    @Test(
      "they are those of Xen's interfaces", arguments: NetworkRoot.all, TestGuest.Shell.allCases)
    func found(_ network: NetworkRoot, _ shell: TestGuest.Shell) throws {
      let keys = try network.made().keys(by: shell).filter { $0.key.hasPrefix("attr/") }
      let expected = network.expected.map { ("attr/vif/\($0.key)", $0.value) }
      #expect(keys == Dictionary(uniqueKeysWithValues: expected))
    }

    @Test("65,536 routes cost as much as 5,000, and it is said once that not all were read")
    func routes() throws {
      func cost(_ count: Int) throws -> Double {
        let agent = try Self.routed(count).made().dryRun()
        #expect(agent.wait(seconds: 120) == 0)
        #expect(agent.keys["attr/vif/0/ipv4/0"] == "192.168.1.5")
        #expect(agent.errors.split(separator: "\n").count == 1, "\(agent.errors)")
        #expect(agent.errors.contains("too many routes"))
        return agent.cpu
      }
      let few = try cost(5_000)
      #expect(try cost(65_536) < few * 3)
    }

    @Test("the cost of addresses grows as their number, and no faster")
    func addresses() throws {
      func cost(_ count: Int) throws -> Double {
        var network = Self.routed(1)
        network.addresses += (0..<count).map { "172.16.\($0 >> 8).\($0 & 255)" }
        let agent = try network.made().dryRun()
        #expect(agent.wait(seconds: 120) == 0)
        #expect(agent.keys["attr/vif/0/ipv4/0"] == "192.168.1.5")
        return agent.cpu
      }
      let few = try cost(500)
      // Eight times as many; sixty-four would be the square.
      #expect(try cost(4_000) < few * 20)
    }

    @Test("the report's figures are those of after the search")
    func fresh() throws {
      let root = try Self.routed(1).made()
      try root.setAvailable(81_244)
      let routes = try #require(root.read("proc/net/route"))
      let feed = try root.fifo("proc/net/route")
      let agent = try root.dryRun()
      let end = try feed.opened()
      try root.setAvailable(40_000)
      #expect(Foundation.write(end, routes, routes.utf8.count) == routes.utf8.count)
      close(end)
      #expect(agent.wait(seconds: 30) == 0)
      let report = try TestGuest.read(agent.keys["data/memtop"] ?? "")
      #expect(report.available == .kib(40_000))
    }

    @Test("after much reading the next search comes later")
    func seldom() throws {
      let guest = try TestGuest()
      let before = Self.routed(4_000)
      try Self.write(before, to: guest.root)
      guest.environment["MEMTOP_AGENT_FACTS_SECONDS"] = "1"
      let agent = try guest.start("-n", "-i", "1")
      try eventually(60) { agent.output.contains("192.168.1.5\n") }
      var after = before
      after.addresses = ["192.168.1.77"]
      try Self.write(after, to: guest.root)
      try eventually(60) { agent.output.contains("192.168.1.77\n") }
      // Which report each address came with.
      var number = 0
      var seen: [Int] = []
      for line in agent.output.split(separator: "\n") {
        if line.hasPrefix("data/memtop ") { number += 1 }
        if line.hasPrefix("attr/vif/0/ipv4/0 ") { seen.append(number) }
      }
      let searches = try #require(seen.last) - seen[0]
      #expect(searches >= 4, "\(seen)")
    }

    private static func routed(_ count: Int) -> NetworkRoot {
      NetworkRoot(
        testDescription: "",
        routes: [
          NetworkRoot.route("eth0", "0.0.0.0/0", via: "192.168.1.1"),
          NetworkRoot.route("eth0", "192.168.1.0/24"),
        ]
          + (0..<count).map {
            NetworkRoot.route("eth0", "10.\($0 >> 8).\($0 & 255).0/24", via: "192.168.1.1")
          },
        addresses: ["192.168.1.5"], expected: [:])
    }

    private static func write(_ network: NetworkRoot, to root: GuestRoot) throws {
      let made = try network.made()
      for path in ["sys/class/net/eth0/device/nodename", "proc/net/route", "proc/net/fib_trie"] {
        try root.write(path, made.read(path)!)
      }
    }
  }
}
