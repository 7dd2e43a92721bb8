import MemtopCore

/// A change under way: every order, how far it is, and what it waits for.
struct ProgressText {
  let progress: ChangeProgress
  let snapshot: Snapshot
  let glyphs: GlyphSet
  let width: Int

  func lines() -> [StyledLine] {
    [heading, .blank] + progress.steps.flatMap(lines)
  }

  private var heading: StyledLine {
    let set = progress.steps.count { $0.stage.isSet }
    var line = StyledLine(progress.isFinished ? "Change" : "Changing", .title)
    line.add(": \(set) of \(progress.steps.count) set")
    if !progress.isFinished { line.add("   it continues if you close this", .dim) }
    return line
  }

  private func lines(of step: ChangeProgress.Step) -> [StyledLine] {
    let (text, style) = words(step)
    var line = StyledLine("  " + step.order.name, .strong)
    line.pad(to: nameColumn)
    line.add(EventText.change(step.order.from, step.order.to, glyphs))
    line.pad(to: nameColumn + 16)
    guard line.columns + TextWidth.columns(of: text) > width else {
      line.add(text, style)
      return [line]
    }
    return [line] + StyledLine.wrapped(text, style, width: width, indent: 6)
  }

  private var nameColumn: Int {
    let longest = progress.steps.reduce(6) { max($0, TextWidth.columns(of: $1.order.name)) }
    return min(longest, 24) + 4
  }

  private func words(_ step: ChangeProgress.Step) -> (String, Style) {
    switch step.stage {
    case .waiting: ("waiting", .dim)
    case .writing: ("being set", .plain)
    case .following: ("set, now at \(allocation(step.order.domain))", .good)
    case .reached: ("reached", .good)
    case .stuck: ("set, but stuck at \(allocation(step.order.domain))", .warning)
    case .late: ("set, not there yet: now at \(allocation(step.order.domain))", .warning)
    case .failed(let why): ("failed: " + why, .alarm)
    case .skipped: ("not tried", .warning)
    }
  }

  private func allocation(_ id: DomainID) -> String {
    snapshot.domain(id)?.allocation.short ?? "?"
  }
}
