import Foundation
import Testing

/// A small file system of the test's own, in a name space of its own.
@Suite("No room", .timeLimit(.minutes(30)))
struct NoRoomTests {
  let scratch = Scratch()

  /// Runs a script in which `$0` is the probe and `$PWD` a file system of this size; nil where that
  /// cannot be had, which is told.
  private func run(size: String, _ script: String) throws -> Probe? {
    let probe = try Probe(
      script: """
        exec unshare -m bash -c '
          mount -t tmpfs -o size=\(size) tmpfs "$1" || { echo "cannot mount"; exit 99; }
          cd "$1"; \(script)' "$0" "\(scratch.path)" || { echo "cannot unshare"; exit 99; }
        """)
    let status = probe.end()
    if probe.text.contains("cannot mount") || probe.text.isEmpty || status == 126 {
      print("skipped: a full disk: a small file system needs root and a mount name space")
      return nil
    }
    return probe
  }

  @Test("a full disk ends it with one line; what was written is whole; with space it goes on")
  func fullDisk() throws {
    guard
      let probe = try run(
        size: "700k",
        """
        "$0" write a 1 100000; echo "status $?"
        "$0" check a; echo "check $?"
        mount -o remount,size=9m "$PWD"
        last=$("$0" check a | sed -n "s/^numbers.*-//p")
        "$0" write a $((last + 1)) 100; echo "again $?"
        "$0" check a; echo "check $?"; ls
        """)
    else { return }
    #expect(probe.lines.filter { $0.hasPrefix("full: ") } == ["full: a: the disk is full"])
    #expect(probe.lines.contains("status 1"))
    #expect(probe.lines.contains("again 0"))
    #expect(
      probe.lines.filter { $0.hasPrefix("check ") } == ["check 0", "check 0"],
      "\(probe.text.suffix(600))")
    let held = probe.lines.filter { $0.hasPrefix("numbers 1-") }.compactMap {
      Int64($0.dropFirst(10))
    }
    let full = probe.lines.firstIndex { $0.hasPrefix("full: ") } ?? 0
    #expect(probe.lines[..<full].last.flatMap { Int64($0) } == held.first, "\(held)")
    #expect(held.last == held.first.map { $0 + 100 })
    #expect(probe.lines.last == "a")
  }

  @Test("a recorder that stays goes on once there is space again, with nothing else missing")
  func patient() throws {
    guard
      let probe = try run(
        size: "900k",
        """
        head -c 300k /dev/zero >filler
        mkfifo told
        "$0" write a 1 900 patient=yes >told & writer=$!
        while read -r line; do
          case $line in waits*) [ ! -e filler ] || { echo "$line"; rm filler; mount -o remount,size=9m "$PWD"; };; esac
        done <told
        wait $writer; echo "status $?"; "$0" check a; echo "check $?"
        """)
    else { return }
    #expect(probe.lines.first == "waits: a: the disk is full")
    #expect(probe.lines.contains("status 0"))
    #expect(probe.lines.contains("numbers 1-900"), "\(probe.text.suffix(400))")
    #expect(probe.lines.last == "check 0")
  }

  @Test("a limit on the size of files, as of ulimit, is told as such, and is no end by a signal")
  func fileSizeLimit() throws {
    let path = scratch.file("a")
    let probe = try Probe(
      script: """
        (ulimit -f 300; "$0" write "\(path)" 1 100000; echo "status $?")
        "$0" check "\(path)"; echo "check $?"
        """)
    _ = probe.end()
    #expect(
      probe.lines.contains { $0.hasPrefix("full: \(path): the file may not grow further") },
      "\(probe.text.suffix(300))")
    #expect(probe.lines.contains("status 1"))
    #expect(probe.lines.last == "check 0", "\(probe.text.suffix(300))")
  }

  @Test("where not even the file's beginning has room, that is said, and a later recorder makes it")
  func noBeginning() throws {
    guard
      let probe = try run(
        size: "32k",
        """
        "$0" write a 1 10; echo "status $?"; "$0" check a
        mount -o remount,size=2m "$PWD"
        "$0" write a 1 10 >/dev/null; "$0" check a; echo "check $?"
        """)
    else { return }
    #expect(probe.lines.first?.hasPrefix("full: a") == true, "\(probe.text)")
    #expect(probe.lines.contains("status 1"))
    #expect(probe.lines.suffix(2) == ["numbers 1-10", "check 0"], "\(probe.text)")
  }
}
