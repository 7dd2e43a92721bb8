import Foundation
import MemtopCore
import MemtopSystem
import Testing

@testable import MemtopXen

@Suite("a process that makes changes", .timeLimit(.minutes(30)))
struct WriterProcessTests {
  /// A shell in its place, which does `set` for each change.
  static func writer(
    _ set: String, before: String = "", _ change: (inout ChangeLimits) -> Void = { _ in }
  ) -> XenTargetWriter {
    var limits = ChangeLimits()
    change(&limits)
    let script = """
      \(before)
      echo started
      while read verb domid uuid from kib begin deadline author reason; do
        case $verb in
        set) \(set) ;;
        read | mend) echo target 8; echo limit 10 ;;
        *) continue ;;
        esac
        echo done
      done
      """
    return XenTargetWriter(
      author: "alice", limits: limits, program: "/bin/sh", arguments: ["sh", "-c", script])
  }

  static let order = TargetOrder(
    domain: TargetProtocolTests.domain, name: "db2", from: nil, to: .kib(9), reason: "test")

  private static let short = Span(milliseconds: 300)

  @Test("what it says becomes the outcome, and it stays for the next change")
  func written() {
    let writer = Self.writer("echo written; echo target $kib; echo limit $$")
    let first = writer.write(Self.order)
    #expect(first.ending == .written)
    #expect(first.target == .kib(9))
    #expect(writer.write(Self.order) == first, "another process made the second change")
  }

  @Test("one that is prepared makes the first change, too")
  func prepared() throws {
    let pids = Fixture.temporaryDirectory().appendingPathComponent("pids").path
    let writer = Self.writer("echo written; echo target $kib", before: "echo $$ >>\(pids)")
    writer.prepare()
    writer.prepare()
    #expect(writer.write(Self.order).ending == .written)
    #expect(try String(contentsOfFile: pids, encoding: .utf8).split(separator: "\n").count == 1)
  }

  @Test(
    "one that hangs is ended, its phase named, the target read back, and a new one started",
    arguments: [ChangePhase.loading, .checking, .setting, .reading])
  func hangs(_ phase: ChangePhase) throws {
    let pids = Fixture.temporaryDirectory().appendingPathComponent("pids").path
    // What takes a process of its own is done before it says that it has started.
    let before = """
      [ -e \(pids) ] || {
        trap '' TERM ALRM
        sleep 1000 & echo $$ $! >\(pids)
        hangs=yes
      }
      """
    let set = """
      [ -n "$hangs" ] || { echo written; echo target $kib; echo done; continue; }
      echo phase \(phase.rawValue)
      wait
      """
    let writer = Self.writer(set, before: before) { limits in
      switch phase {
      // The next one must answer within this, too.
      case .loading: limits.loading = .seconds(5)
      case .checking: limits.checking = Self.short
      case .setting: limits.setting = Self.short
      case .reading: limits.reading = Self.short
      case .starting, .locked, .asking: break
      }
    }
    let outcome = writer.write(Self.order)
    let delay = try #require(outcome.delay)
    #expect(delay.phase == phase)
    #expect(delay.span >= Self.short && delay.span < .seconds(20))
    #expect((outcome.target, outcome.limit) == (.kib(8), .at(.kib(10))))
    let started = try String(contentsOfFile: pids, encoding: .utf8).split { $0.isWhitespace }
    #expect(started.count == 2)
    for pid in started.compactMap({ pid_t($0) }) { try eventually { !isAlive(pid) } }
    #expect(writer.write(Self.order) == TargetOutcome(ending: .written, target: .kib(9)))
  }

  @Test("one that does not start is told apart from one that hangs later")
  func neverStarts() throws {
    let writer = Self.writer("", before: "sleep 1000") {
      $0.starting = Self.short
      $0.readBack = Self.short
    }
    #expect(try #require(writer.write(Self.order).delay).phase == .starting)
  }

  @Test("the time for a change counts from the figures that it was judged by")
  func countsFromJudgement() throws {
    let writer = Self.writer("echo written; echo target $((deadline - begin)); echo limit $begin")
    let judged = HostClock.system.steady() - .seconds(20)
    let outcome = writer.write(Self.order, OrderTerm(judged: judged))
    #expect(outcome.target == .kib(15_000))
    #expect(outcome.limit == .at(.kib((judged - SteadyTime(milliseconds: -30_000)).milliseconds)))
    // And one that hangs is ended by then.
    let slow = Self.writer("exec sleep 1000") { $0.whole = .seconds(21) }
    #expect(
      try #require(slow.write(Self.order, OrderTerm(judged: judged)).delay).span < .seconds(15))
  }

