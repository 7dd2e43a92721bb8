import MemtopCore

/// A change under way: every order, how far it is, and what it waits for.
struct ProgressText {
  let progress: ChangeProgress
  let snapshot: Snapshot
  let glyphs: GlyphSet
  let width: Int

  func lines() -> [StyledLine] {
    [heading, .blank] + progress.steps.flatMap(lines) + outcome
  }

  /// What is free now: what many change targets for.
  private var outcome: [StyledLine] {
    guard progress.isFinished else { return [] }
    let hosts = Set(progress.steps.map(\.order.domain.host)).sorted()
    return [.blank]
      + hosts.flatMap { host in
        let place = snapshot.share(of: host).map { " on \($0.name)" } ?? ""
        let free = snapshot.of(host).host.uncommitted
        return StyledLine.wrapped(
          "Free\(place) (not promised): \(free.short) now.", width: width)
      }
  }

  private var heading: StyledLine {
    let set = progress.steps.count(where: \.state.isSet)
    var line = StyledLine(progress.isFinished ? "Change" : "Changing", .title)
    line.add(": \(set) of \(progress.steps.count) set")
    // What a domain of another host has reached is on that host alone.
    let here = progress.steps.filter { $0.order.domain.host == .only }
    if progress.isFinished, !here.isEmpty {
      line.add(", \(here.count { $0.state == .arrived }) reached")
    }
    if !progress.isFinished { line.add("   it continues if you close this", .dim) }
    return line
  }

  private func lines(of step: ChangeProgress.Step) -> [StyledLine] {
    let text = step.state.words(holding: snapshot.domain(step.order.domain)?.allocation)
    let style = step.state.style
    let change = StyledLine(EventText.change(step.order.from, step.order.to, glyphs))
    var lines = NamedLine(step.order.whose, column: nameColumn, width: width).lines(with: change)
    lines[lines.count - 1].pad(to: nameColumn + 16)
    guard lines.last!.columns + TextWidth.columns(of: text) > width else {
      lines[lines.count - 1].add(text, style)
      return lines
    }
    return lines + StyledLine.wrapped(text, style, width: width, indent: 6)
  }

  private var nameColumn: Int {
    let longest = progress.steps.reduce(6) { max($0, TextWidth.columns(of: $1.order.whose)) }
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
