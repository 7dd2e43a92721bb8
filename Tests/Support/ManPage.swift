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
