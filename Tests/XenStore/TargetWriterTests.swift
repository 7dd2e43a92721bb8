import Foundation
import MemtopCore
import MemtopSystem
import Testing

@testable import MemtopXen

@Suite("what the writer process is told and what it says", .timeLimit(.minutes(30)))
struct TargetProtocolTests {
  static let domain = DomainID(domid: 7, uuid: DomainUUID(high: 1, low: 2))

  static let change = TargetTask.Change(
    domain: domain, from: .mib(256), size: .mib(512), begin: SteadyTime(milliseconds: 4),
    deadline: SteadyTime(milliseconds: 5), author: "alice", reason: "raised by keystroke")

  @Test(
    "a task survives its way through the socket",
    arguments: [
      .prepare, .read(domain), .set(change),
      .mend(domain, LimitChange(from: .mib(1), size: .mib(2), former: .mib(3))),
      .mend(domain, LimitChange(from: nil, size: .mib(2), former: nil)),
      .set(
        TargetTask.Change(
          domain: domain, from: nil, size: .kib(1), begin: SteadyTime(milliseconds: 1),
          deadline: SteadyTime(milliseconds: 0), author: "bob", reason: "")),
      .set(
        TargetTask.Change(
          domain: domain, from: nil, size: .kib(1), begin: SteadyTime(milliseconds: 1),
          deadline: SteadyTime(milliseconds: 0), author: "bob", reason: "x y",
          range: RangeChange(
            from: DynamicRange(low: .kib(1), high: .kib(9)), to: .point(.kib(5))))),
      .set(
        TargetTask.Change(
          domain: domain, from: .kib(7), size: .kib(8), begin: SteadyTime(milliseconds: 1),
          deadline: SteadyTime(milliseconds: 0), author: "bob", reason: "operators 1 2",
          range: RangeChange(
            from: .point(.kib(7)), to: .point(.kib(8)),
            operators: DynamicRange(low: .kib(1), high: .kib(9))))),
    ] as [TargetTask])
  func task(_ task: TargetTask) {
    #expect(TargetTask(line: task.line) == task)
  }

  @Test("no author and no reason make two lines, or two words, of one")
  func hostileAuthor() {
    var change = Self.change
    (change.author, change.reason) = ("al ice\n", "a\nset 1 \u{E9}")
    let line = TargetTask.set(change).line
    (change.author, change.reason) = ("al?ice?", "a?set 1 ??")
    #expect(TargetTask(line: line) == .set(change))
  }

  @Test(
    "lines of somebody else's are refused",
    arguments: [
      "", "prepare now", "read 7", "mend 7", "read x \(uuid)", "read 7 x", "read 7 \(uuid) x",
      "mend 7 \(uuid)", "mend 7 \(uuid) 1 2", "mend 7 \(uuid) 1 0 3", "mend 7 \(uuid) x 2 3",
      "write 7", "set 7 \(uuid) - 1 2 3 a", "set -1 \(uuid) - 1 2 3 a w",
      "set 7 \(uuid) - 0 2 3 a w",
      "set 7 \(uuid) - -5 2 3 a w", "set 7 \(uuid) - 9223372036854775807 2 3 a w",
      "set 7 \(uuid) -5 1 2 3 a w", "set 7 \(uuid) x 1 2 3 a w", "set 7 \(uuid) - 1 soon 3 a w",
      "set 7 \(uuid) - 1 2 soon a w",
      "range 1 2 3 set 7 \(uuid) - 1 2 3 a w", "range 2 1 3 3 set 7 \(uuid) - 1 2 3 a w",
      "range 1 2 3 x set 7 \(uuid) - 1 2 3 a w",
      "range 1 2 3 3 operators 2 1 set 7 \(uuid) - 1 2 3 a w",
      "range 1 2 3 3 operators 2 set 7 \(uuid) - 1 2 3 a w",
      "operators 1 2 set 7 \(uuid) - 1 2 3 a w",
      "range 1 2 3 3 read 7 \(uuid)",
      "range 1 2 3 3 range 1 2 3 3 set 7 \(uuid) - 1 2 3 a w",
      "set 7 x - 1 2 3 a w", "set 7 \(uuid) - - 2 3 a w",
    ])
  func refused(_ line: String) {
    #expect(TargetTask(line: line) == nil)
  }
  static let uuid = "\(domain.uuid)"

