import MemtopCore

/// The help overlay: every key that exists now, and what the signs mean, from the tables.
struct KeyHelp {
  let settings: ScreenSettings
  /// The timeline is on the screen: its signs want to be explained.
  let hasTimeline: Bool
  let glyphs: GlyphSet
  let width: Int
  var owner: TargetOwner?
  var isOfSeveral = false

  /// As many columns as have room to say something.
  func lines() -> [StyledLine] {
    // As many where the right edge is needed for what says that there is more (`Overlay`).
    let count = max(1, min(3, (width + 6) / 39))
    let each = (width - 2 * (count - 1)) / count
    let blocks =
      Command.Group.allCases.map { block($0, width: each) }.filter { !$0.isEmpty }
      + host(width: each) + hosts(width: each) + [legend(width: each)]
      + (hasTimeline ? [timeline(width: each)] : [])
    let columns = Self.columns(of: blocks, atMost: count)
    let height = columns.map(\.count).max() ?? 0
    return (0..<height).map { row in
      var line = StyledLine()
      for (index, column) in columns.enumerated() where row < column.count {
        guard !column[row].pieces.isEmpty else { continue }
        if index > 0 { line.pad(to: index * (each + 2), gap: 0) }
        line.add(column[row])
      }
      return line
    }
  }

  /// Whole blocks in reading order, in the lowest columns that hold them all.
  private static func columns(of blocks: [[StyledLine]], atMost count: Int) -> [[StyledLine]] {
    var height = blocks.map(\.count).max() ?? 0
    while true {
      var columns: [[StyledLine]] = [[]]
      for block in blocks {
        let last = columns.count - 1
        if columns[last].isEmpty {
          columns[last] = block
        } else if count == 1 || columns[last].count + 1 + block.count <= height {
          columns[last] += [.blank] + block
        } else {
          columns.append(block)
        }
      }
      if columns.count <= count { return columns }
      height += 1
    }
  }

  private func block(_ group: Command.Group, width: Int) -> [StyledLine] {
    let commands = Command.table.filter { $0.group == group && $0.exists(settings) }
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

  private func timeline(width: Int) -> [StyledLine] {
    let pressures: [Pressure] = [.tight, .short, .thrashing]
    let bars = pressures.map { String(glyphs.bar($0)) }.joined(separator: " ")
    let lines = pressures.map { String(glyphs.line($0)) }.joined(separator: " ")
    let signs =
      [
        (String(glyphs.playhead), Style(.accent), "the time shown"),
        (bars, .warning, "became tight, short, thrashing"),
        (lines, .warning, "was still tight, short, thrashing"),
        ("blank", .dim, "not sampled"),
      ]
      + TimelineMark.Event.allCases.reversed().map {
        (String(glyphs.sign(of: $0)), $0.style, $0.text)
      }
    return [StyledLine("Timeline", .heading)]
      + signs.flatMap { row($0.0, $0.1, $0.2, width: width) }
  }

  /// Only where XAPI owns the targets.
  private func host(width: Int) -> [[StyledLine]] {
    guard owner == .xapi else { return [] }
    let rows = XAPIHostText.explanation.flatMap { row($0.0, .key, $0.1, width: width) }
    return [[StyledLine("This host", .heading)] + rows]
  }

  /// Only where several are shown.
  private func hosts(width: Int) -> [[StyledLine]] {
    guard isOfSeveral else { return [] }
    let rows = [
      ("host:xen1", "in a filter (/): that host's domains; its line comes first"),
      ("M w", "not here: run memtop on the domain's own host"),
      ("ok?", "its host does not respond: old figures"),
    ].flatMap { row($0.0, .key, $0.1, width: width) }
    return [[StyledLine("Several hosts", .heading)] + rows]
  }

  private func legend(width: Int) -> [StyledLine] {
    let signs: [(String, Style, String)] = [
      (
        "\(glyphs.busy) \(glyphs.cache) \(glyphs.free)", .plain,
        "busy, cache, free; blank is not allocated"
      ),
      ("\(glyphs.unknown)", .dim, "allocated, use unknown"),
      ("\(glyphs.mark)", .strong, "a target not reached yet"),
      (
        "\(glyphs.faint) \(glyphs.unknown)", .dim,
        "host bar: free but promised; xen, dying, overhead"
      ),
      ("\(glyphs.up) \(glyphs.down)", .plain, "growing, shrinking towards the target"),
      ("\(glyphs.stuck)", .warning, "stuck: does not follow its target"),
      ("\(glyphs.under)", .plain, "stub domain of the guest above it"),
      ("~", .plain, "before a target: memtop regulate moves it"),
      ("\(glyphs.arrow)", .staged, "staged, not set"),
      ("?", .dim, "not reported"),
      ("-", .dim, "none"),
      ("ok?", .plain, "report of unknown age"),
    ]
    return [StyledLine("Signs", .heading)] + signs.flatMap { row($0.0, $0.1, $0.2, width: width) }
  }
}
