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
    let set = progress.steps.count(where: \.state.isSet)
    var line = StyledLine(progress.isFinished ? "Change" : "Changing", .title)
    line.add(": \(set) of \(progress.steps.count) set")
    if !progress.isFinished { line.add("   it continues if you close this", .dim) }
    return line
  }

  private func lines(of step: ChangeProgress.Step) -> [StyledLine] {
    let text = step.state.words(holding: snapshot.domain(step.order.domain)?.allocation)
    let style = step.state.style
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

}

extension ChangeState {
  fileprivate var style: Style {
    switch self {
    case .pending: .dim
    case .writing: .plain
    case .following, .arrived: .good
    case .stuck, .late, .notAttempted: .warning
    case .failed: .alarm
    }
  }
}
