import Foundation
import Glibc
import MemtopSystem
import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport
@testable import memtop

@Suite("a change on several hosts", .timeLimit(.minutes(30))) struct FleetChangeTests {
  private let directory: TextfileDirectory
  private let loop = PollLoop()
  private let far = HostNumber.named("far")
  private let near = HostNumber.named("near")

  init() throws { directory = try TextfileDirectory() }

  private func row(
    _ domid: UInt16, _ host: HostNumber, from: Bytes? = .gib(2), to: Bytes,
    _ findings: [Verdict.Finding] = [], range: RangeChange? = nil,
    nudge: TargetOrder.Nudge? = nil
  ) -> Review.Row {
    Review.Row(
      order: TargetOrder(
        domain: DomainID(domid: domid, uuid: Samples.id(domid).uuid, host: host),
        name: "g\(domid)", from: from, to: to, reason: "test", nudge: nudge, range: range),
      verdict: Verdict(findings: findings))
  }

  /// What stands in for ssh notes its words, and does as `script` says; $host is its host.
  private func change(_ rows: [Review.Row], _ script: String) throws -> FleetChange {
    let path = directory.path + "/ssh"
    try """
    #!/bin/bash
    while [ "$1" != -- ]; do shift; done
    host=$2; shift 2
    echo "$host: $*" >> '\(directory.path)/words'
    \(script)
    """.write(toFile: path, atomically: true, encoding: .utf8)
    #expect(chmod(path, 0o755) == 0)
    return FleetChange(
      rows,
      hosts: [far: try RemoteHost(typed: "far"), near: try RemoteHost(typed: "near")],
      transport: Transport(program: path), loop: loop)
  }

  private func finish(_ change: FleetChange) -> [ChangeProgress.Step] {
    let end = loop.now + .seconds(30)
    while !change.progress.isFinished, loop.now < end {
      _ = loop.wait(
        until: loop.now + .seconds(1), for: change.watched.map { Watched($0, POLLIN) })
      _ = change.turn()
    }
    #expect(change.progress.isFinished)
    return change.progress.steps
  }

  private var words: [String] {
    let text = (try? String(contentsOfFile: directory.path + "/words", encoding: .utf8)) ?? ""
    return text.split(separator: "\n").map(String.init)
  }

  @Test("each is set on its host: lowers first, with what was seen and what was agreed to")
  func sends() throws {
    let warning = Verdict.Finding(severity: .warn, rule: .nearBusy, text: "near")
    let rows = [
      row(5, far, to: .gib(3)), row(6, near, to: .gib(1), [warning]),
      row(7, far, from: nil, to: .gib(1)),
      row(8, far, to: .mib(1536)),
    ]
    let steps = finish(try change(rows, "echo Welcome; echo memtop-set 1; echo 'g: set'"))
    #expect(steps.allSatisfy { $0.state.isSet && $0.hasLanded })
    func uuid(_ domid: UInt16) -> String { Samples.id(domid).uuid.description }
    #expect(
      words == [
        "near: memtop set 6 1048576K --uuid \(uuid(6)) --greet --within 310 --from 2097152K --accept near-busy",
        "far: memtop set 8 1572864K --uuid \(uuid(8)) --greet --within 310 --from 2097152K --wait=60",
        "far: memtop set 5 3145728K --uuid \(uuid(5)) --greet --within 310 --from 2097152K",
        "far: memtop set 7 1048576K --uuid \(uuid(7)) --greet --within 310 --from none",
      ])
  }

  @Test("the first that fails stops the rest, and what was written has a way back")
  func stops() throws {
    let rows = [row(5, far, to: .gib(1)), row(6, near, to: .gib(1)), row(7, far, to: .gib(1))]
    let steps = finish(
      try change(
        rows, "[ $host = far ] && { echo memtop-set 1; exit 0; }; echo 'memtop: no' >&2; exit 1"))
    #expect(steps[0].state.isSet)
    #expect(steps[1].state == .failed("no") && steps[1].hasLanded)
    #expect(steps[2].state == .notAttempted(after: "g6 on near"))
    #expect(words.count == 2)
  }

  @Test("where the screen is left during a change, each target is accounted for, with its host")
  func account() throws {
    let rows = [row(5, far, to: .gib(1)), row(6, near, to: .gib(1)), row(7, far, to: .gib(1))]
    let script =
      "[ $host = far ] && { echo memtop-set 1; exit 0; }; echo 'Timeout, no reply.' >&2; exit 255"
    let failed = try change(rows, script)
    _ = finish(failed)
    #expect(
      failed.account == [
        "g5 on far: 2.00G -> 1.00G, set",
        "g6 on near: 2.00G -> 1.00G, failed: Timeout, no reply; the target may or may not be set",
        "g7 on far: 2.00G -> 1.00G, not tried, because g6 on near failed",
      ])
    let slow = try change(rows, "exec sleep 600")
    #expect(
      slow.account == [
        "g5 on far: 2.00G -> 1.00G, unknown: memtop ended before its host replied",
        "g6 on near: 2.00G -> 1.00G, not set: memtop was stopped before it",
        "g7 on far: 2.00G -> 1.00G, not set: memtop was stopped before it",
      ])
  }

  @Test("a host whose shared connection died is reached by one of its own")
  func avoidsSharing() throws {
    let path = directory.path + "/ssh"
    try "#!/bin/bash\necho \"$*\" >> '\(directory.path)/words'\necho memtop-set 1\n".write(
      toFile: path, atomically: true, encoding: .utf8)
    #expect(chmod(path, 0o755) == 0)
    _ = finish(
      FleetChange(
        [row(5, far, to: .gib(1)), row(6, near, to: .gib(1))],
        hosts: [far: try RemoteHost(typed: "far"), near: try RemoteHost(typed: "near")],
        transport: Transport(program: path), loop: loop, avoidsSharing: { [far] in $0 == far }))
    #expect(words.map { $0.contains("ControlPath=none") } == [true, false])
  }

  @Test(
    "why it failed is said in the guard's words, or those of who failed",
    arguments: [
      (
        "echo 'memtop: warning: g5 is stuck [stuck]' >&2; echo 'memtop: nothing was changed: re-run with --yes to accept' >&2; exit 2",
        "warning: g5 is stuck [stuck]", false
      ),
      (
        "echo 'memtop: refused: too low [below-busy]' >&2; exit 2", "refused: too low [below-busy]",
        false
      ),
      (
        "echo 'memtop: g5: 2.00G -> 3.00G, set, but stuck' >&2; exit 3",
        "g5: 2.00G -> 3.00G, set, but stuck", true
      ),
      ("exit 5", "memtop set ended with status 5", false),
      ("exit 0", "its host did not confirm that the target was set", false),
      // A forced command, or a login shell of its own.
      (
        "echo 'memtop: welcome'; echo set", "its host did not confirm that the target was set",
        false
      ),
      (
        "echo 'Connection closed by far' >&2; exit 255",
        "Connection closed by far; the target may or may not be set", true
      ),
      ("kill -9 $$", "the connection was lost; the target may or may not be set", true),
      (
        "echo Welcome; printf 'memtop-stream 1\\tx\\n'; seq 5000; exec sleep 60",
        "the ssh key for its host allows only reading", false
      ),
      ("echo 'memtop: g5: 2.00G -> 3.00G, failed' >&2; exit 1", "g5: 2.00G -> 3.00G, failed", true),
    ])
  func reasons(script: String, why: String, mayHaveLanded: Bool) throws {
    let step = finish(try change([row(5, far, to: .gib(3))], script))[0]
    #expect(step.state == .failed(why) && step.hasLanded == mayHaveLanded)
  }

  @Test("what cannot be said by memtop set is not begun")
  func impossible() throws {
    let range = RangeChange(
      from: DynamicRange(low: .gib(1), high: .gib(1)), to: DynamicRange(low: .gib(1), high: .gib(4))
    )
    for row in [
      row(5, far, to: .gib(3), range: range), row(5, far, to: .gib(2), nudge: .by(.gib(1))),
    ] {
      let step = finish(try change([row], "echo set"))[0]
      guard case .failed(let why) = step.state else {
        Issue.record("\(step)")
        return
      }
      #expect(why.hasSuffix("on its own host only") && !step.hasLanded)
    }
    #expect(words.isEmpty)
  }

  @Test("an end without an answer is given up, and nothing of it runs on")
  func deadline() throws {
    let time = EmbeddedLoop()
    let change = try hanging(time)
    let process = try self.process
    #expect(change.turn() == nil && isAlive(process))
    try giveUp(change, time)
    #expect(time.time == SteadyTime(milliseconds: 1_000_000) + FleetChange.patience)
    #expect(!isAlive(process))
  }

  @Test("the time counts from when memtop set begins there, however long the login took")
  func slowLogin() throws {
    let time = EmbeddedLoop()
    let change = try hanging(time)
    _ = time.wait(until: change.due - .seconds(1), for: [])
    #expect(FileManager.default.createFile(atPath: directory.path + "/go", contents: nil))
    var output = pollfd(fd: try #require(change.watched.first), events: Int16(POLLIN), revents: 0)
    #expect(poll(&output, 1, 30_000) == 1)
    #expect(change.turn() == nil && change.due == time.time + FleetChange.patience)
    try giveUp(change, time)
  }

  /// What stands in for ssh greets once there is a file `go`, and hangs.
  private func hanging(_ time: EmbeddedLoop) throws -> FleetChange {
    let path = directory.path + "/ssh"
    try """
    #!/bin/bash
    cd '\(directory.path)'
    echo $$ > pid.new; mv pid.new pid
    until [ -e go ]; do sleep 0.02; done
    echo memtop-set 1
    exec sleep 600
    """.write(toFile: path, atomically: true, encoding: .utf8)
    #expect(chmod(path, 0o755) == 0)
    return FleetChange(
      [row(5, far, to: .gib(3))], hosts: [far: try RemoteHost(typed: "far")],
      transport: Transport(program: path), loop: time)
  }

  /// Its number, once it runs.
  private var process: pid_t {
    get throws {
      var found: pid_t?
      for _ in 0..<1000 where found == nil {
        let text = try? String(contentsOfFile: directory.path + "/pid", encoding: .utf8)
        found = text.flatMap { pid_t($0.dropLast()) }
        if found == nil { usleep(20_000) }
      }
      return try #require(found)
    }
  }

  private func isAlive(_ process: pid_t) -> Bool { kill(process, 0) == 0 }

  private func giveUp(_ change: FleetChange, _ time: EmbeddedLoop) throws {
    _ = time.wait(until: change.due, for: [])
    let steps = try #require(change.turn()).steps
    #expect(steps[0].state == .failed("no answer for 7m; the target may or may not be set"))
    #expect(steps[0].hasLanded && change.progress.isFinished && change.watched.isEmpty)
  }
}
