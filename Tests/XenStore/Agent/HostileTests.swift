import Foundation
import MemtopCore
import Testing

extension XenStore {
  @Suite("what memtop-agent reads is never run, and ends it never", .timeLimit(.minutes(30)))
  struct AgentHostileTests {
    /// Numbers that are none, or that no shell can reckon with.
    static let numbers = [
      "a[$(touch PWNED)]", "$(touch PWNED)", "`touch PWNED`", "1+a[$(touch PWNED)]", "08", "0x1F",
      "-5", "1.5", "free", "99999999999999999999", "9999999999999999999999999999999", "", "*", "'",
    ]

    @Test("figures that are no numbers are left out", arguments: numbers, TestGuest.Shell.allCases)
    func figures(_ number: String, _ shell: TestGuest.Shell) throws {
      let root = try GuestRoot()
      let number = Self.harmful(number, root)
      try Self.spoil(root, by: number)
      let report = try root.report(by: shell)
      #expect(report.available == .kib(81_244) && report.total == .kib(142_208))
      #expect(report.cache == nil && report.swapIn == nil && report.swapOut == nil)
      #expect(report.psiSome == nil && report.psiFull == nil)
      #expect(root.read("PWNED") == nil)
    }

    @Test("without what every kernel has it cannot run", arguments: TestGuest.Shell.allCases)
    func total(_ shell: TestGuest.Shell) throws {
      let root = try GuestRoot()
      try root.write("proc/meminfo", "MemTotal: a[$(touch /) kB\nMemFree: 5 kB\n")
      let agent = try root.dryRun(by: shell)
      #expect(agent.wait(seconds: 30) == 69)
      #expect(agent.errors.hasSuffix("/proc/meminfo has no MemTotal or MemFree\n"))
    }

    @Test(
      "addresses that are none are left out, and end",
      arguments: numbers + ["1.2.3", "1.2.3.4.5", "300.1.1.1", "1.2.3.08", "....", "1..2.3"],
      TestGuest.Shell.allCases)
    func addresses(_ text: String, _ shell: TestGuest.Shell) throws {
      var network = NetworkRoot.all[0]
      let root = try network.made()
      let text = Self.harmful(text, root)
      network.addresses += [text, "\(text).1.1.1"]
      try root.write("proc/net/fib_trie", network.trieFile)
      let word = text.isEmpty ? "x" : text
      try root.write("proc/net/route", network.routeFile + Self.routes(word))
      try root.write("sys/class/net/eth1/device/nodename", "device/vif/\(text)\n")
      try root.write(
        "proc/net/if_inet6",
        ["abc", "20010db800000000000000000000000", word, String(repeating: "g", count: 32)]
          .map { "\($0) 02 40 00 80 eth0\n" }.joined())
      let keys = try root.keys(by: shell).filter { $0.key.hasPrefix("attr/") }
      #expect(keys == ["attr/vif/0/ipv4/0": "192.168.1.5"])
      #expect(root.read("PWNED") == nil)
    }

    @Test(
      "a balloon's figures that are no numbers move nothing", arguments: TestGuest.Shell.allCases)
    func balloon(_ shell: TestGuest.Shell) throws {
      for number in ["a[$(touch PWNED)]", "08", "99999999999999999999"] {
        let guest = try TestGuest()
        let number = Self.harmful(number, guest.root)
        let folder = "sys/devices/system/xen_memory/xen_memory0"
        try guest.root.write("\(folder)/target_kb", "196608\n")
        try guest.root.write("\(folder)/info/current_kb", "\(number)\n")
        try guest.write("memory/target", number)
        let agent = try guest.start("-i", "1", "--self-balloon", by: shell)
        try guest.awaitReport(2)
        #expect(guest.root.read("\(folder)/target_kb") == "196608\n")
        #expect(guest.root.read("PWNED") == nil)
        #expect(agent.errors == "")
      }
    }

    private static func harmful(_ text: String, _ root: GuestRoot) -> String {
      text.replacing("PWNED", with: root.folder.path + "/PWNED")
    }

    private static func spoil(_ root: GuestRoot, by number: String) throws {
      let names = [
        "Buffers", "Cached", "SwapCached", "Active(file)", "Inactive(file)", "Shmem",
        "SReclaimable", "Committed_AS",
      ]
      try root.write(
        "proc/meminfo",
        """
        MemTotal: 142208 kB
        MemFree: 20000 kB
        MemAvailable: 81244 kB
        SwapTotal: 65532 kB
        SwapFree: 65000 kB

        """ + names.map { "\($0): \(number) kB\n" }.joined())
      try root.write("proc/vmstat", "pswpin \(number)\npswpout \(number)\n")
      try root.write(
        "proc/pressure/memory", "some avg10=\(number).00 avg60=1\nfull avg10=\(number)\n")
      try root.write(
        "proc/spl/kstat/zfs/arcstats",
        "c_min 4 \(number)\nsize 4 \(number)\nmru_evictable_data 4 5\n")
    }

    private static func routes(_ word: String) -> String {
      [
        (word, "00000000", "00FFFFFF"), ("0001A8C0", word, "00FFFFFF"),
        ("0001A8C0", "00000000", word),
      ].map { "eth0\t\($0.0)\t\($0.1)\t0001\t0\t0\t0\t\($0.2)\t0\t0\t0\n" }
        .joined()
    }
  }
}
