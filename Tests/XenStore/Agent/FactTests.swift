import Foundation
import Testing

extension XenStore {
  @Suite("what memtop-agent tells of its guest for XAPI's sake", .timeLimit(.minutes(30)))
  struct AgentFactTests {
    @Test("the system, its version and its kernel", arguments: TestGuest.Shell.allCases)
    func system(_ shell: TestGuest.Shell) throws {
      let guest = try TestGuest()
      #expect(try guest.start("-1", by: shell).wait() == 0)
      for (path, text) in [
        ("data/os_name", "Debian GNU/Linux 12 (bookworm)"), ("data/os_distro", "debian"),
        ("data/os_majorver", "12"), ("data/os_minorver", "4"),
        ("data/os_uname", "6.1.0-56-amd64"), ("data/meminfo_total", "142208"),
        ("data/meminfo_free", "81244"), ("data/updated", "memtop-agent 1"),
      ] { #expect(try guest.value(path) == text, "\(path)") }
    }

    @Test(
      "the addresses of Xen's interfaces, by vif, and of no others",
      arguments: TestGuest.Shell.allCases)
    func addresses(_ shell: TestGuest.Shell) throws {
      let guest = try TestGuest()
      try Self.addNetwork(to: guest)
      #expect(try guest.start("-1", by: shell).wait() == 0)
      #expect(try guest.value("attr/vif/0/ipv4/0") == "192.168.10.5")
      #expect(try guest.value("attr/vif/0/ipv4/1") == "10.1.2.3")
      #expect(try guest.value("attr/vif/1/ipv4/0") == "172.16.200.77")
      #expect(try guest.value("attr/vif/0/ipv4/2") == nil)
      #expect(try guest.value("attr/vif/0/ipv6/0") == "2001:db8::1")
      #expect(try guest.value("attr/vif/0/ipv6/1") == "2001:db8:1:0:3::4")
      #expect(try guest.value("attr/vif/1/ipv6/0") == nil)
    }

    @Test("what changes is written anew, and an address that is gone becomes empty")
    func changes() throws {
      let guest = try TestGuest()
      guest.environment["MEMTOP_AGENT_FACTS_SECONDS"] = "1"
      try Self.addNetwork(to: guest)
      let agent = try guest.start("-i", "1")
      try guest.awaitReport(1)
      try guest.root.write("proc/net/if_inet6", "")
      try guest.root.write("etc/os-release", "PRETTY_NAME=Alpine\nID=alpine\n")
      try eventually(30) { try guest.value("data/os_name") == "Alpine" }
      try eventually(30) { try guest.value("attr/vif/0/ipv6/0") == "" }
      #expect(try guest.value("data/os_majorver") == "")
      #expect(try guest.value("attr/vif/0/ipv4/0") == "192.168.10.5")
      #expect(agent.errors == "")
    }

    @Test(
      "keys that another agent has written are left to it", arguments: ["1", "Tue Nov 24", nil])
    func another(_ marker: String?) throws {
      let guest = try TestGuest()
      try guest.write("data/meminfo_free", "77")
      if let marker { try guest.write("data/updated", marker) }
      let agent = try guest.start("-1")
      #expect(agent.wait() == 0)
      #expect(try guest.sequence() == 1)
      #expect(try guest.value("data/meminfo_free") == "77")
      #expect(try guest.value("data/updated") == marker)
      #expect(try guest.value("data/os_name") == nil)
      #expect(agent.errors.contains("another agent"))
    }

    @Test("one that comes later is noticed, and its own last words are no other's")
    func later() throws {
      let guest = try TestGuest()
      guest.environment["MEMTOP_AGENT_FACTS_SECONDS"] = "1"
      #expect(try guest.start("-1").wait() == 0)
      let agent = try guest.start("-i", "1")
      try eventually(30) { try guest.value("data/meminfo_free") == "81244" }
      try guest.awaitReport(2)
      // A write of the agent's own may come on top of it.
      try eventually(60) {
        try guest.write("data/meminfo_free", "77")
        try guest.write("data/updated", "1")
        return agent.errors.contains("another agent")
      }
      try guest.awaitReport((try guest.sequence() ?? 0) + 2)
      #expect(try guest.value("data/meminfo_free") == "77")
      #expect(agent.errors.split(separator: "\n").count == 1, "\(agent.errors)")
    }

    @Test(
      "os-release is read without a newline at its end, and with those of DOS",
      arguments: TestGuest.Shell.allCases)
    func endings(_ shell: TestGuest.Shell) throws {
      let root = try GuestRoot()
      let lines = ["ID=alpine", "VERSION_ID='3.19.1'", "PRETTY_NAME=\"Alpine Linux v3.19\""]
      for (newline, last) in [("\n", ""), ("\n", "\n"), ("\r\n", ""), ("\r\n", "\r\n")] {
        try root.write("etc/os-release", lines.joined(separator: newline) + last)
        let keys = try root.keys(by: shell)
        #expect(keys["data/os_name"] == "Alpine Linux v3.19")
        #expect(keys["data/os_distro"] == "alpine")
        #expect(keys["data/os_minorver"] == "19.1")
      }
    }

    /// Two interfaces of Xen's, another, and the loopback one.
    private static func addNetwork(to guest: TestGuest) throws {
      try guest.root.write("sys/class/net/eth0/device/nodename", "device/vif/0\n")
      try guest.root.write("sys/class/net/enX1/device/nodename", "device/vif/1\n")
      try guest.root.write("sys/class/net/docker0/address", "02:42:ac:11:00:02\n")
      try guest.root.write("sys/class/net/lo/address", "00:00:00:00:00:00\n")
      try guest.root.write(
        "proc/net/if_inet6",
        """
        00000000000000000000000000000001 01 80 10 80       lo
        20010db8000000000000000000000001 02 40 00 80     eth0
        fe80000000000000021640fffe000001 02 40 20 80     eth0
        20010db8000100000003000000000004 02 40 00 80     eth0
        20010db8000000000000000000000002 04 40 00 80  docker0

        """)
      try guest.root.write(
        "proc/net/route",
        """
        Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
        eth0\t00000000\t010AA8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0
        eth0\t000AA8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0
        eth0\t0000010A\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
        enX1\t00C010AC\t00000000\t0001\t0\t0\t0\t00C0FFFF\t0\t0\t0
        docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0

        """)
      try guest.root.write("proc/net/fib_trie", trie(Self.leaves) + trie(Self.leaves))
    }

    private static let leaves = [
      ("10.1.2.3", "/32 host LOCAL"), ("10.1.255.255", "/32 link BROADCAST"),
      ("127.0.0.1", "/32 host LOCAL"), ("172.16.192.0", "/18 link UNICAST"),
      ("172.16.200.77", "/32 host LOCAL"), ("172.17.0.1", "/32 host LOCAL"),
      ("192.168.10.5", "/32 host LOCAL"), ("203.0.113.9", "/32 host LOCAL"),
    ].reversed()

    private static func trie(_ leaves: some Sequence<(String, String)>) -> String {
      "Main:\n  +-- 0.0.0.0/0 3 0 5\n"
        + leaves.map { "           |-- \($0)\n              \($1)\n" }.joined()
    }
  }
}
