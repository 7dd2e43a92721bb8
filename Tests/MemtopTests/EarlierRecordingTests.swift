import Foundation
import MemtopCore
import MemtopRecording
import Testing

/// Recordings that earlier versions made, and what those versions printed of them. Both are kept for
/// ever: whoever records today wants to read it in ten years. Only the lines of `memtop report` are younger:
/// at first it counted stale reports, too.
///
/// `random-load` was made by the first version that recorded, on a real Xen; the others by 0.1.
@Suite("Recordings of earlier versions", .timeLimit(.minutes(30))) struct EarlierRecordingTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("MemtopRecordingTests/Recordings")

  /// By name, and the step at which its samples are printed.
  static let all = [("random-load", "1m"), ("0.1-datacenter", "15s"), ("0.1-squeeze", "15s")]

  /// Every field that recordings have had from the first.
  private static let fields =
    "id,name,state,alloc,target,max,dynmin,dynmax,limit,busy,cache,avail,free,swap,swapin,"
    + "swapout,pressure,psi_some,psi_full,health,age,dialect,kind,stub_of,uuid,os,ip"

  private static func file(_ name: String) -> String { folder.appendingPathComponent(name).path }

  private func output(_ arguments: String...) throws -> String {
    let run = try Program.start(arguments)
    #expect(run.status == 0 && run.errors == "", "\(arguments): \(run.errors)")
    return run.output
  }

  private func samples(_ path: String, step: String) throws -> String {
    try output("dump", path, "--format", "csv", "--every", step, "--fields", Self.fields)
  }

  /// Without the sentence at the end, which may be worded otherwise one day.
  private func events(_ path: String) throws -> String {
    try output("dump", path, "--events", "--format", "csv").split(separator: "\n").map { line in
      line.split(separator: ",", omittingEmptySubsequences: false).prefix(6)
        .joined(separator: ",")
    }.joined(separator: "\n") + "\n"
  }

  @Test("dump and report print what they printed then", arguments: all)
  func reading(name: String, step: String) throws {
    let wanted = try String(contentsOfFile: Self.file(name + ".txt"), encoding: .utf8)
    let path = Self.file(name + ".memtop")
    let got = [
      try samples(path, step: step), try events(path),
      try output("report", path, "--format", "csv"),
    ].joined(separator: "\n")
    let (old, new) = (wanted.split(separator: "\n"), got.split(separator: "\n"))
    #expect(old.count == new.count)
    for (one, other) in zip(old, new) where one != other {
      Issue.record("\(name):\n- \(one)\n+ \(other)")
    }
  }

  @Test("one that is continued today keeps every table and column, and its samples", arguments: all)
  func continuing(name: String, step: String) throws {
    let scratch = try RecordedHost(seconds: 1..<2)
    let path = scratch.file("continued.memtop")
    try FileManager.default.copyItem(atPath: Self.file(name + ".memtop"), toPath: path)
    let before = try Extract(RecordingFile(path)).report().stretch
    let end = try #require(before?.upperBound)
    let writer = try RecordingWriter(path, RecordingOptions(user: "alice"), now: end)
    try writer.close()
    let wanted = try String(contentsOfFile: Self.file(name + ".txt"), encoding: .utf8)
    let got = try samples(path, step: step)
    #expect(wanted.hasPrefix(got), "\(name): its samples differ")
  }
}
