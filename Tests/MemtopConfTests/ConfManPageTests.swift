import Foundation
import MemtopConf
import MemtopCore
import Testing

@testable import TestSupport

/// memtop.conf(5) says what the code reads. `make man` writes its lists of keys anew.
@Suite(.timeLimit(.minutes(30))) struct ConfManPageTests {
  private static let example = ManPage.root.appendingPathComponent("docs/example.memtop.conf")

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
    let blocks = [("HOST KEYS", PolicyKey.host), ("DOMAIN KEYS", PolicyKey.domain)]
      .map { ($0, Self.list($1)) }
    #expect(try ManPage.check("memtop.conf.5", blocks) == [])
  }

  @Test("the page's example is the file beside it, and memtop reads it")
  func example() throws {
    let file = try String(contentsOf: Self.example, encoding: .utf8)
    let block = try #require(ManPage("memtop.conf.5")["EXAMPLE"])
    let lines = block.split(separator: "\n").filter { !$0.hasPrefix(".") }
    let shown = lines.map(String.init).map {
      $0.replacing("\\-", with: "-").replacing("\\(aq", with: "'")
    }

    #expect(shown == file.split(separator: "\n").map { String($0) })
    let set = try PolicyFile.read(Self.example.path)
    #expect(set.rules.count > 3)
  }
}
