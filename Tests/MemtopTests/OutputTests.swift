import Foundation
import MemtopCore
import Testing

@testable import memtop

@Suite("what could not be written is said", .timeLimit(.minutes(30)))
struct OutputTests {
  private static let commands: [[String]] = [
    ["-b", "--demo", "-n", "3", "-d", "0.2"],
    ["-b", "--demo", "-n", "1", "--format", "csv"],
    ["-b", "--demo", "-n", "1", "--format", "json"],
    ["policy", "--demo"],
    ["policy", "--demo", "--format", "csv"],
    ["set", "--demo", "files", "-1G", "--dry-run"],
    ["set", "--demo", "web1", "+256M", "--yes"],
    ["free", "--demo", "--scenario", "squeeze", "6G", "--dry-run"],
    ["free", "--demo", "--scenario", "calm", "1G"],
    ["regulate", "--demo", "--dry-run"],
    ["simulate", "--hours", "1", "--guests", "2", "--rules", "fixed"],
    ["--help"], ["set", "--help"], ["help", "record"], ["simulate", "--help"],
    ["--version"], ["--generate-completion-script", "bash"],
  ]

  @Test("a full disk is one line and status 1, whatever is printed", arguments: commands)
  func full(_ arguments: [String]) throws {
    let run = try Program.shell(#"exec timeout 60 "$0" "$@" >/dev/full"#, arguments)
    #expect(run.status == 1, "\(run)")
    let said = run.errors.split(separator: "\n").filter { $0.contains("cannot write") }
    #expect(said == ["memtop: cannot write to standard output: No space left on device"])
  }

  @Test("a closed standard output is said in the same way", arguments: commands)
  func closed(_ arguments: [String]) throws {
    let run = try Program.shell(#"exec timeout 60 "$0" "$@" >&-"#, arguments)
    #expect(run.status == 1, "\(run)")
    #expect(run.errors.contains("cannot write to standard output: Bad file descriptor"))
  }

  @Test("a reader that has gone ends it quietly", arguments: commands)
  func unread(_ arguments: [String]) throws {
    let run = try Program.shell(
      """
      mkfifo "$PIPE" && trap 'rm "$PIPE"' EXIT
      # A reader that is there when memtop opens the pipe, and gone before it writes.
      exec 3<>"$PIPE" 4>"$PIPE" 3<&-
      timeout 60 "$0" "$@" >&4
      """.replacingOccurrences(of: "$PIPE", with: scratch()), arguments)
    #expect(run.status == 0, "\(run)")
    #expect(!run.errors.contains("cannot write"))
  }

  @Test("a row that was cut short by a full file is told of")
  func cut() throws {
    let file = scratch()
    defer { unlink(file) }
    let run = try Program.shell(
      #"ulimit -f 1; "$0" -b --demo -n 1 --format csv > "$1""#, [file])
    #expect(run.status == 1)
    #expect(
      run.errors == "memtop: cannot write to standard output: File too large; "
        + "its last line is incomplete\n")
  }

  @Test(
    "a full disk on the way into a file of dump's is told of by its name, and the file is removed")
  func file() throws {
    let host = try RecordedHost(seconds: 1..<60)
    let run = try Program.shell(
      #"ulimit -f 4; "$0" dump "$1" --format csv -o "$2""#, [host.path, host.file("out.csv")])
    #expect(run.status == 1)
    #expect(
      run.errors
        == "memtop: cannot write to \(host.file("out.csv")): File too large; the file was removed\n"
    )
    #expect(!FileManager.default.fileExists(atPath: host.file("out.csv")))
  }

  private func scratch() -> String { NSTemporaryDirectory() + "memtop-\(UUID().uuidString)" }

  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")

  @Test("nothing is printed past Output")
  func past() throws {
    let printing = /(^|[^A-Za-z_.])(print|puts|fputs|printf|putchar|debugPrint|dump)\(/
    let files = try #require(FileManager.default.enumerator(atPath: Self.sources.path))
    for case let file as String in files where file.hasSuffix(".swift") {
      let path = Self.sources.appendingPathComponent(file)
      for line in try String(contentsOf: path, encoding: .utf8).split(separator: "\n") {
        #expect(!line.contains(printing), "\(file): \(line)")
      }
    }
  }

  @Test("a service goes on while its lines are not read, and says how many it left out")
  func unread() throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    defer { ends.forEach { close($0) } }
    func read() -> String {
      var bytes = [UInt8](repeating: 0, count: 1 << 20)
      let count = Glibc.read(ends[0], &bytes, bytes.count)
      return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
    let lines = ServiceLines(Output(dup(ends[1]), "a pipe"))
    let line = String(repeating: "x", count: 1000)
    for _ in 0..<200 { #expect(lines.write(line)) }
    let taken = read().split(separator: "\n").count
    #expect(taken > 10 && taken < 200)
    #expect(lines.write("again"))
    #expect(read() == "\(200 - taken) lines were left out: their reader was too slow\nagain\n")
    #expect(lines.write("on"))
    #expect(read() == "on\n")
  }
}
