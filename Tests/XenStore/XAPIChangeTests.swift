import Foundation
import MemtopCore
import Testing

@testable import MemtopXen

extension XenStore {
  /// memtop's writer, a fake xe and a fake squeezed on the real xenstored.
  @Suite("a change where XAPI owns the targets", .timeLimit(.minutes(30)))
  struct XAPIChangeTests {
    let xapi: XAPIHost
    var host: TestHost { xapi.host }

    init() throws { xapi = try XAPIHost() }

    @Test("the range becomes a point, squeezed moves the target, and both are read back")
    func whole() throws {
      let squeezed = try FakeSqueezed([1])
      defer { squeezed.end() }
      let outcome = xapi.libxl.writer().write(xapi.order(to: .mib(96)))
      #expect(outcome.ending == .written && !outcome.isContested)
      #expect(outcome.target == .mib(96))
      #expect(outcome.range == .point(.mib(96)))
      #expect(try host.keys(1)?.text(.changeMark)?.hasPrefix("98304 alice ") == true)
    }

    @Test("squeezed's target stays, and the way back gives the old range")
    func wayBack() throws {
      let squeezed = try FakeSqueezed([1])
      defer { squeezed.end() }
      let writer = xapi.libxl.writer()
      let order = xapi.order(to: .mib(96))
      #expect(writer.write(order).ending == .written)
      let back = try #require(order.reversed)
      #expect(back.range?.to == XAPIHost.range)
      let outcome = writer.write(back)
      #expect(outcome.ending == .written)
      #expect(outcome.range == XAPIHost.range)
      // It was within the old range before, so squeezed takes its time.
      try eventually { try host.keys(1)?.text(.target) == "131072" }
    }

    @Test("xe is called by its absolute path with bytes, and in a clean environment")
    func call() throws {
      setenv("MEMTOP_TEST_SECRET", "x", 1)
      defer { unsetenv("MEMTOP_TEST_SECRET") }
      try host.write(1, .target, "98304")
      #expect(xapi.libxl.writer().write(xapi.order(to: .mib(96))).ending == .written)
      let called = try #require(xapi.called)
      #expect(
        called[0]
          == "4 vm-memory-dynamic-range-set uuid=\(xapi.domain.uuid) min=100663296 max=100663296")
      #expect(called.contains("LC_ALL=C"))
      #expect(!called.contains { $0.hasPrefix("MEMTOP_TEST_SECRET") || $0.hasPrefix("LD_PRELOAD") })
    }

    @Test("a range that somebody else has set since is not written over, and xe is not called")
    func overtaken() throws {
      try xapi.setRange(DynamicRange(low: .mib(32), high: .mib(192)))
      let outcome = xapi.libxl.writer().write(xapi.order(to: .mib(96)))
      #expect(
        outcome.ending == .failed("someone else set its dynamic range to 32M to 192M meanwhile"))
      #expect(xapi.called == nil)
      #expect(try host.keys(1)?[.changeMark] == nil)
    }

    @Test("a range that somebody else sets while xe runs is told, and nothing is kept to give back")
    func contested() throws {
      let squeezed = try FakeSqueezed([1])
      defer { squeezed.end() }
      let writer = xapi.libxl.writer(author: ChangeAuthor.regulatorName)
      #expect(!writer.write(xapi.order(to: .mib(96))).isContested)
      #expect(try host.keys(1)?[.keptRange] != nil)
      // The new range has one end of its own: the other is as before.
      for other in ["98304 196608", "65536 98304"] {
        try xapi.put("other", other)
        let order = xapi.libxl.order(from: .mib(96), to: .mib(96))
        let outcome = writer.write(xapi.ranged(order, from: .point(.mib(96)), to: .point(.mib(96))))
        #expect(outcome.ending == .written && outcome.isContested, "\(other)")
        #expect(outcome.range == .point(.mib(96)))
        #expect(try host.keys(1)?[.keptRange] == nil)
      }
    }

    @Test("what XAPI refuses is told in plain words, leaves no mark, and is read back")
    func refused() throws {
      let outcome = xapi.libxl.writer().write(xapi.order(to: .mib(512)))
      guard case .failed(let why) = outcome.ending else {
        Issue.record("\(outcome)")
        return
      }
      #expect(why.hasPrefix("XAPI refuses this size: it must be between"))
      #expect(outcome.range == XAPIHost.range)
      #expect(outcome.target == .mib(128))
      #expect(try host.keys(1)?[.changeMark] == nil)
    }

    @Test("an xe that prints without end, or hostile bytes, is cut and escaped")
    func hostile() throws {
      let line = "\u{1B}[2J\u{7}" + String(repeating: "x", count: 100_000)
      try xapi.put("error", line + "\nset 1\n")
      let outcome = xapi.libxl.writer().write(xapi.order(to: .mib(96)))
      guard case .failed(let why) = outcome.ending else {
        Issue.record("\(outcome)")
        return
      }
      #expect(why.hasPrefix("xe failed with status 1: "))
      #expect(why.utf8.allSatisfy { (0x20...0x7E).contains($0) } && why.utf8.count < 300)
    }

    @Test(
      "while squeezed has not set the target, the change is written and the target told as it is")
    func slowSqueezed() throws {
      let outcome = xapi.libxl.writer().write(xapi.order(to: .mib(96)))
      #expect(outcome.ending == .written)
      #expect(outcome.range == .point(.mib(96)))
      #expect(outcome.target == .mib(128))
    }

    @Test("an XAPI that does not answer is given up, and its xe is ended")
    func hanging() throws {
      try xapi.put("hang", "")
      let impatient = xapi.libxl.writer { $0.asking = .seconds(2) }
      let outcome = impatient.write(xapi.order(to: .mib(96)))
      #expect(outcome.delay?.phase == .asking)
      #expect(outcome.range == XAPIHost.range)
      try eventually { try !processes().contains { $0.contains("fake-xe") || $0 == "sleep 1000" } }
      try xapi.remove("hang")
      let squeezed = try FakeSqueezed([1])
      defer { squeezed.end() }
      #expect(xapi.libxl.writer().write(xapi.order(to: .mib(96))).ending == .written)
    }

    @Test(
      "the regulator keeps the operator's range before xe is called, and drops it once it is back")
    func kept() throws {
      let author = ChangeAuthor.regulatorName
      let writer = xapi.libxl.writer(author: author)
      let impatient = xapi.libxl.writer(author: author) { $0.asking = .seconds(2) }
      // The process is killed while xe runs.
      try xapi.put("hang", "")
      #expect(impatient.write(xapi.order(to: .mib(96))).delay?.phase == .asking)
      #expect(try keptRange?.operators(at: XAPIHost.range) == XAPIHost.range)
      #expect(try keptRange?.operators(at: .point(.mib(96))) == XAPIHost.range)
      try xapi.remove("hang")
      let squeezed = try FakeSqueezed([1])
      defer { squeezed.end() }
      #expect(writer.write(xapi.order(to: .mib(96))).ending == .written)
      #expect(try host.keys(1)?.text(.keptRange) == "65536 196608 98304 98304")
      // Another move: wherever it is killed, the range before it is known as the regulator's own.
      try xapi.put("hang", "")
      let next = xapi.libxl.order(from: .mib(96), to: .mib(80))
      #expect(impatient.write(xapi.ranged(next, from: .point(.mib(96)))).delay != nil)
      #expect(try keptRange?.operators(at: .point(.mib(96))) == XAPIHost.range)
      try xapi.remove("hang")
      let back = xapi.order(to: .mib(96), from: .point(.mib(96)), range: XAPIHost.range)
      #expect(writer.write(back).ending == .written)
      #expect(try host.keys(1)?[.keptRange] == nil)
    }

    private var keptRange: KeptRange? {
      get throws { try host.keys(1)?[.keptRange].flatMap { KeptRange(Array($0)) } }
    }

    /// The command lines of this test's own session of processes.
    private func processes() throws -> [String] {
      try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { entry in
        guard Int32(entry) != nil,
          let bytes = FileManager.default.contents(atPath: "/proc/\(entry)/cmdline"),
          let own = FileManager.default.contents(atPath: "/proc/\(entry)/environ"),
          String(decoding: own, as: UTF8.self).contains(host.xenstored.socket)
        else { return nil }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\0").joined(separator: " ")
      }
    }
  }
}

