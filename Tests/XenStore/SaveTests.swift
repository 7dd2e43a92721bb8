import Foundation
import MemtopCore
import Testing

@testable import MemtopXen

@Suite("the process that saves a domain", .timeLimit(.minutes(30)))
struct SaveHelperTests {
  @Test(
    "its command line names the domain",
    arguments: [
      ("/usr/lib/xen-4.17/bin/libxl-save-helper|--save-domain|9|-1|7|1|5|0|", 7),
      ("/usr/libexec/xen/bin/libxl-save-helper|--save-domain|9|10|12|1|5|0|", 12),
      ("libxl-save-helper|--save-domain|9|-1|7", 7),
      ("/usr/lib/xen-4.17/bin/libxl-save-helper|--restore-domain|9|-1|7|1|0|2|0|5|0|", nil),
      ("/usr/lib/xen-4.17/bin/libxl-save-helper|--save-domain|9|-1||1|5|0|", nil),
      ("/usr/lib/xen-4.17/bin/libxl-save-helper|--save-domain|9|-1|-7|1|5|0|", nil),
      ("/usr/lib/xen-4.17/bin/libxl-save-helper|--save-domain|9|-1|65536|1|5|0|", nil),
      ("/usr/lib/xen-4.17/bin/libxl-save-helper|--save-domain|9|-1", nil),
      ("grep|libxl-save-helper|--save-domain|9|-1|7|", nil),
      ("my-libxl-save-helper|--save-domain|9|-1|7|1|5|0|", nil),
      ("xl|migrate|db2|other|", nil), ("", nil),
    ] as [(String, UInt16?)])
  func commandLine(_ words: String, _ domid: UInt16?) {
    let bytes = words.utf8.map { $0 == UInt8(ascii: "|") ? 0 : $0 }
    #expect(SaveHelper.domid(savedBy: bytes) == domid)
  }

  @Test("the guard says that it is impossible meanwhile, in both directions")
  func guardRule() throws {
    let id = DomainID(domid: 7, uuid: DomainUUID(high: 1, low: 7))
    let sample = DomainSample(
      id: id, facts: DomainFacts(name: "db2"), allocation: .gib(2), target: .gib(2),
      staticMax: .gib(4))
    let host = HostMemory(
      hostname: "h", xenVersion: "4.17", total: .gib(64), dom0: .gib(2), guests: .gib(2),
      dying: .zero, xen: .zero, free: .gib(60), claimed: .zero, promised: .zero,
      owner: nil)
    let snapshot = Snapshot(
      time: WallTime(milliseconds: 0), steady: SteadyTime(milliseconds: 0), host: host,
      domains: [sample])
    var facts = GuardFacts()
    facts.isBeingSaved = true
    for size in [Bytes.gib(1), .gib(3)] {
      let verdict = Guard.verdict(on: id, to: size, in: snapshot, facts: facts)
      #expect(verdict.severity == .never)
      #expect(
        verdict.findings.first?.text
          == "db2 is being saved or migrated; a new target would break that or be lost")
    }
    #expect(Guard.verdict(on: id, to: .gib(2), in: snapshot, facts: facts).severity == .allow)
  }
}

@Suite("looking for processes that save domains", .timeLimit(.minutes(30)))
struct SaveWatchTests {
  private let root = Fixture.temporaryDirectory()
  private static func at(_ seconds: Int64) -> SteadyTime {
    SteadyTime(milliseconds: seconds * 1000)
  }

  private func process(_ id: Int, _ command: String, _ words: [String]) throws {
    let folder = root.appendingPathComponent("proc/\(id)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try (command + "\n").write(
      to: folder.appendingPathComponent("comm"), atomically: true, encoding: .utf8)
    try words.map { $0 + "\0" }.joined().write(
      to: folder.appendingPathComponent("cmdline"), atomically: true, encoding: .utf8)
  }

  private func end(_ id: Int) throws {
    try FileManager.default.removeItem(at: root.appendingPathComponent("proc/\(id)"))
  }

  private func helper(_ id: Int, saves domid: Int) throws {
    try process(
      id, "libxl-save-help",
      ["/x/libxl-save-helper", "--save-domain", "9", "-1", "\(domid)", "1", "5", "0"])
  }

  @Test("what is there is found at once, and what comes and goes every few seconds")
  func comesAndGoes() throws {
    let watch = SaveWatch(root: root.path)
    #expect(watch.domids(at: Self.at(0)) == [])
    try process(10, "xl", ["xl", "save", "db2"])
    try helper(11, saves: 7)
    #expect(watch.domids(at: Self.at(4)) == [])
    #expect(watch.domids(at: Self.at(5)) == [7])
    try helper(12, saves: 9)
    try end(11)
    #expect(watch.domids(at: Self.at(10)) == [9])
  }

