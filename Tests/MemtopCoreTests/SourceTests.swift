import Foundation
import Testing
import MemtopCore

/// Rules about the source that no compiler keeps.
@Suite(.timeLimit(.minutes(30))) struct SourceTests {
  struct Rule: Sendable, CustomTestStringConvertible {
    let what: String
    /// A line that breaks it.
    let pattern: String
    /// Where it is what is asked for.
    var exempt: [String] = []
    var folders = [
      "MemtopCore", "MemtopUI", "MemtopSimulation", "MemtopXen", "MemtopConf", "memtop",
    ]
    var testDescription: String { what }
  }

  static let rules = [
    Rule(
      what: "numbers of time are not added or multiplied: a Span, an Instant is, and saturates",
      pattern: #"\.milliseconds\)* [-+*] |[-+*] [\w.$]+\.milliseconds\b"#,
      exempt: ["Model/Time.swift"]),
    Rule(
      what: "numbers of KiB are not added or multiplied: Bytes are, and saturate",
      pattern: #"\.(kib|mib)\)* [-+*] |[-+*] [\w.$]+\.(kib|mib)\b(?!\()"#),
    Rule(
      what: "a fraction becomes a whole number by init(clamping:)",
      pattern: #"\bU?Int(8|16|32|64)?\((Double\(|[^)]*\.rounded\(|\(.*\.rounded\()"#,
      exempt: ["Model/Quantity.swift"]),
  ]

  private static let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Sources")

  @Test("no file has more than 300 lines")
  func short() throws {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: Self.sources.path)
      .filter { $0.hasSuffix(".swift") }
    #expect(paths.count > 300)
    for path in paths {
      let text = try Data(contentsOf: Self.sources.appendingPathComponent(path))
      let lines = text.count { $0 == UInt8(ascii: "\n") }
      #expect(lines <= 300, "\(path)")
    }
  }

  @Test("the source keeps rules that no compiler does", arguments: rules)
  func keeps(rule: Rule) throws {
    let pattern = try NSRegularExpression(pattern: rule.pattern)
    var seen = 0
    for folder in rule.folders {
      for path in try FileManager.default.subpathsOfDirectory(
        atPath: Self.sources.appendingPathComponent(folder).path) where path.hasSuffix(".swift")
      {
        let text = try String(
          contentsOf: Self.sources.appendingPathComponent(folder + "/" + path), encoding: .utf8)
        seen += 1
        guard !rule.exempt.contains(where: path.hasSuffix) else { continue }
        for (number, line) in text.components(separatedBy: "\n").enumerated() {
          let code = line.components(separatedBy: "//")[0]
          let range = NSRange(code.startIndex..., in: code)
          guard pattern.firstMatch(in: code, range: range) != nil else { continue }
          Issue.record("\(folder)/\(path):\(number + 1): \(line)")
        }
      }
    }
    #expect(seen > 100)
  }
}
