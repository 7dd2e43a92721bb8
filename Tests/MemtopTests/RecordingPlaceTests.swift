import Foundation
import MemtopCore
@testable import MemtopRecording
import Testing

@Suite("where a recording is written", .timeLimit(.minutes(30)))
struct RecordingPlaceTests {
  /// A directory that goes with the test.
  private final class Place {
    let path = NSTemporaryDirectory() + "memtop-\(UUID().uuidString)"
    init() throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
    func file(_ name: String) -> String { path + "/" + name }
    func mode(_ name: String) throws -> Int {
      let values = try FileManager.default.attributesOfItem(atPath: file(name))
      return (values[.posixPermissions] as? Int) ?? -1
    }
  }

  private func open(_ path: String, isNew: Bool = false) throws -> RecordingWriter {
    try RecordingWriter(
      path, RecordingOptions(), now: WallTime(milliseconds: 1_790_000_000_000), isNew: isNew)
  }

  @Test("is its owner's alone, and so is what lies beside it, whatever the umask")
  func mode() throws {
    let place = try Place()
    let run = try Program.shell(
      """
      umask 0; "$0" record --demo -d 0.2 "$1" & pid=$!
      await recorded "$1"
      stat -c %a "$1" "$1-wal" "$1-shm"; kill $pid; wait $pid; echo $?
      """, [place.file("a")])
    #expect(run.output == "600\n600\n600\n0\n", "\(run)")
  }

  @Test("is on this machine: file systems of others are known by their numbers, and disks are none")
  func local() {
    let numbers: [UInt32] = [0x6969, 0xFF53_4D42, 0xEF53, 0x0102_1994, 0]
    #expect(numbers.map(RecordingPlace.networkKind) == ["NFS", "SMB", nil, nil, nil])
  }

  @Test(
    "a planted link leads nowhere, whether its target is there or not", arguments: [true, false])
  func link(isNew: Bool) throws {
    let place = try Place()
    #expect(symlink(place.file("target"), place.file("a")) == 0)
    #expect(throws: RecordingError.self) { try open(place.file("a"), isNew: isNew) }
    #expect(access(place.file("target"), F_OK) != 0)
    try Data().write(to: URL(fileURLWithPath: place.file("target")))
    #expect(throws: RecordingError.self) { try open(place.file("a"), isNew: isNew) }
    #expect(try Data(contentsOf: URL(fileURLWithPath: place.file("target"))).isEmpty)
  }

  @Test("a link beside it is not followed either", arguments: ["-wal", "-shm", "-journal"])
  func companion(end: String) throws {
    let place = try Place()
    #expect(symlink(place.file("target"), place.file("a" + end)) == 0)
    #expect {
      try open(place.file("a"))
    } throws: { "\($0)".contains("a\(end): it is a symbolic link") }
    #expect(access(place.file("a"), F_OK) != 0)
    #expect(access(place.file("target"), F_OK) != 0)
  }

  @Test("a link to a directory is the operator's own, and is followed")
  func directory() throws {
    let place = try Place()
    try FileManager.default.createDirectory(
      atPath: place.file("real"), withIntermediateDirectories: false)
    #expect(symlink(place.file("real"), place.file("way")) == 0)
    try open(place.file("way/a")).close()
    #expect(try place.mode("real/a") == 0o600)
  }

  @Test("a file of another user's is not gone on with")
  func foreign() throws {
    guard geteuid() == 0 else { return }
    let place = try Place()
    try open(place.file("a")).close()
    #expect(chown(place.file("a"), 12345, 12345) == 0)
    #expect {
      try open(place.file("a"))
    } throws: { "\($0)".contains("it belongs to another user (uid 12345)") }
  }

  @Test("a new one is never one that is there")
  func new() throws {
    let place = try Place()
    try open(place.file("a"), isNew: true).close()
    #expect {
      try open(place.file("a"), isNew: true)
    } throws: { ($0 as? RecordingError)?.cause == .exists }
    try open(place.file("a")).close()
  }

  @Test("a FIFO, a directory and a device are named, and nothing waits for them")
  func kinds() throws {
    let place = try Place()
    #expect(mkfifo(place.file("fifo"), 0o600) == 0)
    let cases = [
      (place.file("fifo"), "is a FIFO"), (place.path, "is a directory"),
      ("/dev/null", "is a device"),
    ]
    for (path, words) in cases {
      for command in ["record --demo", "dump", "report", "replay"] {
        let run = try Program.shell(#"timeout 20 "$0" \#(command) "$1""#, [path])
        #expect(run.errors.contains(words), "\(command) \(path): \(run)")
        #expect(run.status == (command == "record --demo" ? 1 : 65), "\(command): \(run)")
      }
    }
  }

  @Test("dump writes into nothing that is there, a planted link among it")
  func dump() throws {
    let host = try RecordedHost(seconds: 1..<5)
    let place = try Place()
    for format in ["memtop", "csv"] {
      #expect(symlink(place.file("target"), place.file(format)) == 0)
      let run = try Program.run("dump", host.path, "--format", format, "-o", place.file(format))
      #expect(run.status == 1 && run.errors.contains("already exists"), "\(run)")
      #expect(access(place.file("target"), F_OK) != 0)
    }
    let run = try Program.run("dump", host.path, "--format=memtop", "-o\(place.file("new"))")
    #expect(run.status == 0, "\(run)")
    #expect(try place.mode("new") == 0o600)
  }

  @Test("a policy that nobody writes is not waited for without a word; one through a pipe is read")
  func policy() throws {
    let place = try Place()
    #expect(mkfifo(place.file("fifo"), 0o600) == 0)
    let silent = try Program.run("policy", "--demo", "--policy", place.file("fifo"))
    #expect(silent.status == 65 && silent.errors.contains("is not a regular file"), "\(silent)")
    let piped = try Program.shell(
      #""$0" policy --demo --format csv --policy <(echo '[domain web1]'; sleep 0.2; echo floor=1G)"#
    )
    #expect(piped.status == 0 && piped.output.contains(",1073741824,"), "\(piped)")
  }
}
