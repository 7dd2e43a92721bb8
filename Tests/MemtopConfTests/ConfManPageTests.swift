import Foundation
import MemtopConf
import MemtopCore
import Testing

/// memtop.conf(5) says what the code reads. `make man` writes its lists of keys anew.
@Suite struct ConfManPageTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private static let page = root.appendingPathComponent("man/memtop.conf.5")
  private static let example = root.appendingPathComponent("docs/example.memtop.conf")

  private static func range(_ block: String, in text: String) -> Range<String.Index>? {
    guard let begin = text.range(of: ".\\\" BEGIN \(block)\n"),
      let end = text.range(of: ".\\\" END \(block)\n", range: begin.upperBound..<text.endIndex)
    else { return nil }
    return begin.upperBound..<end.lowerBound
  }

  private static func list(_ keys: [PolicyKey]) -> String {
    func mdoc(_ text: String) -> String {
      // Each sentence begins a line, as mdoc(7) wants it.
      text.replacing("-", with: "\\-").replacing("'", with: "\\(aq").replacing(". ", with: ".\n")
    }
    let lines =
      [".Bl -tag -width \"hands-offXX\" -compact"]
      + keys.flatMap { [".It Cm \(mdoc($0.name)) = \(mdoc($0.values))", mdoc($0.description)] }
      + [".El"]
    return lines.map { $0 + "\n" }.joined()
  }

  @Test("the lists of keys are the code's")
  func keys() throws {
    var text = try String(contentsOf: Self.page, encoding: .utf8)
    let isRecording = ProcessInfo.processInfo.environment["MEMTOP_RECORD_GOLDEN"] == "1"
    for (block, keys) in [("HOST KEYS", PolicyKey.host), ("DOMAIN KEYS", PolicyKey.domain)] {
      let range = try #require(Self.range(block, in: text), "the page has no block \(block)")
      let wanted = Self.list(keys)
      if isRecording {
        text.replaceSubrange(range, with: wanted)
      } else {
        #expect(text[range] == wanted, "\(block) of man/memtop.conf.5 is out of date: make man")
      }
    }
    if isRecording { try Data(text.utf8).write(to: Self.page) }
  }

  @Test("the page's example is the file beside it, and memtop reads it")
  func example() throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    let file = try String(contentsOf: Self.example, encoding: .utf8)
    let block = try #require(Self.range("EXAMPLE", in: text))
    let lines = text[block].split(separator: "\n").filter { !$0.hasPrefix(".") }
    let shown = lines.map(String.init).map {
      $0.replacing("\\-", with: "-").replacing("\\(aq", with: "'")
    }

    #expect(shown == file.split(separator: "\n").map { String($0) })
    let set = try PolicyFile.read(Self.example.path)
    #expect(set.rules.count > 3)
  }
}
