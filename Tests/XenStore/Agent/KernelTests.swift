import Foundation
import Testing

@testable import MemtopCore

extension XenStore {
  @Suite("memtop-agent's figures, on kernels of all ages and sizes")
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
