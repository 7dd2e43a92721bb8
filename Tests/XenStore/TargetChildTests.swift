import Foundation
import MemtopCore
import MemtopSystem
import Testing

@testable import MemtopXen

extension XenStore {
  /// The real writer process with the real libxl, below the fake hypervisor. What a real Xen makes of
  /// it is shown in the lab.
  @Suite("the writer process's own part", .timeLimit(.minutes(30)))
  struct TargetChildTests {
    let libxl: LibxlHost
    var host: TestHost { libxl.host }

    init() throws { libxl = try LibxlHost() }

    @Test("the fakes make a dom0 of this machine")
    func probe() throws {
      let (output, status) = try libxl.run(["host"])
      #expect(output.hasSuffix(": Xen 4.17.7\n"))
      #expect(status == 0)
    }

    @Test("one that memtop did not start does nothing")
    func notStarted() throws {
      let (output, status) = try libxl.run([XenTargetWriter.subcommand])
      #expect(output == "failed not started by memtop\n")
      #expect(status == 64)
    }

    @Test("a change is made, marked and read back, and its phases are told; the next one, too")
    func made() throws {
      let process = try libxl.start()
      for (from, to, former) in [
        (Bytes.mib(128), Bytes.mib(64), Bytes.mib(256)), (.mib(64), .mib(96), .mib(65)),
      ] {
        #expect(
          libxl.talk(process, libxl.set(from: from, to: to)).filter { $0 != .started }
            == [
              .phase(.loading), .phase(.checking), .former(limit: former), .phase(.setting),
              .written, .phase(.reading), .target(to), .limit(to + .mib(1)), .done,
            ])
        #expect(try host.keys(1)?.text(.changeMark)?.hasPrefix("\(to.kib) alice ") == true)
      }
    }

    @Test("one that is prepared has libxl loaded")
    func prepared() throws {
      let process = try libxl.start()
      process.send(TargetTask.prepare.line)
      // It does one task after another, and reading needs no libxl.
      #expect(libxl.talk(process, .read(libxl.domain)).contains(.target(.mib(128))))
      // The kernel gives this file a page at a time, after the first of which Foundation stops.
      let maps = try SystemFile("/proc/\(process.id)/maps").read(limit: 1 << 20)
      #expect(String(decoding: maps, as: UTF8.self).contains("libxenlight"))
    }

    @Test("another domain of that domid is left alone")
    func otherDomain() throws {
      let replies = try libxl.apply(libxl.set(uuid: DomainUUID(high: 9, low: 1)))
      #expect(replies.contains(.failed("the domain is gone, or another has its domid")))
      // What that one has is not told as its own.
      #expect(!replies.contains(.target(.mib(128))), "\(replies)")
      #expect(try host.keys(1)?[.changeMark] == nil)
    }

    @Test("a domain that is shut down or dying is left alone", arguments: [1, 4] as [UInt32])
    func dying(_ flags: UInt32) throws {
      host.hypervisor.domains[1].flags = flags
      host.hypervisor.publish()
      #expect(try libxl.apply(libxl.set()).contains(.failed("the domain is shut down or dying")))
    }

    @Test("a target that somebody else has set since is not written over, nor marked")
    func overtaken() throws {
      for (from, words) in [(Bytes.mib(127), "128M"), (nil, "128M")] {
        let replies = try libxl.apply(libxl.set(from: from))
        #expect(
          replies.contains(.failed("someone else set its target to \(words) meanwhile")),
          "\(replies)")
      }
      try host.write(1, .videoram, "8192")
      #expect(
        try libxl.apply(libxl.set()).contains(
          .failed("someone else set its target to 136M meanwhile")))
      #expect(try host.keys(1)?[.changeMark] == nil)
      #expect(try libxl.apply(libxl.set(from: .mib(136))).contains(.written))
    }

    @Test("libxl's refusal comes with its words, leaves no mark, and is read back")
    func libxlRefuses() throws {
      let replies = try libxl.apply(libxl.set(to: .mib(512)))
      let failure = replies.compactMap { if case .failed(let why) = $0 { why } else { nil } }
      #expect(failure.count == 1)
      #expect(failure.first?.hasPrefix("libxl refuses this size (") == true, "\(replies)")
      #expect(replies.contains(.target(.mib(128))))
      #expect(try host.keys(1)?[.changeMark] == nil)
    }

    @Test("a domain whose keys were removed has none made anew")
    func removed() throws {
      let id = libxl.domain
      try host.remove(1)
      let change = TargetTask.Change(
        domain: id, from: nil, size: .mib(64),
        begin: HostClock.system.steady() + .seconds(20),
        deadline: HostClock.system.steady() + .seconds(20), author: "alice", reason: "test")
      let replies = try libxl.apply(.set(change))
      #expect(replies.contains(.failed("the domain is gone, or another has its domid")))
      #expect(try host.store.text("/local/domain/1") == nil)
    }

    @Test("a change that comes too late is not made at all")
    func tooLate() throws {
      let process = try libxl.start()
      #expect(libxl.talk(process, libxl.set(after: .zero)).filter { $0 != .started } == [])
      #expect(process.wait() == .signalled(SIGALRM))
      #expect(try host.keys(1)?.text(.target) == "131072")
    }

    @Test("where the last look took too long, nothing is set, and no mark is left")
    func lateToBegin() throws {
      let replies = try libxl.apply(libxl.set(beginAfter: .zero - Span(milliseconds: 1)))
      #expect(replies.contains(.late) && !replies.contains(.phase(.setting)), "\(replies)")
      #expect(replies.contains(.target(.mib(128))))
      #expect(try host.keys(1)?[.changeMark] == nil)
    }

    @Test("behind a xenstored that hangs it ends at its deadline, and nothing lands later")
    func deadline() throws {
      _ = try host.source.read()
      host.xenstored.stop()
      let process = try libxl.start()
      let replies = libxl.talk(process, libxl.set(after: .seconds(2)))
      host.xenstored.proceed()
      #expect(!replies.contains(.phase(.setting)))
      #expect(process.wait() == .signalled(SIGALRM))
      try host.write(0, .name, "written last")
      try eventually { host.source.watch.next(from: 0) == 0 }
      #expect(try host.keys(1)?.text(.target) == "131072")
      #expect(try host.keys(1)?[.changeMark] == nil)
    }

    @Test("it ends with its parent, even while it waits for a lock")
    func orphaned() throws {
      let lock = try libxl.takeLock()
      let parent = libxl.process(["set", "1", "65536"])
      parent.standardOutput = FileHandle.nullDevice
      try parent.run()
      let children = "/proc/\(parent.processIdentifier)/task"
      var child: pid_t?
      try eventually {
        let threads = try FileManager.default.contentsOfDirectory(atPath: children)
        child =
          threads.compactMap {
            try? String(contentsOfFile: "\(children)/\($0)/children", encoding: .utf8)
          }.flatMap { $0.split(separator: " ") }.compactMap { pid_t($0) }.first
        return child.map { LockWait(of: $0) != nil } ?? false
      }
      let writer = try #require(child)
      kill(parent.processIdentifier, SIGKILL)
      parent.waitUntilExit()
      try eventually { !isAlive(writer) }
      lock.release()
      #expect(try host.keys(1)?.text(.target) == "131072")
    }
  }
}
