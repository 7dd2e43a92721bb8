import Foundation
import Glibc
import MemtopSystem
import Testing

@testable import MemtopCore
@testable import TestSupport
@testable import memtop

@Suite("the connection to a host", .timeLimit(.minutes(30))) struct HostLinkTests {
  private let directory: TextfileDirectory
  private let loop = PollLoop()

  init() throws { directory = try TextfileDirectory() }

  /// What stands in for ssh: a script that gets what ssh would.
  private func link(_ script: String) throws -> HostLink {
    let path = directory.path + "/ssh"
    try "#!/bin/bash\n\(script)\n".write(toFile: path, atomically: true, encoding: .utf8)
    #expect(chmod(path, 0o755) == 0)
    return HostLink(
      try RemoteHost(typed: "root@far"), transport: Transport(program: path),
      interval: .seconds(1), now: loop.now)
  }

  /// Turns as the screen does until `isSo`, or for half a minute.
  private func wait(_ link: HostLink, _ isSo: (HostShare) -> Bool) -> HostShare {
    let end = loop.now + .seconds(30)
    while loop.now < end {
      _ = link.turn(loop.now, loop.clock.wall())
      let found = link.share(loop.now).0
      if isSo(found) { return found }
      _ = loop.wait(
        until: min(link.due, loop.now + .seconds(1)),
        for: link.watched.map { Watched($0, POLLIN) })
    }
    return link.share(loop.now).0
  }

  private func isCurrent(_ share: HostShare) -> Bool { share.isCurrent }

  private func reason(_ script: String) throws -> String? {
    guard case .lost(let why) = wait(try link(script), { $0.link != .connecting }).link else {
      return nil
    }
    return why
  }

  @Test("says why there are no figures, whatever the other end does")
  func reasons() throws {
    let cases = [
      (
        "echo 'Host key verification failed.' >&2; exit 255",
        "Host key verification failed. Log in by hand once to check its key"
      ),
      (
        "echo 'a banner' >&2; echo 'bash: memtop: not found' >&2; exit 127",
        "there is no memtop on it"
      ),
      ("exit 127", "there is no memtop on it"),
      ("exit 64", "its memtop is too old to be shown from here"),
      ("exit 3", "its memtop ended with status 3"), ("exit 0", "its memtop ended"),
      ("exit 255", "ssh ended with status 255"), ("kill -9 $$", "ssh was ended by signal 9"),
      ("yes", "its answer is not that of memtop serve"),
      (
        "printf 'memtop-stream 9\\tx\\n'; sleep 60",
        "has a newer memtop, whose figures this one cannot read"
      ),
      (
        "printf 'memtop-stream 1\\tm\\tfar\\t1000\\tstate\\nd7a1\\n'; sleep 60",
        "sent figures of no domain"
      ),
      (#"printf '\033]0;pwn\007\n' >&2; exit 1"#, #"\x1b]0;pwn\x07"#),
      (
        "printf 'memtop-stream 1\\tm\\tfar\\t1000\\tstate\\ns1\\t1\\tcannot read xenstore\\n'; sleep 60",
        "cannot read xenstore"
      ),
    ]
    for (script, why) in cases { #expect(try reason(script) == why, "\(script)") }
  }

  @Test("a program that cannot be started is named")
  func noProgram() throws {
    let link = HostLink(
      try RemoteHost(typed: "far"), transport: Transport(program: "/nowhere/ssh"),
      interval: .seconds(1), now: loop.now)
    #expect(
      wait(link) { $0.link != .connecting }.link
        == .lost(why: "/nowhere/ssh: No such file or directory"))
  }

  @Test("a connection that was given up is made again, and old figures are as old as they are")
  func again() throws {
    let link = try link(
      "echo x >> '\(directory.path)/tries'; exec '\(Program.path)' serve --stdio --demo")
    #expect(wait(link, isCurrent).link == .current)
    let (share, domains) = link.share(loop.now + .seconds(100))
    #expect(share.link == .late(since: share.sampledAt!))
    let (_, now) = link.share(loop.now)
    for (late, soon) in zip(domains, now) where soon.reportAge != nil {
      #expect(late.reportAge! - soon.reportAge! >= .seconds(99))
    }
    link.pause()
    #expect(link.watched.isEmpty)
    // What came before is current for a moment, so a newer sample is waited for.
    link.resume(loop.now)
    #expect(wait(link) { $0.sampledAt != share.sampledAt }.link == .current)
    let tries = try String(contentsOfFile: directory.path + "/tries", encoding: .utf8)
    #expect(tries == "x\nx\n")
    link.end()
  }

  @Test("one that says nothing is given up after a minute, and made again beside what ssh shares")
  func silent() throws {
    let link = try link("echo \"$*\" >>\(directory.path)/calls; exec sleep 1000")
    let begin = loop.now
    func turn(_ seconds: Int64) -> HostShare.Link {
      _ = link.turn(begin + .seconds(seconds), loop.clock.wall())
      return link.share(begin + .seconds(seconds)).0.link
    }
    let calls = directory.path + "/calls"
    func lines(_ count: Int) -> [Substring] {
      let end = loop.now + .seconds(30)
      var lines: [Substring] = []
      while lines.count < count, loop.now < end {
        lines = (try? String(contentsOfFile: calls, encoding: .utf8))?.split(separator: "\n") ?? []
        loop.wait(until: loop.now + Span(milliseconds: 20))
      }
      return lines
    }
    defer { link.end() }
    #expect(turn(1) == .connecting && lines(1).count == 1 && turn(59) == .connecting)
    #expect(turn(61) == .lost(why: "it sent nothing for 60 s"))
    #expect(turn(63) == .lost(why: "it sent nothing for 60 s"))
    let lines = lines(2)
    #expect(lines.map { $0.contains("ControlPath=none") } == [false, true])
    #expect(lines.allSatisfy { $0.contains("ClearAllForwardings=yes") })
  }

  @Test("a command of its own that is not found is named")
  func missingCommand() throws {
    let path = directory.path + "/ssh"
    let host = try RemoteHost(name: "far", address: "far", command: "sudo memtop")
    let cases = [
      (
        "echo 'sudo: memtop: command not found' >&2; exit 1",
        "there is no memtop on it: sudo: memtop: command not found"
      ), ("exit 127", "there is no memtop on it: sudo memtop"),
    ]
    for (script, why) in cases {
      _ = try link(script)
      let link = HostLink(
        host, transport: Transport(program: path), interval: .seconds(1), now: loop.now)
      #expect(wait(link) { $0.link != .connecting }.link == .lost(why: why))
    }
  }

  @Test("losing it is an event, and so is its return")
  func events() throws {
    let link = try link(
      """
      [ -e '\(directory.path)/refused' ] && { echo 'Connection refused' >&2; exit 255; }
      exec '\(Program.path)' serve --stdio --demo
      """)
    defer { link.end() }
    func turns() -> [HostEvent] {
      link.takeEvents(loop.now, loop.clock.wall()).filter(\.isAboutHost)
    }
    #expect(wait(link, isCurrent).link == .current)
    #expect(turns().isEmpty)
    try "".write(toFile: directory.path + "/refused", atomically: true, encoding: .utf8)
    link.ask(every: .seconds(2), loop.now)
    let refused = HostShare.Link.lost(why: "Connection refused")
    #expect(wait(link) { $0.link == refused }.link == refused)
    let lost = turns()
    #expect(lost.map(\.kind) == [.hostLost("Connection refused")])
    #expect(lost.map(\.whose) == ["far"])
    #expect(turns().isEmpty)
    unlink(directory.path + "/refused")
    #expect(wait(link, isCurrent).link == .current)
    let back = turns().map(\.kind)
    guard case .hostBack(_?)? = back.first, back.count == 1 else {
      Issue.record("\(back)")
      return
    }
    // Where it is this memtop that was stopped, figures are old until new ones have come.
    link.pause()
    link.resume(loop.now)
    _ = link.turn(loop.now, loop.clock.wall())
    let late = link.takeEvents(loop.now + .seconds(10), loop.clock.wall())
    #expect(late.filter(\.isAboutHost).isEmpty)
  }

  @Test("another interval is asked for at once")
  func interval() throws {
    let link = try link(
      "echo \"$*\" >>'\(directory.path)/calls'; exec '\(Program.path)' \"${@: -4}\" --demo")
    defer { link.end() }
    let first = wait(link, isCurrent)
    link.ask(every: .seconds(1), loop.now)
    link.ask(every: .seconds(5), loop.now)
    #expect(wait(link) { $0.sampledAt != first.sampledAt }.link == .current)
    let calls = try String(contentsOfFile: directory.path + "/calls", encoding: .utf8)
    #expect(
      calls.split(separator: "\n").map { $0.hasSuffix("-d 1.000") } == [true, false], "\(calls)")
    #expect(calls.hasSuffix("-d 5.000\n"))
  }

  @Test("what ssh has started is ended with it, whoever of them ends first")
  func session() throws {
    for ending in ["exec sleep 1000", "exit 255"] {
      let pids = directory.path + "/pids"
      unlink(pids)
      let link = try link(
        "sleep 1000 </dev/null >/dev/null 2>&1 & echo $! >'\(pids)'; \(ending)")
      var text: String?
      let end = loop.now + .seconds(30)
      while text?.hasSuffix("\n") != true, loop.now < end {
        _ = link.turn(loop.now, loop.clock.wall())
        loop.wait(until: loop.now + Span(milliseconds: 20))
        text = try? String(contentsOfFile: pids, encoding: .utf8)
      }
      if ending != "exec sleep 1000" { _ = wait(link) { $0.link != .connecting } }
      link.end()
      let pid = try #require(text.flatMap { pid_t($0.dropLast()) })
      func isThere() -> Bool {
        let stat = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
        return !stat.isEmpty && !stat.contains(") Z ")
      }
      while isThere(), loop.now < end { loop.wait(until: loop.now + Span(milliseconds: 20)) }
      #expect(!isThere(), "\(ending)")
    }
  }

  @Test("nothing of a connection is left when it ends")
  func leavesNothing() throws {
    let link = try link(
      "echo $$ > '\(directory.path)/pid'; exec '\(Program.path)' serve --stdio --demo")
    #expect(wait(link, isCurrent).link == .current)
    let text = try String(contentsOfFile: directory.path + "/pid", encoding: .utf8)
    let pid = try #require(pid_t(text.split(separator: "\n")[0]))
    link.end()
    #expect(kill(pid, 0) == -1 && errno == ESRCH)
  }
}
