import Foundation
import Testing

/// Stopped, memtop gives the terminal to the shell; continued, it takes it back.
@Suite("^Z and fg", .timeLimit(.minutes(30)))
struct SuspendTests {
  private func whole(_ tmux: Tmux) throws {
    #expect(try tmux.value("alternate_on") == "0")
    #expect(try tmux.value("cursor_flag") == "1")
    #expect(try tmux.value("scroll_region_upper") == "0")
    let rows = try #require(Int(tmux.value("pane_height")))
    #expect(try tmux.value("scroll_region_lower") == "\(rows - 1)")
  }

  /// A shell in which memtop was begun and stopped by ^Z.
  private func stopped() async throws -> Tmux {
    let tmux = try Tmux()
    try await tmux.startMemtop()
    try await tmux.see("? help")
    try tmux.press("C-z")
    try await tmux.see("Stopped")
    return tmux
  }

  /// Shell text that waits for a condition for ten minutes at most; it fails where that does not hold then.
  private static func wait(until condition: String) -> String {
    "n=0; until \(condition) || [ $((n+=1)) -gt 6000 ]; do sleep 0.1; done; [ $n -le 6000 ]"
  }

  private func typesVisibly(_ tmux: Tmux) async throws {
    try await tmux.seePrompt()
    try tmux.command("stty -a | grep -c ' echo ' | sed s/^/echoes:/")
    try await tmux.see("echoes:1")
  }

  @Test("^Z gives the shell a whole terminal; fg draws anew, at the size of now")
  func keyboard() async throws {
    try await Gate.pass {
      let tmux = try Tmux()
      try await tmux.startMemtop()
      try await tmux.see("? help")
      for columns in [90, 120] {
        try tmux.press("C-z")
        try await tmux.see("Stopped")
        try whole(tmux)
        try await typesVisibly(tmux)
        try tmux.resize(columns: columns, rows: 24)
        try tmux.command("clear; fg")
        try await tmux.see("app8")
        try await tmux.see("? help")
        #expect(try tmux.value("alternate_on") == "1")
      }
      try tmux.press("q")
      try await typesVisibly(tmux)
      try whole(tmux)
    }
  }

  @Test("^Z stops a script that waits for memtop too, or nobody would get the terminal back")
  func script() async throws {
    try await Gate.pass {
      let tmux = try Tmux()
      try await tmux.seePrompt()
      try tmux.command("sh -c '\(Launch.binary) --demo --scenario calm; echo after'")
      try await tmux.see("? help")
      try tmux.press("C-z")
      try await tmux.see("Stopped")
      try await typesVisibly(tmux)
      try tmux.command("clear; fg")
      try await tmux.see("? help")
      try tmux.press("q")
      try await tmux.see("after")
    }
  }

  @Test("stopped from outside, it is the same", arguments: ["TSTP", "TTIN", "TTOU", "STOP"])
  func outside(_ signal: String) async throws {
    try await Gate.pass {
      let tmux = try Tmux()
      try await tmux.startMemtop()
      try await tmux.see("app8")
      try send(signal, to: memtop(under: tmux))
      try await tmux.see("shell>")
      if signal != "STOP" { try whole(tmux) }
      try tmux.command("clear; fg")
      try await tmux.see("? help")
      try await tmux.see("app8")
      try tmux.press("?")
      try await tmux.see("this help")
      try tmux.press("q", "q")
      try await typesVisibly(tmux)
      try whole(tmux)
    }
  }

  @Test("in the background it stops and leaves the shell's screen alone")
  func background() async throws {
    try await Gate.pass {
      let tmux = try await stopped()
      // A shell tells of it only with its next prompt.
      try tmux.command(
        "clear; bg; \(Self.wait(until: "jobs | grep -q Stopped")) && echo stopped-$((1+1))-times")
      try await tmux.see("stopped-2-times")
      try whole(tmux)
      try tmux.command("clear; fg")
      try await tmux.see("app8")
    }
  }

  @Test("where no shell could continue it, neither ^Z nor a signal stops it")
  func orphaned() async throws {
    try await Gate.pass {
      let session = try Session(Launch())
      try await session.begin()
      // The title is drawn when all is drawn, and only then.
      for _ in 0..<2 {
        var mark = session.sent.count
        session.type("\u{1A}")
        try await session.see("(simulated)", after: mark)
        for number in [SIGTSTP, SIGTTIN, SIGTTOU] {
          mark = session.sent.count
          session.signal(number)
          try await session.see("(simulated)", after: mark)
        }
      }
      // A tick may be half drawn, in a style of its own.
      var state = TerminalState(after: session.sent)
      state.isPlain = true
      #expect(state == .inUse)
      session.type("q")
      #expect(try await session.end() == .exit(0))
      #expect(TerminalState(after: session.sent) == .whole)
    }
  }

  @Test("killed while it is stopped, it leaves nothing behind")
  func killedWhileStopped() async throws {
    try await Gate.pass {
      let tmux = try await stopped()
      try tmux.command("clear; kill %1; fg")
      try await tmux.see("Terminated")
      try await typesVisibly(tmux)
      try whole(tmux)
    }
  }

  @Test("killed in the background, where it waits for the terminal, it ends")
  func killedInBackground() async throws {
    try await Gate.pass {
      let tmux = try await stopped()
      // Not by the shell's `wait`, which gives up at once while the shell still takes the job for stopped.
      try tmux.command(
        "clear; bg; \(Self.wait(until: "jobs | grep -q Stopped")); p=$(jobs -p %1); kill %1;"
          + " \(Self.wait(until: "! kill -0 $p 2>/dev/null")) && echo ended-$((40+2))")
      try await tmux.see("ended-42")
      try whole(tmux)
    }
  }

  @Test("begun in the background by a program that ends it, it ends")
  func timedOut() async throws {
    try await Gate.pass {
      let tmux = try Tmux()
      try await tmux.seePrompt()
      // timeout(1) makes a group of its own, which never has the terminal.
      try tmux.command("sh -c 'timeout 1 \(Launch.binary) --demo'; echo ended-$?")
      try await tmux.see("ended-124")
      try await typesVisibly(tmux)
      try whole(tmux)
    }
  }

  /// The process that the shell in `tmux` has started.
  private func memtop(under tmux: Tmux) throws -> pid_t {
    let shell = try tmux.value("pane_pid")
    let children = try String(
      contentsOfFile: "/proc/\(shell)/task/\(shell)/children", encoding: .utf8)
    return try #require(pid_t(children.split(separator: " ").first ?? ""))
  }

  private func send(_ signal: String, to process: pid_t) {
    let numbers = ["TSTP": SIGTSTP, "TTIN": SIGTTIN, "TTOU": SIGTTOU]
    kill(process, numbers[signal] ?? SIGSTOP)
  }
}
