import Foundation
import Testing

/// Frames kept as text files in Golden/, reviewed as diffs.
///
/// MEMTOP_RECORD_GOLDEN=1 writes them anew instead of comparing.
enum Golden {
  static func check(
    _ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let file = folder.appendingPathComponent(name + ".txt")
    if ProcessInfo.processInfo.environment["MEMTOP_RECORD_GOLDEN"] == "1" {
      do { try Data(text.utf8).write(to: file) } catch { Issue.record(error) }
      return
    }
    guard let data = try? Data(contentsOf: file) else {
      Issue.record("\(file.path) is missing: record it", sourceLocation: sourceLocation)
      return
    }
    let wanted = String(decoding: data, as: UTF8.self)
    guard wanted != text else { return }
    Issue.record("\(name):\n\(difference(wanted, text))", sourceLocation: sourceLocation)
  }

  private static func difference(_ wanted: String, _ got: String) -> String {
    let old = wanted.split(separator: "\n", omittingEmptySubsequences: false)
    let new = got.split(separator: "\n", omittingEmptySubsequences: false)
    return (0..<max(old.count, new.count)).compactMap { row in
      let before = row < old.count ? old[row] : ""
      let after = row < new.count ? new[row] : ""
      return before == after ? nil : "row \(row)\n- \(before)\n+ \(after)"
    }.joined(separator: "\n")
  }

  private static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().appendingPathComponent("Golden")
}
