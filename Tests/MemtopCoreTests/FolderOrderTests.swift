import Foundation
import Testing

/// ARCHITECTURE.md has the order of MemtopCore's folders: each uses only those before it.
@Suite(.timeLimit(.minutes(30))) struct FolderOrderTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()

  /// The names in the line that begins so.
  private static func order() throws -> [String] {
    let text = try String(
      contentsOf: root.appendingPathComponent("ARCHITECTURE.md"), encoding: .utf8)
    let line = text.components(separatedBy: "\n").first {
      $0.hasPrefix("The folders of `MemtopCore`, each using only those before it: ")
    }
    let list = try #require(line).components(separatedBy: ": ")[1]
    return list.components(separatedBy: "`").enumerated().filter { $0.offset % 2 == 1 }
      .map(\.element)
  }

  private static func sources() throws -> [String: String] {
    let folder = root.appendingPathComponent("Sources/MemtopCore")
    var texts: [String: String] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
    where path.hasSuffix(".swift") {
      texts[path] = try String(contentsOf: folder.appendingPathComponent(path), encoding: .utf8)
    }
    return texts
  }

  @Test("no folder uses what one above it declares")
  func noCircle() throws {
    for fault in try FolderOrder(Self.order(), Self.sources()).faults { Issue.record("\(fault)") }
  }

  @Test("every folder has its place in the order")
  func complete() throws {
    let folders = Set(
      try Self.sources().keys.map { path in
        path.components(separatedBy: "/").dropLast().joined(separator: "/")
      })
    #expect(folders == Set(try Self.order()))
  }

  struct Example: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// In `Low`; `High` declares `Tower`, and adds `height`, `climb()` and `top` to `Low`'s `Hill`.
    let line: String
    var name: String?
  }

  @Test(
    "what one above it declares is found",
    arguments: [
      Example(testDescription: "a type", line: "let a: Tower?", name: "Tower"),
      Example(testDescription: "a function", line: "let a = build(hill)", name: "build"),
      Example(testDescription: "in a string", line: "let a = \"x \\(Tower())\"", name: "Tower"),
      Example(testDescription: "a property", line: "let a = hill.height", name: "height"),
      Example(testDescription: "a method", line: "let a = hill?.climb()", name: "climb"),
      Example(testDescription: "a static one", line: "let a: Hill = .top", name: "top"),
      Example(testDescription: "its own type", line: "let a: Hill?"),
      Example(testDescription: "a word of a text", line: "let a = \"Tower\"  // Tower"),
      Example(testDescription: "a type in another", line: "let a: Village.Tower?"),
      Example(testDescription: "a case of that name", line: "let a: Way = .climb()"),
      Example(testDescription: "a function named as a property", line: "let a = hill.height()"),
      Example(testDescription: "a name that it has, too", line: "let a = hill.width"),
      Example(testDescription: "a private one", line: "let a = hill.secret"),
    ])
  func example(_ example: Example) {
    let order = FolderOrder(
      ["Low", "High"],
      [
        "Low/Hill.swift": "struct Hill { let width = 1 }\n" + example.line,
        "High/Tower.swift": """
        struct Tower {}
        func build(_ hill: Hill) -> Tower { Tower() }
        extension Hill {
          var height: Int { 1 }
          var width: Int { 2 }
          private var secret: Int { 3 }
          func climb() {}
          static let top = Hill()
        }
        """,
      ])
    let wanted = example.name.map { ["Low/Hill.swift:2 uses \($0) of High above it"] } ?? []
    #expect(order.faults == wanted)
  }
}
