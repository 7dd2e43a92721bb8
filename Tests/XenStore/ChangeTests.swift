import Foundation
import MemtopCore
import Testing

@testable import MemtopXen

extension XenStore {
  /// memtop's writer, the real libxl and the real xenstored together.
  @Suite("a change from order to outcome", .timeLimit(.minutes(30)))
  struct ChangeTests {
    let libxl: LibxlHost
    var host: TestHost { libxl.host }

    init() throws { libxl = try LibxlHost() }

    private func target() throws -> String? {
      try host.store.text("/local/domain/1/memory/target")
    }

    @Test("orders one after another are all made")
    func many() throws {
      let writer = libxl.writer()
      writer.prepare()
      for round in 0..<100 {
        let (from, to) = round % 2 == 0 ? (Bytes.mib(128), Bytes.mib(64)) : (.mib(64), .mib(128))
        let outcome = writer.write(libxl.order(from: from, to: to))
        #expect(outcome == TargetOutcome(ending: .written, target: to, limit: .at(to + .mib(1))))
      }
    }

    @Test("a domid that another domain has by now, between staging and applying, is left alone")
    func reused() throws {
      let writer = libxl.writer()
      writer.prepare()
      let order = libxl.order()
      try host.remove(1)
      host.setDomains([FakeHypervisor.domain(0), FakeHypervisor.domain(1, life: 2)])
      try host.write(1, .target, "131072")
      try host.write(1, .staticMax, "262144")
      let outcome = writer.write(order)
      #expect(outcome.ending == .failed("the domain is gone, or another has its domid"))
      let reading = try #require(try host.source.read().domains.first { $0.id.domid == 1 })
      #expect(reading.keys.text(.target) == "131072" && reading.limit == .mib(256))
      #expect(reading.keys[.changeMark] == nil)
    }

    @Test("a lock is waited for only so long, who holds it is told, and nothing lands later")
    func locked() throws {
      let writer = libxl.writer { $0.locked = Span(milliseconds: 700) }
      let lock = try libxl.takeLock()
      let outcome = writer.write(libxl.order())
      lock.release()
      let delay = try #require(outcome.delay)
      #expect(delay.phase == .locked)
      #expect(delay.holder?.hasPrefix("process \(getpid()) (") == true)
      #expect(outcome.target == .mib(128))
      #expect(try target() == "131072")
      // Whoever comes next has the lock at once.
      #expect(writer.write(libxl.order()).ending == .written)
    }

    @Test("a lock that is let go of in time is no failure")
    func lockedForAWhile() throws {
      let writer = libxl.writer()
      writer.prepare()
      let lock = try libxl.takeLock()
      Thread {
        try? eventually(60) { try lock.isAwaited }
        lock.release()
      }.start()
      #expect(writer.write(libxl.order()).ending == .written)
    }

    @Test("a slow start, and a xenstored that is slow, are no failure and no lock")
    func slow() throws {
      let writer = libxl.writer(before: "sleep 1") { $0.locked = Span(milliseconds: 200) }
      let (xenstored, socket) = (host.xenstored.processID, host.xenstored.socket)
      host.xenstored.stop()
      Thread {
        try? eventually(60) { try Xenstored.isAwaited(at: socket) }
        // Longer than a lock is waited for.
        usleep(500_000)
        kill(xenstored, SIGCONT)
      }.start()
      #expect(writer.write(libxl.order()).ending == .written)
    }

    @Test("behind a xenstored that hangs the check is what takes too long, and nothing lands later")
    func hanging() throws {
      let writer = libxl.writer {
        $0.checking = .seconds(2)
        $0.loading = .seconds(4)
        $0.readBack = Span(milliseconds: 500)
      }
      writer.prepare()
      host.xenstored.stop()
      let outcome = writer.write(libxl.order())
      host.xenstored.proceed()
      let delay = try #require(outcome.delay)
      #expect([.loading, .checking].contains(delay.phase))
      #expect(outcome.target == nil)
      #expect(try target() == "131072")
      // By another writer: the limits of this one are too short for a busy machine.
      #expect(libxl.writer().write(libxl.order()).ending == .written)
    }
  }
}
