@testable import TestSupport
import Testing

@testable import MemtopCore

/// An operator sets the target of a regulated guest while the regulator still moves it.
@Suite(.timeLimit(.minutes(30))) struct ChangeStartedAnewTests {
  private var bench = ChangeBench(domains: [TestHost.guest(5)], free: .gib(20))

  init() { bench[5].regulation = .regulated(by: "root") }

  private func order(to size: Bytes = .mib(1500)) -> (TargetOrder, ChangeRun) {
    let order = bench.order(5, to: size)
    let shown = Guard.verdict(on: order, in: bench.snapshot)
    return (order, ChangeRun([(order: order, agreed: shown)]))
  }

  /// What is seen after `author` has set the target.
  private mutating func moved(to size: Bytes, by author: ChangeAuthor?) -> Snapshot {
    bench.second += 1
    let from = bench[5].size
    bench[5].target = size
    var snapshot = bench.snapshot
    snapshot.events = [
      HostEvent(
        time: snapshot.time, domain: bench[5].id, name: "g5",
        kind: .targetChanged(from: from, to: size, by: author))
    ]
    return snapshot
  }

  /// The write found another target than it was judged for.
  private func refused(_ order: TargetOrder, by size: Bytes, in run: inout ChangeRun) {
    run.wrote(
      order, TargetOutcome(ending: .failed(TargetOrder.overtaken(by: size)), target: size),
      videoram: .zero, at: bench.snapshot.steady)
  }

  @Test("a move of the regulator before the write changes where the order starts, and nothing else")
  mutating func before() {
    var (order, run) = order()
    let seen = moved(to: .mib(1900), by: .regulator)
    order.from = .mib(1900)
    #expect(run.next(seen) == .write(order))
  }

  @Test("one that the write finds is waited for and written over")
  mutating func atTheWrite() {
    var (order, run) = order()
    let old = bench.snapshot
    #expect(run.next(old) == .write(order))
    refused(order, by: .mib(1900), in: &run)
    #expect(run.next(old) == .wait)
    let seen = moved(to: .mib(1900), by: .regulator)
    order.from = .mib(1900)
    #expect(run.next(seen) == .write(order))
  }

  @Test("one that comes after the write is written over")
  mutating func after() {
    var (order, run) = order()
    #expect(run.next(bench.snapshot) == .write(order))
    bench.land(order, in: &run)
    let seen = moved(to: .mib(1900), by: .regulator)
    order.from = .mib(1900)
    #expect(run.next(seen) == .write(order))
  }

  @Test("a regulator that does not let go is not fought for ever")
  mutating func fought() {
    var (order, run) = order()
    var seen = bench.snapshot
    var writes = 0
    while case .write(let written) = run.next(seen) {
      order = written
      writes += 1
      guard writes < 100 else { break }
      bench.land(order, in: &run)
      seen = moved(to: .mib(1900 + Int64(writes)), by: .regulator)
    }
    #expect(writes == 1 + ChangeRun.mostStarts)
    #expect(run.isFinished)
  }

  @Test("a target that another operator sets is left to him", arguments: [nil, "anna"])
  mutating func other(name: String?) {
    let (order, run) = order()
    var (before, atTheWrite) = (run, run)
    #expect(atTheWrite.next(bench.snapshot) == .write(order))
    refused(order, by: .mib(1900), in: &atTheWrite)
    let seen = moved(to: .mib(1900), by: name.map { .operatorNamed($0) })
    for run in [before.next(seen), atTheWrite.next(seen)] {
      guard case .judgedAnew = run else {
        Issue.record("written over: \(run)")
        return
      }
    }
    let failed = ChangeState.failed("someone else set its target to 1.86G meanwhile")
    #expect(before.items[0].state == failed && atTheWrite.items[0].state == failed)
  }

  @Test("so it is where only a sample in between has told of it")
  mutating func seenInBetween() {
    var (_, run) = order()
    run.noteAuthors(in: moved(to: .mib(1900), by: nil))
    bench.second += 1
    guard case .judgedAnew = run.next(bench.snapshot) else {
      Issue.record("written over")
      return
    }
  }

  @Test("where the regulator was not spoken of, its move is left to it")
  mutating func notAgreed() {
    bench[5].regulation = nil
    var (_, run) = order()
    bench[5].regulation = .regulated(by: "root")
    let seen = moved(to: .mib(1900), by: .regulator)
    guard case .judgedAnew = run.next(seen) else {
      Issue.record("written over")
      return
    }
  }
}
