import Foundation
import Testing

extension XenLab {
  /// What an operator saw on a real Xen, seen again on a machine without one.
  @Suite("a recording shows outside what was shown in dom0", .timeLimit(.minutes(120)))
  struct RecordingTests {
    let lab: Lab

    init() throws { lab = try Lab.with(.xenstored) }

    @Test("guests squeezed, grown and destroyed: each frame is the same, cell by cell")
    func frames() throws {
      try lab.settle("pv1")
      try lab.text("rm -f /tmp/lab.memtop*")
      let live = try Terminal(lab)
      // By name: the order by trouble holds still for a while, which depends on what was before.
      try live.open("--sort=name --record /tmp/lab.memtop")
      try live.see("● rec")
      defer { _ = try? lab.dom0("xl destroy pv8; xl mem-set pv1 192") }
      var frames: [Frame] = [try frozen(live)]
      try lab.text("guest-create pv8")
      try live.see("pv8 started")
      try lab.text("xl mem-set pv1 160")
      try live.see("pv1", "(not memtop)")
      try lab.awaitSize("pv1", mib: 160)
      frames.append(try frozen(live))
      try lab.text("xl destroy pv8; xl mem-set pv1 200")
      try live.see("pv8 ended")
      try lab.awaitSize("pv1", mib: 200)
      frames.append(try frozen(live))
      try live.press("r")
      try live.see("Recorded")
      try live.quit()

      let file = FileManager.default.temporaryDirectory
        .appendingPathComponent("lab-\(UUID().uuidString).memtop")
      defer { try? FileManager.default.removeItem(at: file) }
      try lab.get("/tmp/lab.memtop", file.path)
      for frame in frames { try expectSame(frame, in: file.path) }
    }

    /// What the screen shows of one sample: the host's lines, the list, and the time in the title.
    struct Frame {
      var time: String
      var rows: [String]

      init(_ screen: String) throws {
        let lines = screen.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let times = lines[0].split(separator: " ").filter { $0.split(separator: ":").count == 3 }
        time = String(try #require(times.last, "no time in \(lines[0])"))
        let blank = lines.dropFirst(5).firstIndex { $0.allSatisfy { $0 == " " } } ?? lines.count
        rows = Array(lines[1..<blank])
      }
    }

    private func frozen(_ live: Terminal) throws -> Frame {
      try live.press("g", "z")
      try live.see("FROZEN")
      let frame = try Frame(try live.screen())
      try live.press("L")
      try live.see("every 1s")
      return frame
    }

    /// Looks at the samples around that time: a second may hold two of them.
    private func expectSame(_ frame: Frame, in file: String) throws {
      let replay = try Terminal(
        command:
          "TZ=UTC TERM=screen-256color '\(Lab.binary)' replay '\(file)' --sort=name --at \(frame.time)"
      )
      try replay.see("REPLAY")
      try replay.press("T", "T", "T", "g")
      var seen: [Frame] = []
      for _ in 0..<9 {
        try settle(replay)
        seen.append(try Frame(try replay.screen()))
        if seen.last?.rows == frame.rows { break }
        try replay.press("t", "g")
      }
      try replay.press("C-c")
      let differing = { (found: Frame) in
        zip(frame.rows, found.rows).count { $0 != $1 } + abs(frame.rows.count - found.rows.count)
      }
      let nearest = try #require(seen.min { differing($0) < differing($1) })
      #expect(
        differing(nearest) == 0,
        "of \(frame.time), nearest at \(nearest.time) of \(seen.map(\.time)):\n\(frame.rows.joined(separator: "\n"))\n\(nearest.rows.joined(separator: "\n"))"
      )
    }

    /// Keys are answered in turn: once a prompt came and went, those before it have been.
    private func settle(_ terminal: Terminal) throws {
      try terminal.press("/")
      try terminal.see("Filter:")
      try terminal.press("Enter")
      try terminal.see(not: "Filter:")
    }

    @Test("memtop record needs none of Linux's capabilities, as its service has none")
    func unprivileged() throws {
      try lab.put("/usr/bin/setpriv", "/tmp/setpriv")
      let linked = try Command.run(["/usr/bin/ldd", "/usr/bin/setpriv"]).orThrow().output
      let library = linked.split(whereSeparator: \.isWhitespace).first {
        $0.hasPrefix("/") && $0.contains("libcap-ng")
      }
      try lab.put(String(try #require(library)), "/tmp/libcap-ng.so.0")
      let recorded = try lab.dom0(
        """
        rm -f /tmp/p.memtop; LD_LIBRARY_PATH=/tmp /tmp/setpriv --no-new-privs --bounding-set=-all --inh-caps=-all \
        memtop record /tmp/p.memtop & \(Lab.wait(until: "test -s /tmp/p.memtop || ! kill -0 $!"))
        kill -TERM $!; wait $!
        """)
      #expect(recorded.status == 0 && recorded.errors.isEmpty, "\(recorded)")
      #expect(try lab.dom0("test -s /tmp/p.memtop").status == 0)
    }

    @Test("memtop record runs beside a screen, is refused a second time, and ends whole by TERM")
    func headless() throws {
      try lab.text(
        "rm -f /tmp/r.memtop*; (memtop record /tmp/r.memtop & echo $! >/tmp/r.pid)")
      _ = try eventually("a recording") {
        try lab.dom0("test -s /tmp/r.memtop").status == 0 ? true : nil
      }
      let second = try lab.dom0("memtop record /tmp/r.memtop")
      #expect(second.status == 73, "\(second)")
      #expect(second.errors.contains("memtop record of root"), "\(second)")
      try lab.text("kill -TERM $(cat /tmp/r.pid)")
      _ = try eventually("its end") {
        try lab.dom0("kill -0 $(cat /tmp/r.pid) 2>/dev/null").status != 0 ? true : nil
      }
      #expect(try lab.text("ls /tmp/r.memtop*") == "/tmp/r.memtop")
    }
  }
}
