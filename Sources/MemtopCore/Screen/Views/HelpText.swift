/// The help overlay: every key that exists now, and what the signs mean, from the tables.
struct HelpText {
  let readOnly: Bool
  let glyphs: GlyphSet
  let width: Int

  /// Two columns where both have room to say something.
  func lines() -> [StyledLine] {
    let isWide = width >= 78
    let half = isWide ? (width - 2) / 2 : width
    let blocks =
      Command.Group.allCases.map { block($0, width: half) }.filter { !$0.isEmpty }
      + [legend(width: half)]
    guard isWide else { return blocks.flatMap { $0 + [.blank] } }
    let (left, right) = Self.split(blocks)
    return (0..<max(left.count, right.count)).map { row in
      var line = row < left.count ? left[row] : .blank
      guard row < right.count, !right[row].pieces.isEmpty else { return line }
      line.pad(to: half + 2, gap: 0)
      line.add(right[row])
      return line
    }
  }

  /// Two columns as equal in height as whole blocks allow, in reading order.
  private static func split(_ blocks: [[StyledLine]]) -> ([StyledLine], [StyledLine]) {
    let total = blocks.reduce(0) { $0 + $1.count + 1 }
    var left: [StyledLine] = []
    var right: [StyledLine] = []
    for block in blocks {
      if right.isEmpty, left.count + block.count / 2 <= total / 2 {
        left += block + [.blank]
      } else {
        right += block + [.blank]
      }
    }
    return (left, right)
  }

  private func block(_ group: Command.Group, width: Int) -> [StyledLine] {
    let commands = Command.table.filter { $0.group == group && !(readOnly && $0.changesHost) }
    guard !commands.isEmpty else { return [] }
    return [StyledLine(group.rawValue, .heading)]
      + commands.flatMap { row($0.keys.joined(separator: " "), .key, $0.help, width: width) }
  }

  /// The sign, and its words beside it in as many lines as they need.
  private func row(_ sign: String, _ style: Style, _ text: String, width: Int) -> [StyledLine] {
    let margin = 11
    var lines = StyledLine.wrapped(text, width: width, indent: margin)
    var first = StyledLine(" ")
    first.add(sign, style)
    first.pad(to: margin)
    first.add(String(lines.first?.pieces.first?.text.dropFirst(margin) ?? ""))
    if lines.isEmpty { lines = [first] } else { lines[0] = first }
    return lines
  }

  private func legend(width: Int) -> [StyledLine] {
    let signs: [(String, Style, String)] = [
      (
        "\(glyphs.busy) \(glyphs.cache) \(glyphs.free)", .plain,
        "busy, cache, free; blank is not allocated"
      ),
      ("\(glyphs.unknown)", .dim, "allocated, and no report says for what"),
      ("\(glyphs.mark)", .strong, "a target that it is not at"),
      (
        "\(glyphs.faint) \(glyphs.unknown)", .dim,
        "in the host's bar: free but promised; xen, dying, being wiped"
      ),
      ("\(glyphs.up) \(glyphs.down)", .plain, "growing, shrinking towards the target"),
      ("\(glyphs.stuck)", .warning, "stuck: does not follow its target"),
      ("\(glyphs.arrow)", .staged, "staged, not set"),
      ("?", .dim, "the guest did not say"),
      ("-", .dim, "there is none"),
      ("ok?", .plain, "from a report of unknown age"),
    ]
    return [StyledLine("Signs", .heading)] + signs.flatMap { row($0.0, $0.1, $0.2, width: width) }
  }
}