  @Test(
    "replies survive their way through the socket",
    arguments: [
      .started, .written, .contested, .failed("no lock"), .unlocked("no place"), .target(.kib(5)),
      .limit(.kib(6)),
      .limit(nil), .former(limit: .kib(6)), .former(limit: nil), .mended, .done,
      .range(DynamicRange(low: .kib(5), high: .kib(6))),
    ] + ChangePhase.allCases.map { .phase($0) } as [TargetReply])
  func reply(_ reply: TargetReply) {
    #expect(TargetReply(line: reply.line) == reply)
  }

  @Test("what a library says stays one printable line of bounded length")
  func hostileWords() {
    let line = TargetReply.failed("a\nwritten\u{1B}[2J\u{E9}" + String(repeating: "x", count: 9999))
      .line
    #expect(line.hasPrefix("failed a?written?[2J??x"))
    #expect(line.utf8.count < 600)
  }

  @Test(
    "unknown lines are no reply",
    arguments: [
      "", "writ", "written x", "hello", "target x", "target", "limit -", "former", "mended x",
      "phase x", "range 1",
      "range 2 1", "range -1 1",
    ])
  func unknownLines(_ line: String) {
    #expect(TargetReply(line: line) == nil)
  }

  @Test(
    "what the process said counts before how it ended",
    arguments: [
      ([.written], .late(slow), .written), ([.failed("x")], .ended(.exited(1)), .failed("x")),
      ([.late], .done, .notTried(.seconds(31))),
      ([.phase(.setting)], .late(slow), .timedOut(slow)),
      ([], .ended(.signalled(SIGSEGV)), .failed("the writer process was killed by signal 11")),
      ([], .ended(.exited(64)), .failed("the writer process exited with status 64")),
      ([], .done, .failed("the writer process did not say what it has done")),
      (
        [], .ended(.unkillable),
        .failed("the writer process cannot be killed; the change may still happen")
      ),
    ] as [([TargetReply], WriterSession.Course.Ending, TargetOutcome.Ending)])
  func endings(
    _ replies: [TargetReply], _ course: WriterSession.Course.Ending, _ ending: TargetOutcome.Ending
  ) {
    let course = WriterSession.Course(replies: replies, ending: course)
    #expect(XenTargetWriter.ending(course, age: .seconds(31)) == ending)
  }
  static let slow = ChangeDelay(.setting, .seconds(30))

  @Test(
    "libxl's errors in words",
    arguments: [
      (-6, "libxl.c:12:f: Domain 7:too much", "libxl refuses this size (Domain 7:too much)"),
      (-15, "", "libxl cannot lock the domain: it is gone"),
      (-99, "plain words", "libxl error -99 (plain words)"),
    ] as [(Int32, String, String)])
  func libxl(_ code: Int32, _ words: String, _ text: String) {
    #expect(LibxlError(code: code, words: words).description == text)
  }

