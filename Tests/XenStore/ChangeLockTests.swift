import Foundation
import MemtopCore
import MemtopSystem
import Testing

@testable import MemtopXen

extension XenStore {
  /// Two memtops that change one domain at the same moment: an operator's and the regulator, say.
  @Suite("two changes of one domain at once", .timeLimit(.minutes(30)))
  struct ChangeLockTests {
    let libxl: LibxlHost

    init() throws { libxl = try LibxlHost() }

    private var directory: RuntimeDirectory {
      RuntimeDirectory(libxl.root.appendingPathComponent("run/memtop").path)
    }

    @Test("the second looks at what the first has set, and replaces nothing")
    func inTurn() throws {
      let lock = try libxl.takeLock()
      let (first, second) = (try libxl.start(), try libxl.start())
      first.send(libxl.set().line)
      // It has its turn, and waits for libxl's lock.
      try eventually { LockWait(of: first.id) != nil }
      second.send(libxl.set(to: .mib(96)).line)
      try eventually { LockWait(of: second.id) != nil }
      let wait = try #require(LockWait(of: second.id))
      #expect(wait.holder.hasPrefix("process \(first.id) "), "\(wait)")
      lock.release()
      let replies = try [first, second].map { try ending(of: $0) }
      #expect(replies[0].contains(.written) && !replies[0].contains(.contested), "\(replies)")
      let why = TargetOrder.overtaken(by: .mib(64))
      #expect(
        replies[1].contains(.phase(.locked)) && replies[1].contains(.failed(why)), "\(replies)")
      #expect(try libxl.host.keys(1)?.text(.target) == "65536")
    }

    @Test(
      "one that waits for its turn too long is given up, and who was changing the domain is told")
    func tooLong() throws {
      let outcome = try withExtendedLifetime(held(1)) {
        libxl.writer { $0.locked = .seconds(1) }.write(libxl.order())
      }
      let delay = try #require(outcome.delay)
      #expect(delay.phase == .locked && delay.holder?.hasPrefix("process \(getpid()) ") == true)
      #expect(outcome.target == .mib(128))
      #expect(libxl.writer().write(libxl.order()).ending == .written)
    }

    @Test("a change of another domain is not waited for")
    func otherDomain() throws {
      let lock = try held(2)
      #expect(libxl.writer { $0.locked = .seconds(1) }.write(libxl.order()).ending == .written)
      withExtendedLifetime(lock) {}
    }

    @Test("without a lock it is made all the same, and the log says so")
    func noLock() throws {
      try FileManager.default.createDirectory(
        atPath: directory.path, withIntermediateDirectories: true)
      try FileManager.default.setAttributes(
        [.posixPermissions: 0o777], ofItemAtPath: directory.path)
      let outcome = libxl.writer().write(libxl.order())
      #expect(outcome.ending == .written)
      let why =
        "\(directory.path) is not a directory that only its owner, root, can write to; remove it"
      #expect(outcome.unlocked == why.replacingOccurrences(of: libxl.root.path, with: ""))
      #expect(
        ChangeLog.line(libxl.order(), outcome, author: "alice").contains(
          "; without the lock against other memtops (/run/memtop is not a directory that only"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
    }

    /// The lock of a domain's change, held by the test.
    private func held(_ domid: UInt16) throws -> ChangeLock {
      let lock = try ChangeLock(in: directory)
      try lock.take(domid) { Issue.record("another process held the lock of domain \(domid)") }
      return lock
    }

    private func ending(of process: WriterProcess) throws -> [TargetReply] {
      var replies: [TargetReply] = []
      let end = HostClock.system.steady() + .seconds(60)
      while case .reply(let reply) = process.next(until: end) {
        replies.append(reply)
        if reply == .done { return replies }
      }
      Issue.record("it did not come to its end: \(replies)")
      return replies
    }
  }
}
