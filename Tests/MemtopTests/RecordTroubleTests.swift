import Foundation
import Testing

@Suite("memtop record where it cannot go on", .timeLimit(.minutes(30)))
struct RecordTroubleTests {
  private func scratch() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent("memtop-\(UUID().uuidString)")
      .path
  }

  @Test(
    "a full disk ends it with status 1 and one line",
    .enabled(if: Program.mayMount, "a mount name space needs root"))
  func fullDisk() throws {
    let run = try Program.shell(
      """
      mkdir "$1"; trap 'rmdir "$1"' EXIT
      timeout 300 unshare -m bash -c 'mount -t tmpfs -o size=400k tmpfs "$2" || exit 99
        cd "$2" && exec "$1" record --demo -d 0.2 full.memtop' - "$0" "$1"
      """, [scratch()])
    #expect(run.status == 1)
    #expect(run.errors == "memtop: full.memtop: the disk is full\n")
  }

  @Test("a limit on the size of files ends it with status 1 and one line, and not by a signal")
  func fileSizeLimit() throws {
    let file = scratch()
    defer { unlink(file) }
    let run = try Program.shell(
      #"ulimit -f 300; timeout 300 "$0" record --demo -d 0.2 "$1""#, [file])
    #expect(run.status == 1)
    #expect(run.errors == "memtop: \(file): the file may not grow further (File too large)\n")
    unlink(file + "-wal")
    unlink(file + "-shm")
  }

  @Test("a damaged file is not gone on with: status 65")
  func damaged() throws {
    let file = scratch()
    defer { unlink(file) }
    let run = try Program.shell(
      """
      timeout 300 "$0" record --demo -d 0.2 "$1" & pid=$!
      await recorded "$1"
      kill $pid; wait $pid
      [ "$(stat -c %s "$1")" -gt 20000 ] || exit 99
      truncate -s 20000 "$1"
      timeout 300 "$0" record --demo -d 0.2 "$1"
      """, [file])
    #expect(run.status == 65)
    #expect(run.errors.hasPrefix("memtop: \(file) is damaged: "))
    #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
  }

  @Test("a -shm that is truncated under it ends it with status 1 and one line")
  func sharedMemoryTruncated() throws {
    let file = scratch()
    defer { for end in ["", "-wal", "-shm"] { unlink(file + end) } }
    let run = try Program.shell(
      """
      timeout 300 "$0" record --demo -d 0.2 "$1" & pid=$!
      await recorded "$1"
      truncate -s 0 "$1-shm"
      wait $pid; status=$?
      "$0" dump "$1" | grep -q . || exit 99
      exit $status
      """, [file])
    #expect(run.status == 1)
    #expect(
      run.errors
        == "memtop: \(file)-shm: it was truncated while memtop used it, or its disk failed\n")
  }
}
