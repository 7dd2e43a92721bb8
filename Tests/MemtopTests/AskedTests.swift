import Foundation
import Testing

@testable import memtop

@Suite("on a terminal", .timeLimit(.minutes(30)))
struct AskedTests {
  /// Runs memtop on a terminal of its own, and types `answer` when `prompt` is seen there.
  private func run(_ arguments: [String], until prompt: String, type answer: String) throws
    -> Program
  {
    let script = #"""
      import os, pty, sys
      prompt, answer = sys.argv[1].encode(), sys.argv[2].encode().decode("unicode_escape").encode()
      pid, terminal = pty.fork()
      if pid == 0: os.execvpe(sys.argv[3], sys.argv[3:], dict(os.environ, TERM="vt100"))
      seen = b""
      while True:
          try: got = os.read(terminal, 4096)
          except OSError: break
          if not got: break
          seen += got
          if prompt and prompt in seen:
              os.write(terminal, answer)
              prompt = b""
      status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
      sys.stdout.buffer.write(seen.replace(b"\r\n", b"\n"))
      sys.exit(status)
      """#
    return try Program.shell(
      #"script=$1; shift; exec timeout 120 python3 -c "$script" "$1" "$2" "$0" "${@:3}""#,
      [script, prompt, answer] + arguments)
  }

  @Test("a warning wants the whole word yes, and says so")
  func warning() throws {
    let set = ["set", "--demo", "wiki", "+64M"]
    let wrong = try run(set, until: "Type yes to go on:", type: #"ye\n"#)
    #expect(wrong.status == 2)
    #expect(wrong.output.contains("nothing was changed: type yes in full"), "\(wrong)")
    let none = try run(set, until: "Type yes to go on:", type: #"\x04"#)
    #expect(none.status == 2 && none.output.contains("type yes in full"), "\(none)")
    let right = try run(set, until: "Type yes to go on:", type: #"Yes\n"#)
    #expect(right.status == 0, "\(right)")
  }

  @Test("a plan wants y")
  func plan() throws {
    let free = ["free", "--demo", "--scenario", "squeeze", "6G"]
    for answer in [#"n\n"#, #"\n"#, #"sure\n"#] {
      let no = try run(free, until: "[y/N]", type: answer)
      #expect(no.status == 2, "\(no)")
      #expect(no.output.contains("nothing was changed: the plan was not accepted"), "\(no)")
    }
    let yes = try run(free, until: "[y/N]", type: #"y\n"#)
    #expect(yes.status == 0 && yes.output.contains("free (not promised) now: 6."), "\(yes)")
  }

  @Test("record shows what it has done, on one line, and leaves it there at the end")
  func record() throws {
    let file = NSTemporaryDirectory() + "memtop-\(UUID().uuidString)"
    defer { for end in ["", "-wal", "-shm"] { unlink(file + end) } }
    let run = try run(
      ["record", "--demo", "--scenario", "small", "-d", "0.2", file], until: "samples",
      type: #"\x03"#)
    #expect(run.status == 0, "\(run)")
    let lines = run.output.split(separator: "\n", omittingEmptySubsequences: true)
    #expect(lines.count == 1, "\(run)")
    #expect(lines[0].contains(/recording since \d\d:\d\d:\d\d: \d+ samples, .*, into \//), "\(run)")
  }

  @Test("answers are taken as they are typed", arguments: Consent.Kind.allCases)
  func answers(_ kind: Consent.Kind) {
    #expect(Consent.answer(" yes ", kind) == .yes)
    #expect(Consent.answer("y", kind) == (kind == .plan ? .yes : .no("y")))
    #expect(Consent.answer("YES", kind) == .yes)
    #expect(Consent.answer("", kind) == .no(""))
    #expect(Consent.answer("\u{1B}[2J", kind) == .no("\\x1b[2J"))
  }
}