  @Test("before a change everything is looked at again")
  func now() throws {
    let watch = SaveWatch(root: root.path)
    #expect(watch.domidsNow(at: Self.at(0)) == [])
    try helper(11, saves: 7)
    #expect(watch.domidsNow(at: Self.at(1)) == [7])
  }

  @Test("the name alone is not enough, nor is a process that has just ended")
  func others() throws {
    let watch = SaveWatch(root: root.path)
    try process(
      11, "libxl-save-help", ["/x/libxl-save-helper", "--restore-domain", "9", "-1", "7"])
    try process(12, "sh", ["/x/libxl-save-helper", "--save-domain", "9", "-1", "7", "1"])
    try FileManager.default.createDirectory(
      at: root.appendingPathComponent("proc/13"), withIntermediateDirectories: true)
    try process(0, "libxl-save-help", [])
    #expect(watch.domidsNow(at: Self.at(0)) == [])
  }

  /// Children of process 2, as /proc lists them.
  private func children(_ text: String) throws {
    let folder = root.appendingPathComponent("proc/2/task/2")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try text.write(
      to: folder.appendingPathComponent("children"), atomically: true, encoding: .utf8)
  }

  @Test("the kernel's own threads are not looked at, if process 2 is their parent")
  func kernelThreads() throws {
    try process(2, "kthreadd", [])
    // 21 stands for a kernel's thread here; the last number is cut.
    try children("21 4 30 " + String(repeating: "999 ", count: 20) + "11")
    for (id, domid) in [(11, 7), (21, 8), (200, 9)] { try helper(id, saves: domid) }
    #expect(SaveWatch(root: root.path).domidsNow(at: Self.at(0)) == [7, 9])
    // In a container it is anybody.
    try process(2, "bash", ["bash"])
    #expect(SaveWatch(root: root.path).domidsNow(at: Self.at(0)) == [7, 8, 9])
  }

  @Test("all are looked at where there is no list of the kernel's threads, or more than are kept")
  func manyKernelThreads() throws {
    try process(2, "kthreadd", [])
    try helper(99_999, saves: 7)
    #expect(SaveWatch(root: root.path).domidsNow(at: Self.at(0)) == [7])
    try children((10_000..<20_000).map { "\($0) " }.joined())
    #expect(SaveWatch(root: root.path).domidsNow(at: Self.at(0)) == [7])
  }
}

extension XenStore {
  @Suite("a domain that is being saved or migrated", .timeLimit(.minutes(30)))
  struct SavedDomainTests {
    @Test("is migrating on the screen, and running again when the save has failed")
    func state() throws {
      let root = Fixture.temporaryDirectory()
      let folder = root.appendingPathComponent("proc/77")
      let host = try TestHost(domids: [0, 5], root: root.path)
      try host.write(5, .name, "db2")
      try host.write(5, .target, "131072")
      let observer = Observer()
      func state() throws -> DomainState? {
        host.clock.advance(.seconds(61))
        return observer.observe(try host.source.read()).domains.last?.state
      }
      #expect(try state() == .running)
      #expect(try state() == .running)
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      try "libxl-save-help\n".write(
        to: folder.appendingPathComponent("comm"), atomically: true, encoding: .utf8)
      try "/x/libxl-save-helper\0--save-domain\09\0-1\05\01\05\00\0".write(
        to: folder.appendingPathComponent("cmdline"), atomically: true, encoding: .utf8)
      #expect(try state() == .migrating)
      #expect(try state() == .migrating)
      try FileManager.default.removeItem(at: folder)
      #expect(try state() == .running)
    }

    @Test("the child's last look finds the save, and refuses")
    func lastLook() throws {
      // A domid that no other test on this machine has.
      let domid = 20_000 + UInt16(getpid() % 10_000)
      let libxl = try LibxlHost(domid: domid)
      let helper = try libxl.startSaveHelper()
      defer { kill(helper.processIdentifier, SIGKILL) }
      let refused = try libxl.apply(libxl.set())
      #expect(refused.contains(.failed("the domain is being saved or migrated")), "\(refused)")
      #expect(refused.contains(.target(.mib(128))))
      kill(helper.processIdentifier, SIGKILL)
      helper.waitUntilExit()
      #expect(try libxl.apply(libxl.set()).contains(.written))
    }
  }
}