  @Test("one that says that it is too late has set nothing")
  func late() throws {
    let writer = Self.writer("echo late; echo target 8")
    let judged = HostClock.system.steady() - .seconds(31)
    let outcome = writer.write(Self.order, OrderTerm(judged: judged))
    guard case .notTried(let age) = outcome.ending else {
      Issue.record("\(outcome)")
      return
    }
    #expect(age >= .seconds(31) && outcome.target == .kib(8))
  }

  @Test("one that starts slowly is no failure")
  func startsSlowly() {
    // Enough for a shell to read a line and answer, and less than it takes to start.
    let limit = Span.seconds(5)
    let writer = Self.writer("echo written; echo target $kib", before: "sleep 6") {
      $0.locked = limit
      $0.loading = limit
      $0.setting = limit
    }
    #expect(writer.write(Self.order).ending == .written)
  }

  @Test("one that was killed while it had nothing to do is replaced, and nobody notices")
  func killedIdle() throws {
    let writer = Self.writer("echo written; echo target $kib; echo limit $$")
    let first = try #require(writer.write(Self.order).limit.bytes)
    kill(pid_t(first.kib), SIGKILL)
    let second = writer.write(Self.order)
    #expect(second.ending == .written)
    #expect(second.limit.bytes != first)
  }

  @Test("one that ends in the middle of a change is no reason to make it again")
  func endsWithin() throws {
    let count = Fixture.temporaryDirectory().appendingPathComponent("count").path
    let writer = Self.writer("echo x >>\(count); echo phase setting; kill -KILL $$")
    for tries in 1...2 {
      let outcome = writer.write(Self.order)
      #expect(outcome.ending == .failed("the writer process was killed by signal 9"))
      #expect(outcome.target == .kib(8))
      #expect(try String(contentsOfFile: count, encoding: .utf8).count == 2 * tries)
    }
  }

  @Test("one that hangs after the change has made the change")
  func hangsAfterwards() {
    let writer = Self.writer("echo written; echo phase reading; exec sleep 1000") {
      $0.reading = Self.short
    }
    let outcome = writer.write(Self.order)
    #expect(outcome == TargetOutcome(ending: .written, target: .kib(8), limit: .at(.kib(10))))
  }

  @Test(
    "one that writes without end, in lines or not, is given up",
    arguments: ["yes", "cat /dev/zero"])
  func floods(_ flood: String) {
    let writer = Self.writer("echo phase checking; exec \(flood)") { $0.checking = Self.short }
    let outcome = writer.write(Self.order)
    if flood == "yes" {
      #expect(outcome.delay?.phase == .checking, "\(outcome)")
    } else {
      #expect(outcome.ending == .failed("the writer process was killed by signal 9"))
    }
    #expect(outcome.target == .kib(8))
  }

  @Test("one that cannot be started says what was tried")
  func missing() {
    let writer = XenTargetWriter(
      author: "alice", limits: ChangeLimits(), program: "/nowhere/memtop", arguments: ["x"])
    #expect(
      writer.write(Self.order).ending
        == .failed("cannot start /nowhere/memtop: No such file or directory"))
  }

  @Test("it has a session of its own, fresh signals, and nothing open but its socket")
  func surroundings() throws {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    let script = """
      readlink /proc/$$/fd/0 /proc/$$/fd/2 >FILE; echo $(ls /proc/self/fd) >>FILE
      ps -o sid= -p $$ >>FILE; echo $$ >>FILE; grep SigBlk /proc/self/status >>FILE; echo started
      """
    let file = Fixture.temporaryDirectory().appendingPathComponent("out").path
    let process = try WriterProcess(
      "/bin/sh", ["sh", "-c", script.replacingOccurrences(of: "FILE", with: file)],
      clock: .system)
    pthread_sigmask(SIG_SETMASK, &before, nil)
    #expect(process.next(until: HostClock.system.steady() + .seconds(20)) == .reply(.started))
    let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
      .map { $0.trimmingCharacters(in: .whitespaces) }
    try #require(lines.count == 6, "\(lines)")
    #expect(lines[0].hasPrefix("socket:"))
    #expect(lines[1] == "/dev/null")
    // ls has the directory open.
    #expect(lines[2] == "0 1 2 3")
    #expect(lines[3] == lines[4], "it leads its session")
    #expect(lines[5] == "SigBlk:\t0000000000000000")
  }
}

extension TargetOutcome {
  /// Why it was given up; nil where it was not.
  var delay: ChangeDelay? {
    if case .timedOut(let delay) = ending { delay } else { nil }
  }
}