  @Test("the log's line holds who, what, from, to, why and the outcome")
  func logLine() {
    let order = TargetOrder(
      domain: Self.domain, name: "db2", from: .kib(8), to: .kib(9), reason: "by keystroke")
    let line = ChangeLog.line(
      order, TargetOutcome(ending: .timedOut(Self.slow), target: .kib(8)), author: "alice")
    #expect(
      line == "db2 (7, \(Self.uuid)): size 8 -> 9 KiB by alice (by keystroke):"
        + " gave up: libxl had not set the target after 30 s; now target 8 KiB, limit unknown")
  }

  @Test(
    "the log tells a domain without a limit from a limit that could not be read",
    arguments: [(.at(.kib(9)), "9 KiB"), (.unlimited, "none"), (.notKnown, "unknown")]
      as [(TargetOutcome.Limit, String)])
  func limitInLog(_ limit: TargetOutcome.Limit, _ words: String) {
    let order = TargetOrder(
      domain: Self.domain, name: "db2", from: .kib(8), to: .kib(9), reason: "by keystroke")
    let outcome = TargetOutcome(ending: .written, target: .kib(9), limit: limit)
    #expect(ChangeLog.line(order, outcome, author: "alice").hasSuffix("9 KiB, limit \(words)"))
  }

  @Test("the log says that a limit was set back")
  func mendInLog() {
    let order = TargetOrder(
      domain: Self.domain, name: "db2", from: .kib(8), to: .kib(9), reason: "by keystroke")
    var outcome = TargetOutcome(ending: .failed("x"), target: .kib(8))
    outcome.isMended = true
    #expect(
      ChangeLog.line(order, outcome, author: "alice").hasSuffix(
        "limit unknown; libxl had left another limit, which was set back"))
  }

  @Test("the log says that someone else's target was replaced")
  func contestInLog() {
    let order = TargetOrder(
      domain: Self.domain, name: "db2", from: .kib(8), to: .kib(9), reason: "by keystroke")
    var outcome = TargetOutcome(ending: .written, target: .kib(9))
    outcome.isContested = true
    #expect(
      ChangeLog.line(order, outcome, author: "alice").hasSuffix(
        ": written; now target 9 KiB, limit unknown; someone else set its target at the same moment;"
          + " this change replaced theirs"))
  }

  @Test("where XAPI owns the targets, the log has the ranges, too")
  func rangeInLog() {
    let range = RangeChange(from: DynamicRange(low: .kib(4), high: .kib(9)), to: .point(.kib(5)))
    let order = TargetOrder(
      domain: Self.domain, name: "db2", from: .kib(8), to: .kib(5), reason: "test", range: range)
    let outcome = TargetOutcome(ending: .written, target: .kib(5), range: .point(.kib(5)))
    #expect(
      ChangeLog.line(order, outcome, author: "alice").hasSuffix(
        "; dynamic range 4-9 -> 5-5 KiB, now 5-5 KiB"))
    #expect(
      ChangeLog.line(order, TargetOutcome(ending: .failed("x")), author: "alice").hasSuffix(
        "; dynamic range 4-9 -> 5-5 KiB, now unknown"))
  }

  @Test(
    "a look-up that a server does not answer holds nobody up; its answer is taken when it comes")
  func slowLookUp() throws {
    let answers = DispatchSemaphore(value: 0)
    let lookUp = LookUp(patience: Span(milliseconds: 100)) {
      answers.wait()
      return "alice"
    }
    let begin = HostClock.system.steady()
    #expect(lookUp.value() == nil)
    #expect(HostClock.system.steady() - begin >= Span(milliseconds: 90))
    answers.signal()
    try eventually { lookUp.value() == "alice" }
  }

  @Test("whoever is looked up quickly is known at the first word")
  func quickLookUp() {
    #expect(LookUp(patience: .seconds(60)) { "alice" }.value() == "alice")
    #expect(OperatorName.ofThisProcess == OperatorName.current())
  }

  @Test(
    "the author is who logged in, whatever they became since",
    arguments: [
      ("0", [:], "root"), ("4294967295", [:], "root"), ("54321", [:], "54321"), ("", [:], "root"),
      // A kernel without the audit subsystem knows no login.
      ("4294967295", ["SUDO_UID": "54321"], "54321"), ("", ["PKEXEC_UID": "54321"], "54321"),
      ("54321", ["SUDO_UID": "65432"], "54321"), ("", ["SUDO_UID": "-1"], "root"),
      ("", ["SUDO_UID": "x y"], "root"), ("", ["SUDO_USER": "\u{1B}[2J"], "root"),
    ] as [(String, [String: String], String)])
  func author(_ loginuid: String, _ variables: [String: String], _ name: String) throws {
    let file = Fixture.temporaryDirectory().appendingPathComponent("loginuid")
    try loginuid.write(to: file, atomically: true, encoding: .utf8)
    let found = OperatorName.current(loginuid: file.path) { variables[$0] }
    // Anybody could set the variables of their own process: only those of root's count.
    let own = OperatorName.current(loginuid: "/nowhere") { _ in nil }
    let isLoggedIn = UInt32(loginuid).map { $0 != .max } ?? false
    #expect(found == (getuid() == 0 || isLoggedIn ? name : own))
  }
}

/// A zombie has ended too: who started it may be gone without having waited for it.
func isAlive(_ pid: pid_t) -> Bool {
  guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else {
    return false
  }
  return status.split(separator: ")").last?.hasPrefix(" Z") == false
}
