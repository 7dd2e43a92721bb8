import Foundation
import Testing

@Suite("messages hold nothing that a terminal obeys", .timeLimit(.minutes(30))) struct MessageTests
{
  /// A title, a colour, a C1 introducer, a direction mark, and a line that looks like memtop's own.
  private static let name = "\u{1B}]0;pwn\u{7}\u{1B}[31m\u{9B}2J\u{202E}x\nmemtop: all is well"

  private static let commands: [[String]] = [
    ["dump", name], ["report", name], ["replay", name], ["record", name + "/x", "--demo"],
    ["dump", "-o", name, name], ["--record", name + "/x", "--demo"],
    ["dump", "/dev/null", "--domain", name], ["report", "/dev/null", "--begin", name],
    ["replay", "/dev/null", "--at", name], ["record", "x", "--max-size", name],
    ["record", "x", "--keep", name], ["record", "x", "--sync", name],
    ["simulate", "--scenario", name], ["simulate", "--load", name], ["simulate", "--rules", name],
    ["simulate", "--guests", name], ["policy", "--policy", name], ["--policy", name, "-b", "-n1"],
    ["regulate", "--policy", name, "--demo"], ["set", name, "1G", "--demo"],
    ["set", "1", name, "--demo"], ["set", "1", "1G", "--wait=" + name], ["free", name, "--demo"],
    ["-b", "--fields", name], ["-b", "--sort", name], ["-b", "--format", name],
    ["-b", "--demo", "--scenario", name], ["-d", name], ["-n", name], [name], ["help", name],
    ["dump", "x", name], ["--" + name], ["-" + name], ["set", "--" + name + "=1"],
  ]

  @Test("whatever the file or the argument is called", arguments: commands)
  func clean(_ arguments: [String]) throws {
    let run = try Program.shell(#"exec timeout 60 "$0" "$@" </dev/null"#, arguments)
    #expect(run.status != 0 && run.status < 124, "\(run)")
    let said = run.errors + run.output
    #expect(!said.isEmpty)
    for scalar in said.unicodeScalars where scalar != "\n" {
      let category = scalar.properties.generalCategory
      #expect(category != .control && category != .format, "\(said.debugDescription)")
    }
    #expect(!said.split(separator: "\n").contains("memtop: all is well"), "\(said)")
  }

  /// Nothing but this writes to standard error; whatever else did would not escape.
  private static let writer = "System/StandardError.swift"

  @Test("there is one way to standard error")
  func oneWay() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../../Sources").standardized.path
    let ways = [
      "stderr", "perror(", "fputs(", "print(", "FileHandle", "(STDERR_FILENO,", "to: STDERR",
    ]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder)
    where path.hasSuffix(".swift") && !path.hasSuffix(Self.writer) {
      let text = try String(contentsOfFile: folder + "/" + path, encoding: .utf8)
      for line in text.components(separatedBy: "\n") {
        let code = line.components(separatedBy: "//")[0]
        let isMethod = code.contains("func print(") || code.contains(".print(")
        let found = ways.first { code.contains($0) }
        if let found, !isMethod { Issue.record("\(path): \(found): \(line)") }
      }
    }
  }
}
