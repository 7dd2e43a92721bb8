import Foundation
import MemtopCore
import Testing

@testable import MemtopXen

@Suite("what the child is told and what it says")
struct TargetProtocolTests {
  static let domain = DomainID(domid: 7, uuid: DomainUUID(high: 1, low: 2))

  @Test(
    "a task survives its way through the arguments", arguments: [Bytes.mib(512), nil],
    [Bytes.mib(256), nil])
  func task(_ size: Bytes?, _ from: Bytes?) {
    let task = TargetTask(
      domain: Self.domain, from: from, size: size, deadline: SteadyTime(milliseconds: 5),
      author: "alice", reason: "raised by keystroke")
    #expect(TargetTask(arguments: task.arguments) == task)
  }

  @Test(
    "arguments of somebody else's are refused",
    arguments: [
      [], ["7"], ["7", "x", "-", "1", "2", "a", "w"],
      ["-1", uuid, "-", "1", "2", "a", "w"],
      ["7", uuid, "-", "0", "2", "a", "w"],
      ["7", uuid, "-", "-5", "2", "a", "w"],
      ["7", uuid, "-", "9223372036854775807", "2", "a", "w"],
      ["7", uuid, "-5", "1", "2", "a", "w"], ["7", uuid, "x", "1", "2", "a", "w"],
      ["7", uuid, "-", "1", "soon", "a", "w"], ["7", uuid, "-", "1", "2", "a"],
      ["7", uuid, "-", "1", "2", "a", "w", "b"],
    ])
  func refused(_ arguments: [String]) {
    #expect(TargetTask(arguments: arguments) == nil)
  }
  static let uuid = "\(domain.uuid)"

  @Test(
    "replies survive their way through the pipe",
    arguments: [
      TargetReply.written, .failed("no lock"), .target(.kib(5)), .limit(.kib(6)), .limit(nil),
    ])
  func reply(_ reply: TargetReply) {
    #expect(TargetReply.parse(Array("\(reply.line)\n".utf8)) == [reply])
  }

  @Test("what a library says stays one printable line of bounded length")
  func hostileWords() {
    let line = TargetReply.failed("a\nwritten\u{1B}[2J\u{E9}" + String(repeating: "x", count: 9999))
      .line
    #expect(line.hasPrefix("failed a?written?[2J??x"))
    #expect(line.utf8.count < 600)
  }

  @Test(
    "half a line and unknown lines are dropped",
    arguments: [
      ("", []), ("writ", []), ("written", []), ("written\ntar", [.written]),
      ("hello\nwritten\n", [.written]), ("target x\ntarget\nlimit -\n", []),
      ("target 5\nlimit unlimited\n", [.target(.kib(5)), .limit(nil)]),
    ] as [(String, [TargetReply])])
  func halfLines(_ output: String, _ replies: [TargetReply]) {
    #expect(TargetReply.parse(Array(output.utf8)) == replies)
  }

  @Test(
    "what the child said counts before how it ended",
    arguments: [
      ([.written], .overdue, .written), ([.failed("x")], .exited(1), .failed("x")),
      ([], .overdue, .timedOut), ([], .signalled(SIGALRM), .timedOut),
      ([], .signalled(SIGSEGV), .failed("the child process was killed by signal 11")),
      ([], .exited(64), .failed("the child process exited with status 64")),
      ([], .unkillable, .failed("the child process cannot be killed; the change may still happen")),
    ] as [([TargetReply], ChildProcess.Ending, TargetOutcome.Ending)])
  func endings(
    _ replies: [TargetReply], _ child: ChildProcess.Ending, _ ending: TargetOutcome.Ending
  ) {
    #expect(XenTargetWriter.ending(replies, child) == ending)
  }

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
      order, TargetOutcome(ending: .timedOut, target: .kib(8)), author: "alice")
    #expect(
      line == "db2 (7, \(Self.uuid)): size 8 -> 9 KiB by alice (by keystroke):"
        + " timed out and abandoned; now target 8 KiB, limit unknown")
  }

  @Test(
    "the author is who logged in, whatever they became since",
    arguments: [("0", "root"), ("4294967295", "root"), ("54321", "54321"), ("", "root")])
  func author(_ loginuid: String, _ name: String) throws {
    let file = Fixture.temporaryDirectory().appendingPathComponent("loginuid")
    try loginuid.write(to: file, atomically: true, encoding: .utf8)
    let user = getuid() == 0 ? name : nil
    if let user { #expect(OperatorName.current(loginuid: file.path) == user) }
  }
}

