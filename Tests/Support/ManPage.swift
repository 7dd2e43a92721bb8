import Foundation
import MemtopCore

/// A page of man/, and the parts of it that stand between `.\" BEGIN NAME` and `.\" END NAME`.
struct ManPage {
  private(set) var text: String

  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  private let file: URL

  init(_ name: String = "memtop.8") throws {
    file = Self.root.appendingPathComponent("man/" + name)
    text = try String(contentsOf: file, encoding: .utf8)
  }

  func write() throws { try Data(text.utf8).write(to: file) }

  /// Compares what stands in these blocks; with MEMTOP_RECORD_GOLDEN=1 (`make man`) writes it instead.
  ///
  /// - Returns: what is wrong, a line each.
  static func check(_ name: String, _ blocks: [(String, String)]) throws -> [String] {
    var page = try ManPage(name)
    let isRecording = ProcessInfo.processInfo.environment["MEMTOP_RECORD_GOLDEN"] == "1"
    var problems: [String] = []
    for (block, wanted) in blocks {
      guard let found = page[block] else {
        problems.append("man/\(name) has no block \(block)")
        continue
      }
      if isRecording {
        page[block] = wanted
      } else if found != wanted {
        problems.append("\(block) of man/\(name) is out of date: make man")
      }
    }
    if isRecording { try page.write() }
    return problems
  }

  /// What stands between the two marks; nil where one is missing.
  subscript(block: String) -> String? {
    get { range(block).map { String(text[$0]) } }
    set {
      if let range = range(block), let newValue { text.replaceSubrange(range, with: newValue) }
    }
  }

  private func range(_ block: String) -> Range<String.Index>? {
    guard let begin = text.range(of: ".\\\" BEGIN \(block)\n"),
      let end = text.range(
        of: ".\\\" END \(block)\n", range: begin.upperBound..<text.endIndex)
    else { return nil }
    return begin.upperBound..<end.lowerBound
  }
}