@Suite("what xe says, in an operator's words", .timeLimit(.minutes(30)))
struct XAPIErrorTests {
  static let domain = "type: VM\nref: OpaqueRef:1"

  @Test(
    "each error XAPI may answer with, by its code and by its sentence",
    arguments: [
      (
        "Error code: MEMORY_CONSTRAINT_VIOLATION_ORDER\nError parameters: \n",
        "XAPI refuses this size: it must be between"
      ),
      (
        "The dynamic memory range violates constraint static_min <= dynamic_min <= dynamic_max <="
          + " static_max.\n", "XAPI refuses this size: it must be between"
      ),
      (
        "Error code: MEMORY_CONSTRAINT_VIOLATION_MAXPIN\nError parameters: nested virt\n",
        "XAPI keeps this VM's memory at its static-max: it uses nested virtualization"
      ),
      (
        "The dynamic memory range violates constraint static_min = dynamic_min = dynamic_max ="
          + " static_max.\nreason: control domain\n",
        "XAPI keeps this VM's memory at its static-max: it is a control domain"
      ),
      (
        "Error code: HOST_NOT_ENOUGH_FREE_MEMORY\nError parameters: 8589934592, 1024\n",
        "XAPI refuses: the host has not enough free memory"
      ),
      (
        "Not enough host memory is available to perform this operation.\nneeded: 1 (0 MiB)\n",
        "XAPI refuses: the host has not enough free memory"
      ),
      (
        "Error code: OTHER_OPERATION_IN_PROGRESS\nError parameters: VM, OpaqueRef:1\n",
        "XAPI is busy with another operation on this VM"
      ),
      (
        "You attempted an operation on a VM that was not in an appropriate power state at the time"
          + " (for example, you attempted to start a VM that was already running).\n",
        "XAPI says that the VM is not in a power state"
      ),
      (
        "Error code: RBAC_PERMISSION_DENIED\nError parameters: vm.set_memory_dynamic_range\n",
        "XAPI does not permit it: the role vm-power-admin is needed"
      ),
      ("The uuid you supplied was invalid.\ntype: VM\n", "XAPI knows no VM of this uuid"),
      ("Error: Connection refused (calling connect )\n", "XAPI does not run or is being started"),
      ("", "xe failed with status 1: no output"),
      ("\n  \nsomething new\n", "xe failed with status 1: something new"),
    ] as [(String, String)])
  func words(_ output: String, _ words: String) {
    let text = XAPIError(Array(output.utf8), status: 1).description
    #expect(text.hasPrefix(words), "\(text)")
  }
}