@Suite("a child that makes the change")
struct ChildProcessTests {
  /// A shell in the child's place: $1 is the domid, $4 the size in KiB or "-", $5 the deadline.
  static func writer(_ script: String, patience: Span = .seconds(20)) -> XenTargetWriter {
    XenTargetWriter(
      author: "alice", patience: patience, program: "/bin/sh",
      leadingArguments: ["sh", "-c", script, "child"])
  }

  static let order = TargetOrder(
    domain: TargetProtocolTests.domain, name: "db2", from: nil, to: .kib(9), reason: "test")

  @Test("what it says becomes the outcome")
  func written() {
    let outcome = Self.writer("echo written; echo target $4; echo limit unlimited")
      .write(Self.order)
    #expect(outcome == TargetOutcome(ending: .written, target: .kib(9), limit: nil))
  }

  @Test("one that hangs is ended with all it started, and target and limit are read back")
  func hangs() throws {
    let pids = Fixture.temporaryDirectory().appendingPathComponent("pids").path
    let script = """
      if [ "$4" = - ]; then echo target 8; echo limit 10; exit; fi
      trap '' TERM ALRM
      sleep 1000 & echo $$ $! >\(pids)
      wait
      """
    let outcome = Self.writer(script, patience: .seconds(3)).write(Self.order)
    #expect(outcome == TargetOutcome(ending: .timedOut, target: .kib(8), limit: .kib(10)))
    let started = try String(contentsOfFile: pids, encoding: .utf8).split { $0.isWhitespace }
    #expect(started.count == 2)
    for pid in started.compactMap({ pid_t($0) }) {
      try eventually { !isAlive(pid) }
    }
  }

  @Test("one that hangs after the change has made the change")
  func hangsAfterwards() {
    let script = """
      if [ "$4" = - ]; then echo target 9; exit; fi
      echo written; exec sleep 1000
      """
    let outcome = Self.writer(script, patience: .seconds(3)).write(Self.order)
    #expect(outcome == TargetOutcome(ending: .written, target: .kib(9), limit: nil))
  }

  @Test("one that crashes says so, and nothing is known afterwards")
  func crashes() {
    let outcome = Self.writer("kill -SEGV $$").write(Self.order)
    #expect(outcome == TargetOutcome(ending: .failed("the child process was killed by signal 11")))
  }

  @Test("one that writes without end is bounded")
  func floods() throws {
    let child = try ChildProcess.run(
      "/bin/sh", ["sh", "-c", "head -c 1000000 /dev/zero"],
      until: HostClock.system.steady() + .seconds(20))
    #expect(child.output.count == 16 << 10)
    #expect(child.ending == .exited(0))
  }

  @Test("one that cannot be started says what was tried")
  func missing() {
    let writer = XenTargetWriter(
      author: "alice", patience: .seconds(1), program: "/nowhere/memtop", leadingArguments: ["x"])
    #expect(
      writer.write(Self.order).ending
        == .failed("cannot start /nowhere/memtop: No such file or directory"))
  }

  @Test("it has a session of its own, fresh signals, and nothing open but its output")
  func surroundings() throws {
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    let script =
      "readlink /proc/self/fd/*; ps -o sid= -p $$; echo $$; exec grep SigBlk /proc/self/status"
    let child = try ChildProcess.run(
      "/bin/sh", ["sh", "-c", script], until: HostClock.system.steady() + .seconds(20))
    pthread_sigmask(SIG_SETMASK, &before, nil)
    let lines = String(decoding: child.output, as: UTF8.self).split(separator: "\n")
      .map { $0.trimmingCharacters(in: .whitespaces) }
    try #require(lines.count >= 6)
    #expect(lines[0] == "/dev/null")
    #expect(lines[1].hasPrefix("pipe:"))
    #expect(lines[2] == "/dev/null")
    #expect(lines[lines.count - 3] == lines[lines.count - 2], "it leads its session")
    #expect(lines.last == "SigBlk:\t0000000000000000")
  }
}

/// A zombie has ended too: who started it may be gone without having waited for it.
func isAlive(_ pid: pid_t) -> Bool {
  guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else {
    return false
  }
  return status.split(separator: ")").last?.hasPrefix(" Z") == false
}
