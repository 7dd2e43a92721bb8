import Foundation
import MemtopCore
import MemtopSystem
import Synchronization
import Testing

@testable import MemtopXen

extension XenStore {
  @Suite("guests that write too much", .timeLimit(.minutes(30)))
  struct FloodTests {
    @Test("a flood is taken in all the time, in a fixed amount of memory")
    func flood() throws {
      let host = try TestHost(domids: [0, 1])
      _ = try host.source.read()
      for value in 0..<20_000 { try host.write(1, "data/node\(value % 500)", "\(value)") }
      try host.write(2, .target, "behind the flood")
      // No reading is made meanwhile: the events are taken all the same.
      try eventually { host.source.watch.next(from: 2) == 2 }
      _ = try host.source.read()
      #expect(host.source.effort.storeReads == 0)
    }

    @Test("the reads of one tick are bounded, and every domain has its turn")
    func budget() throws {
      let host = try TestHost(domids: 0..<20, budget: ReadBudget(reads: 10, time: .minutes(1)))
      for domid in UInt16(0)..<20 { try host.write(domid, .staticMax, "0") }
      _ = try host.source.read()
      var arrived: [Set<UInt16>] = []
      for tick in 1...2 {
        // Domain 0 and its neighbours write anew each tick; those behind them wait no longer for it.
        let flooders: Range<UInt16> = tick == 1 ? 0..<20 : 0..<10
        for domid in flooders { try host.write(domid, .staticMax, "\(tick)") }
        try host.awaitEvents(flooders.count)
        let reading = try host.source.read()
        #expect(host.source.effort.storeReads == 10)
        arrived.append(
          Set(reading.domains.filter { $0.keys.text(.staticMax) != "0" }.map(\.id.domid)))
      }
      #expect(arrived[0] == Set(0..<10))
      #expect(arrived[1] == Set(0..<20))
    }

    @Test(
      "after the watch was given back, the figures are of before until every domain was read again")
    func anew() throws {
      let host = try TestHost(domids: 0..<20, budget: ReadBudget(reads: 60, time: .minutes(1)))
      for domid in UInt16(0)..<20 { try host.write(domid, .target, "1") }
      #expect(try host.source.read().host.storeProblem == nil)
      host.source.pauseWatch()
      try host.write(19, .target, "2")
      host.source.resumeWatch()
      var problems: [String?] = []
      repeat {
        let reading = try host.source.read()
        problems.append(reading.host.storeProblem)
        let isNew = reading.domains[19].keys.text(.target) == "2"
        #expect(isNew || problems.last! != nil, "\(problems)")
      } while problems.last! != nil && problems.count < 100
      #expect(problems.count > 2 && problems.last == .some(nil), "\(problems)")
      #expect(problems[0]?.hasPrefix("xenstore is being read again: ") == true)
    }

    @Test("a tick ends when its time is over")
    func time() throws {
      let host = try TestHost(domids: 0..<20, budget: ReadBudget(reads: 1000, time: .zero))
      for domid in UInt16(0)..<20 { try host.write(domid, .staticMax, "0") }
      _ = try host.source.read()
      try host.write(3, .target, "1")
      try host.awaitEvents(1)
      _ = try host.source.read()
      #expect(host.source.effort.storeReads == 0)
    }
  }

  @Suite("a xenstored in trouble", .timeLimit(.minutes(30)))
  struct OutageTests {
    @Test("when it dies, values stay and the problem is named; when it returns, all is read anew")
    func diesAndReturns() throws {
      let host = try TestHost(domids: [0, 1])
      try host.write(1, .name, "web1")
      try host.write(1, .memtopReport, "v1 a")
      _ = try host.source.read()
      try host.write(1, .memtopReport, "v1 b")
      try host.awaitEvents(1)
      _ = try host.source.read()

      host.xenstored.kill()
      try eventually { try host.source.read().host.storeProblem != nil }
      let during = try host.source.read()
      #expect(during.host.storeProblem?.contains("next try in 1 s") == true)
      #expect(during.domains[1].keys.text(.memtopReport) == "v1 b")

      host.clock.advance(.seconds(1))
      let tried = try host.source.read().host.storeProblem
      #expect(tried?.contains("cannot connect to xenstored at \(host.xenstored.socket)") == true)
      #expect(tried?.contains("next try in 2 s") == true)

      try host.xenstored.start()
      try host.reconnect()
      try host.write(1, .name, "web1")
      try host.write(1, .memtopReport, "v1 c")
      #expect(try host.source.read().host.storeProblem != nil, "the wait is kept to")
      host.clock.advance(.seconds(2))
      let after = try host.source.read()
      #expect(after.host.storeProblem == nil)
      #expect(after.domains[1].keys.text(.memtopReport) == "v1 c")
      #expect(
        after.domains[1].keys.reportWrites.total == 1, "what was found is not a write that was seen"
      )

