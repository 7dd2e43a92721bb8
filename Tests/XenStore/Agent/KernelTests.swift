import Foundation
import Testing

@testable import MemtopCore

extension XenStore {
  @Suite("memtop-agent's figures, on kernels of all ages and sizes", .timeLimit(.minutes(30)))
  struct AgentKernelTests {
    @Test("available and cache", arguments: KernelRoot.all, TestGuest.Shell.allCases)
    func figures(_ root: KernelRoot, _ shell: TestGuest.Shell) throws {
      let report = try root.made().report(by: shell)
      #expect(report.total == root.amount("MemTotal"))
      #expect(report.free == root.amount("MemFree"))
      #expect(report.available == .kib(root.available))
      #expect(report.cache == root.cache.map { .kib($0) })
      let swap = root.amount("SwapTotal") ?? .zero
      #expect(report.swapTotal == (swap == .zero ? nil : swap))
      #expect(report.swapUsed == (swap == .zero ? nil : swap - root.amount("SwapFree")!))
    }

    @Test(
      "none counts shared memory as available, or more than there is", arguments: KernelRoot.all)
    func bounds(_ root: KernelRoot) throws {
      let available = try #require(try root.made().report(by: .dash).available)
      #expect(available <= root.amount("MemTotal")!)
      guard root.amount("MemAvailable") == nil else { return }
      let most = ["MemFree", "Buffers", "Cached", "SReclaimable"].map { root.amount($0) ?? .zero }
        .reduce(.zero, +)
      #expect(available <= most - (root.amount("Shmem") ?? .zero))
    }

    @Test("xenballoond's text of the same kernel means the same", arguments: KernelRoot.all)
    func dialects(_ root: KernelRoot) throws {
      guard root.files.isEmpty else { return }
      let keys = StoreKeys(entries: [(.meminfo, Array(root.meminfo.utf8))])
      guard case .read(let reports) = ReportReader.readAll(keys) else {
        throw Unexpected(description: "memtop cannot read \(root)")
      }
      #expect(reports.first?.available == .kib(root.available))
      #expect(reports.first?.cache == root.cache.map { .kib($0) })
    }

    @Test(
      "swap on zram and in zswap is named, as far as the kernel tells",
      arguments: TestGuest.Shell.allCases)
    func compressedSwap(_ shell: TestGuest.Shell) throws {
      let root = try GuestRoot()
      try Self.compress(root)
      var report = try root.report(by: shell)
      #expect(report.swapIn == .kib(48))
      #expect(report.zramUsed == .kib(350_000) && report.zramIn == .kib(4_000 + 500))
      #expect(report.zswapped == .kib(30_000) && report.zswapIn == .kib(80))
      // Before 5.19 nothing tells of zswap; a device that tells nothing makes the sum unknown.
      try root.write("proc/meminfo", Self.swapping(zswapped: nil))
      try root.write("sys/block/zram1/stat", "")
      report = try root.report(by: shell)
      #expect(report.swapIn == .kib(48))
      #expect(report.zramUsed == .kib(350_000) && report.zramIn == nil)
      #expect(report.zswapped == nil && report.zswapIn == nil)
      try root.write(
        "proc/swaps", "Filename Type Size Used Priority\n/dev/xvda2 partition 65532 532 -2\n")
      report = try root.report(by: shell)
      #expect(report.swapUsed == .kib(532) && report.zramUsed == nil)
    }

    @Test("they are read again when swap has moved, and only then")
    func compressedSwapMoves() throws {
      let guest = try TestGuest()
      let root = guest.root
      try Self.compress(root)
      let agent = try guest.start("-i", "1")
      func zramIn(_ number: UInt64) throws -> Bytes? {
        try guest.awaitReport(number)
        return try TestGuest.read(try guest.value("data/memtop") ?? "").zramIn
      }
      #expect(try zramIn(1) == .kib(4_500))
      try root.write("sys/block/zram1/stat", Self.device(sectors: 2_000))
      #expect(try zramIn(3) == .kib(4_500))
      try root.write("proc/meminfo", Self.swapping(zswapped: 20_000))
      try eventually(30) {
        try TestGuest.read(try guest.value("data/memtop") ?? "").zramIn == .kib(5_000)
      }
      #expect(agent.errors == "")
    }

    private static func compress(_ root: GuestRoot) throws {
      try root.write("proc/meminfo", swapping(zswapped: 30_000))
      try root.write(
        "proc/swaps",
        """
        Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority
        /dev/zram0                              partition\t500000\t\t300000\t\t100
        /dev/xvda2                              partition\t65532\t\t532\t\t-2
        /dev/zram1                              partition\t90000\t\t50000\t\t100

        """)
      try root.write("sys/block/zram0/stat", device(sectors: 8_000))
      try root.write("sys/block/zram1/stat", device(sectors: 1_000))
      try root.write(
        "proc/vmstat", "pswpin 12\npswpout 9002\npgfault 1\nzswpin 20\nzswpout 30\n")
    }

    private static func swapping(zswapped: Int?) -> String {
      GuestRoot.meminfo(.full, available: 81_244).replacing(
        "Shmem:", with: (zswapped.map { "Zswap: 9000 kB\nZswapped: \($0) kB\n" } ?? "") + "Shmem:")
    }

    private static func device(sectors: Int) -> String {
      "    \(sectors / 8)        0     \(sectors)        4      700        0     5600       12        0       16       16\n"
    }

    @Test("a balloon of 1 TiB is moved by all that is meant", arguments: TestGuest.Shell.allCases)
    func terabyte(_ shell: TestGuest.Shell) throws {
      let guest = try TestGuest()
      let balloon = "sys/devices/system/xen_memory/xen_memory0"
      try guest.root.write("\(balloon)/target_kb", "400000000\n")
      try guest.root.write("\(balloon)/info/current_kb", "400000000\n")
      try guest.root.write(
        "proc/meminfo",
        KernelRoot.lines([
          ("MemTotal", 400_000_000), ("MemFree", 10_000_000), ("MemAvailable", 20_000_000),
          ("Committed_AS", 1_000_000_000_000),
        ]))
      try guest.write("memory/target", "1073741824")
      let agent = try guest.start("--self-balloon", "-i", "1", by: shell)
      try eventually(30) { guest.root.read("\(balloon)/target_kb") == "1073741824\n" }
      #expect(agent.errors == "")
    }
  }
}
