/// Help as it is printed: how the command is called comes first, its options after that, and what is
/// longer last.
enum HelpText {
  private static let overview = "OVERVIEW: "
  private static let usage = "USAGE: "

  /// The argument parser's text, which begins with all that is said about the command.
  static func usageFirst(_ text: String) -> String {
    guard text.hasPrefix(overview) else { return text }
    let blocks = paragraphs(text)
    guard let place = blocks.firstIndex(where: { $0.hasPrefix(usage) }) else { return text }
    let abstract = String(blocks[0].dropFirst(overview.count))
    let ordered = [blocks[place], abstract] + blocks[(place + 1)...] + blocks[1..<max(1, place)]
    return ordered.joined(separator: "\n\n")
  }

  private static func paragraphs(_ text: String) -> [String] {
    var blocks: [[Substring]] = [[]]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if !line.isEmpty {
        blocks[blocks.count - 1].append(line)
      } else if blocks.last?.isEmpty == false {
        blocks.append([])
      }
    }
    return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
  }
}