      try host.write(1, .memtopReport, "v1 d")
      try host.awaitEvents(1)
      #expect(try host.keys(1)?.reportWrites.total == 2)
    }

    @Test("the wait between tries grows to half a minute")
    func backoff() throws {
      let host = try TestHost(domids: [0])
      _ = try host.source.read()
      host.xenstored.kill()
      try eventually { try host.source.read().host.storeProblem != nil }
      for wait in [1, 2, 4, 8, 16, 30, 30] {
        #expect(
          try host.source.read().host.storeProblem?.hasSuffix("next try in \(wait) s") == true)
        host.clock.advance(.seconds(30))
      }
    }

    @Test("without a xenstored the domains are there without their keys")
    func neverThere() throws {
      let host = try TestHost(domids: [0, 1])
      host.xenstored.kill()
      let reading = try host.source.read()
      #expect(reading.domains.count == 2)
      #expect(reading.host.storeProblem?.contains("cannot connect to xenstored") == true)
    }

    @Test("one that hangs while nothing is to be read is noticed within ten seconds")
    func hangsQuietly() throws {
      let host = try TestHost(domids: [0, 1])
      try host.write(0, .name, "Domain-0")
      _ = try host.source.read()
      host.clock.advance(.seconds(1))
      _ = try host.source.read()
      host.xenstored.stop()
      defer { host.xenstored.proceed() }
      host.clock.advance(.seconds(8))
      _ = try host.source.read()
      #expect(host.source.effort.storeReads == 0)
      host.clock.advance(.seconds(1))
      let source = host.source
      let isDone = Mutex(false)
      Thread {
        _ = try? source.read()
        isDone.withLock { $0 = true }
      }.start()
      try eventually { source.status.waiting?.party == .xenstore }
      #expect(!isDone.withLock { $0 })
      host.xenstored.proceed()
      try eventually { isDone.withLock { $0 } }
      #expect(try source.read().host.storeProblem == nil)
    }

    @Test("while a host is read for the first time, it is said how far; a silence is told with it")
    func firstReading() throws {
      let host = try TestHost(domids: 0..<400)
      for domid in UInt16(0)..<400 { try host.write(domid, .staticMax, "\(domid)") }
      // It is held in the middle of the first reading, by the clock that the reading asks.
      let held = Mutex<XenSource?>(nil)
      let isHeld = Mutex(false)
      let (time, xenstored) = (host.clock.clock, host.xenstored.processID)
      let clock = HostClock(wall: time.wall) {
        let read = held.withLock { $0 }?.status.progress?.read ?? 0
        if read > 0, !isHeld.withLock({ $0 }) {
          kill(xenstored, SIGSTOP)
          isHeld.withLock { $0 = true }
        }
        return time.steady()
      }
      let source = try XenSource(
        XenHost(release: Fixture.release, hostname: "test"), parseDom0: { _ in nil },
        clock: clock)
      held.withLock { $0 = source }
      defer {
        held.withLock { $0 = nil }
        host.xenstored.proceed()
      }
      let isDone = Mutex(false)
      Thread {
        _ = try? source.read()
        isDone.withLock { $0 = true }
      }.start()
      try eventually { isHeld.withLock { $0 } }
      let progress = try #require(source.status.progress)
      #expect(progress.domains == 400 && (1..<400).contains(progress.read))
      try eventually { source.status.waiting?.isGoingOn == true }
      #expect(source.status.waiting?.description.hasPrefix("reading 400 domains, ") == true)
      host.clock.advance(.seconds(5))
      let silence = source.status.waiting?.description ?? ""
      #expect(silence.hasPrefix("xenstore has not responded for 5 s, "), "\(silence)")
      #expect(silence.hasSuffix(" % of 400 domains are read"), "\(silence)")
      host.xenstored.proceed()
      try eventually { isDone.withLock { $0 } }
      #expect(source.status.waiting == nil && source.status.progress == nil)
    }

    @Test(
      "a wait is told as what it is",
      arguments: [
        (SamplerStatus.Progress?.none, 0, "waiting for xenstore"),
        (nil, 5, "xenstore has not responded for 5 s"),
        (.init(read: 401, domains: 1004), 0, "reading 1,004 domains, 39 %"),
        (.init(read: 0, domains: 12), 1, "reading 12 domains, 0 %"),
        (
          .init(read: 401, domains: 1_234_004), 7,
          "xenstore has not responded for 7 s, 0 % of 1,234,004 domains are read"
        ),
      ] as [(SamplerStatus.Progress?, Int64, String)])
    func words(progress: SamplerStatus.Progress?, seconds: Int64, text: String) {
      let wait = SamplerStatus.Wait(party: .xenstore, span: .seconds(seconds), progress: progress)
      #expect(wait.description == text)
    }

    @Test("while it hangs, another thread can tell who is waited for; it recovers")
    func hangs() throws {
      let host = try TestHost(domids: [0, 1])
      _ = try host.source.read()
      #expect(host.source.status.waiting == nil)
      try host.write(1, .target, "1")
      try host.awaitEvents(1)
      host.xenstored.stop()
      defer { host.xenstored.proceed() }

      let source = host.source
      let arrived = Mutex<Reading?>(nil)
      let sampler = Thread {
        let reading = try? source.read()
        arrived.withLock { $0 = reading }
      }
      sampler.start()
      try eventually { source.status.waiting?.party == .xenstore }
      host.clock.advance(.seconds(5))
      #expect(source.status.waiting?.description == "xenstore has not responded for 5 s")
      #expect(arrived.withLock { $0 == nil })

      host.xenstored.proceed()
      try eventually { arrived.withLock { $0 != nil } }
      #expect(arrived.withLock { $0?.domains[1].keys.text(.target) } == "1")
      #expect(source.status.waiting == nil)
    }
  }

  @Suite("a watch that is given back", .timeLimit(.minutes(30)))
  struct PauseTests {
    @Test("paused, xenstored has no watch of ours; resumed, all is read anew without new reports")
    func pause() throws {
      let host = try TestHost(domids: [0, 1])
      try host.write(1, .memtopReport, "v1 a")
      _ = try host.source.read()
      // The test's own, the source's to read on, and its watch.
      try host.awaitConnections(3)

      host.source.pauseWatch()
      try host.awaitConnections(2)
      try host.write(1, .memtopReport, "v1 b")
      #expect(try host.keys(1)?.text(.memtopReport) == "v1 a")
      #expect(try host.source.read().host.storeProblem == nil)

      host.source.resumeWatch()
      let keys = try host.keys(1)
      #expect(keys?.text(.memtopReport) == "v1 b")
      #expect(keys?.reportWrites.total == 0)
      try host.awaitConnections(3)
    }

    @Test("what was reported before it was given back, and not read, is no news when it is read")
    func pending() throws {
      let host = try TestHost(domids: [0, 1])
      try host.write(1, .memtopReport, "v1 a")
      _ = try host.source.read()
      try host.write(1, .memtopReport, "v1 b")
      try host.awaitEvents(1)
      host.source.pauseWatch()
      host.source.resumeWatch()
      let keys = try host.keys(1)
      #expect(keys?.text(.memtopReport) == "v1 b")
      #expect(keys?.reportWrites.total == 0)
    }

    @Test("it can be given back while the sampler waits for a xenstored that hangs")
    func pauseWhileHanging() throws {
      let host = try TestHost(domids: [0, 1])
      _ = try host.source.read()
      try host.write(1, .target, "1")
      try host.awaitEvents(1)
      host.xenstored.stop()
      defer { host.xenstored.proceed() }
      let source = host.source
      let done = Mutex(false)
      Thread {
        _ = try? source.read()
        done.withLock { $0 = true }
      }.start()
      try eventually { source.status.waiting?.party == .xenstore }
      source.pauseWatch()
      host.xenstored.proceed()
      try eventually { done.withLock { $0 } }
      #expect(!source.watch.isOpen)
    }
  }
}
