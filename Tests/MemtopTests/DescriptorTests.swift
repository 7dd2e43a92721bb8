import Foundation
import MemtopRecording
import Testing

@Suite("descriptors that whoever starts memtop has closed", .timeLimit(.minutes(30)))
struct DescriptorTests {
  @Test(
    "are never a recording's: no message is written into it",
    arguments: ["<&-", "2>&-", "<&- 2>&-", "<&- >&- 2>&-"])
  func record(closed: String) throws {
    let directory = NSTemporaryDirectory() + "memtop-\(UUID().uuidString)"
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let file = directory + "/a.memtop"
    // The second one is refused, in words that must go nowhere near the file.
    let run = try Program.shell(
      """
      "$0" record --demo -d 0.2 "$1" \(closed) & pid=$!
      await recorded "$1"
      readlink /proc/$pid/fd/0 /proc/$pid/fd/1 /proc/$pid/fd/2
      "$0" record --demo "$1" \(closed); echo $?
      kill $pid; wait $pid; echo $?
      """, [file])
    let lines = run.output.split(separator: "\n").map(String.init)
    #expect(!lines.contains { $0.hasPrefix(directory) }, "\(run)")
    #expect(lines.suffix(2) == ["73", "0"], "\(run)")
    let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    #expect(bytes.range(of: Data("memtop: ".utf8)) == nil)
    let recording = try RecordingFile(file)
    #expect(recording.damage.isEmpty)
  }

  @Test("an answer is not read from a closed standard input")
  func input() throws {
    let run = try Program.shell(
      #""$0" free --demo --scenario squeeze 6G <&-"#)
    #expect(run.status == 2, "\(run)")
  }
}
