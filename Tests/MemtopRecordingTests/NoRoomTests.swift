import Foundation
import Testing

/// A small file system of the test's own, in a name space of its own.
@Suite("No room", .timeLimit(.minutes(30)))
struct NoRoomTests {
  let scratch = Scratch()

  /// Whether this can be had.
  static let mayMount: Bool = {
    let probe = try? Probe(script: "exec unshare -m mount -t tmpfs tmpfs /mnt")
    return probe?.end() == 0
  }()

  /// Runs a script in which `$0` is the probe and `$PWD` a file system of this size.
  private func run(size: String, _ script: String) throws -> Probe {
    let probe = try Probe(
      script: """
        exec unshare -m bash -c '
          mount -t tmpfs -o size=\(size) tmpfs "$1" || exit 99
          cd "$1"; \(script)' "$0" "\(scratch.path)"
        """)
    _ = probe.end()
    return probe
  }

  @Test(
    "a full disk ends it with one line; what was written is whole; with space it goes on",
    .enabled(if: mayMount, "a mount name space needs root"))
  func fullDisk() throws {
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

  @Test(
    "a recorder that stays goes on once there is space again, with nothing else missing",
    .enabled(if: mayMount, "a mount name space needs root"))
  func patient() throws {
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

  @Test(
    "where not even the file's beginning has room, that is said, and a later recorder makes it",
    .enabled(if: mayMount, "a mount name space needs root"))
  func noBeginning() throws {
    let probe = try run(
      size: "32k",
      """
      "$0" write a 1 10; echo "status $?"; "$0" check a
      mount -o remount,size=2m "$PWD"
      "$0" write a 1 10 >/dev/null; "$0" check a; echo "check $?"
      """)
    #expect(probe.lines.first?.hasPrefix("full: a") == true, "\(probe.text)")
    #expect(probe.lines.contains("status 1"))
    #expect(probe.lines.suffix(2) == ["numbers 1-10", "check 0"], "\(probe.text)")
  }
}
