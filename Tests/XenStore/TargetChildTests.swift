import Foundation
import MemtopCore
import Testing

@testable import MemtopXen

extension XenStore {
  /// The real child with the real libxl, below the fake hypervisor. What a real Xen makes of it is
  /// shown in the lab.
  @Suite("the child's own part")
  struct TargetChildTests {
    let host: TestHost
    let root: URL

    init() throws {
      host = try TestHost(domids: [0, 1])
      root = host.xenstored.directory.appendingPathComponent("root")
      for (path, text) in [
        ("proc/xen/capabilities", "control_d\n"), ("sys/hypervisor/type", "xen\n"),
        ("sys/hypervisor/version/major", "4\n"), ("sys/hypervisor/version/minor", "17\n"),
        ("sys/hypervisor/version/extra", ".7\n"),
      ] {
        let file = root.appendingPathComponent(path)
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: file, atomically: true, encoding: .utf8)
      }
      try host.write(1, .target, "131072")
    }

    @Test("the fakes make a dom0 of this machine")
    func probe() throws {
      let (output, status) = try run(["host"])
      #expect(output.hasSuffix(": Xen 4.17.7\n"))
      #expect(status == 0)
    }

    @Test("another domain of that domid is left alone")
    func otherDomain() throws {
      let other = FakeHypervisor.domain(1, life: 9)
      #expect(
        try apply(other) == """
          failed the domain is gone, or another has its domid
          target 131072

          """)
      #expect(try host.keys(1)?[.changeMark] == nil)
    }

    @Test("a domain that is shut down or dying is left alone", arguments: [1, 4] as [UInt32])
    func dying(_ flags: UInt32) throws {
      host.hypervisor.domains[1].flags = flags
      host.hypervisor.publish()
      #expect(try apply(host.hypervisor.domains[1]).hasPrefix("failed the domain is shut down or"))
    }

    @Test("a target that somebody else has set since is not written over, nor marked")
    func overtaken() throws {
      let domain = host.hypervisor.domains[1]
      for (from, words) in [(Bytes.mib(127), "128M"), (nil, "128M")] {
        let output = try apply(domain, from: from)
        #expect(
          output.hasPrefix(
            "failed someone else set its target to \(words) meanwhile\ntarget 131072\n"),
          "\(output)")
      }
      try host.write(1, .videoram, "8192")
      #expect(try apply(domain).hasPrefix("failed someone else set its target to 136M meanwhile"))
      #expect(try apply(domain, from: .mib(136)).hasPrefix("failed libxl cannot lock the domain"))
      #expect(try host.keys(1)?[.changeMark] == nil)
    }

    @Test("libxl's refusal comes with its words, leaves no mark, and is read back")
    func libxlRefuses() throws {
      let output = try apply(host.hypervisor.domains[1])
      // There is no libxl domain behind the fake: its lock cannot be had.
      #expect(output.hasPrefix("failed libxl cannot lock the domain"))
      #expect(output.hasSuffix("target 131072\nlimit 262144\n"))
      #expect(try host.keys(1)?[.changeMark] == nil)
    }

    @Test("a child that comes too late does nothing at all")
    func tooLate() throws {
      let (output, status) = try run(
        [XenTargetWriter.subcommand] + arguments(host.hypervisor.domains[1], after: .zero))
      #expect(output == "")
      #expect(status == SIGALRM)
    }

    @Test("behind a xenstored that hangs it ends at its deadline, and nothing lands later")
    func deadline() throws {
      _ = try host.source.read()
      host.xenstored.stop()
      let late = arguments(host.hypervisor.domains[1], after: Span(milliseconds: 300))
      let (output, status) = try run([XenTargetWriter.subcommand] + late)
      host.xenstored.proceed()
      #expect(output == "")
      #expect(status == SIGALRM)
      try host.write(0, .name, "written last")
      try eventually { host.source.watch.next(from: 0) == 0 }
      #expect(try host.keys(1)?.entries.map(\.key) == [.target])
    }

    @Test("it ends with its parent")
    func orphaned() throws {
      host.xenstored.stop()
      defer { host.xenstored.proceed() }
      // The shell waits for the child; it is killed as a dashboard may be.
      let arguments = arguments(host.hypervisor.domains[1], after: .minutes(5))
      let words = ([Self.probe, XenTargetWriter.subcommand] + arguments).joined(separator: " ")
      let parent = process(["-c", "\(words) & echo $!; wait"], program: "/bin/sh")
      let output = Pipe()
      parent.standardOutput = output
      try parent.run()
      let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
      let child = try #require(pid_t(line.trimmingCharacters(in: .whitespacesAndNewlines)))
      // Once it sleeps on xenstored its precautions are taken.
      try eventually { wait(child).hasPrefix("unix_stream") }
      #expect(isAlive(child))
      kill(parent.processIdentifier, SIGKILL)
      parent.waitUntilExit()
      try eventually { !isAlive(child) }
    }

    static var probe: String {
      Fixture.directory.deletingLastPathComponent().appendingPathComponent("debug/xen-probe").path
    }

    private func wait(_ pid: pid_t) -> String {
      (try? String(contentsOfFile: "/proc/\(pid)/wchan", encoding: .utf8)) ?? ""
    }

    private func arguments(
      _ domain: FakeHypervisor.Domain, from: Bytes? = .mib(128), after span: Span
    ) -> [String] {
      TargetTask(
        domain: DomainID(domid: domain.domid, uuid: domain.uuid), from: from, size: .mib(64),
        deadline: HostClock.system.steady() + span, author: "alice", reason: "test"
      ).arguments
    }

    private func apply(
      _ domain: FakeHypervisor.Domain, from: Bytes? = .mib(128)
    ) throws -> String {
      try run([XenTargetWriter.subcommand] + arguments(domain, from: from, after: .seconds(20)))
        .output
    }

    private func process(_ arguments: [String], program: String = probe) -> Process {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: program)
      process.arguments = arguments
      process.environment = ProcessInfo.processInfo.environment.merging([
        "LD_PRELOAD": Fixture.fakeHypercalls, "FAKE_XEN_ROOT": root.path,
        "FAKE_XEN_TABLE": host.hypervisor.path, "XENSTORED_PATH": host.xenstored.socket,
      ]) { $1 }
      return process
    }

    private func run(_ arguments: [String]) throws -> (output: String, status: Int32) {
      let process = process(arguments)
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      let bytes = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return (String(decoding: bytes, as: UTF8.self), process.terminationStatus)
    }
  }
}
