import MemtopCore

/// The review: what each target was and would be, what the guard says, and what will happen.
struct ReviewText {
  let review: Review
  let snapshot: Snapshot
  let glyphs: GlyphSet
  let width: Int
  /// Rows that there are for it.
  let rows: Int

  func lines() -> [StyledLine] {
    var lines = [heading, .blank]
    if let news = review.news {
      lines += StyledLine.wrapped("\(news) Check again.", .warning, width: width) + [.blank]
    }
    lines += planned
    for row in review.rows { lines += self.lines(of: row) }
    return lines + [.blank] + outcome + persistence + declined
  }

  private var heading: StyledLine {
    let count = review.rows.count
    var line = StyledLine(count == 1 ? "Review of 1 target" : "Review of \(count) targets", .title)
    line.add(width < 50 ? ": nothing set yet" : "   nothing changed yet", .dim)
    return line
  }

  private func lines(of row: Review.Row) -> [StyledLine] {
    let order = row.order
    var change = StyledLine(EventText.change(order, glyphs), .staged)
    change.pad(to: 16)
    if order.nudge != nil {
      change.add(" nudge")
    } else if let from = order.from {
      change.add((order.to < from ? "-" : "+") + (order.to - from).magnitude.short)
    }
    var lines = NamedLine(order.whose, column: nameColumn, width: width).lines(with: change)
    let word = StyledLine(row.verdict.severity.word, row.verdict.severity.style)
    var last = lines.removeLast()
    last.pad(to: nameColumn + 25)
    if last.columns + word.columns <= width {
      last.add(word)
      lines.append(last)
    } else {
      var below = StyledLine(NamedLine.margin)
      below.add(word)
      lines += [last, below]
    }
    return lines + bar(of: order) + range(of: order)
      + row.verdict.findings.flatMap { finding in
        StyledLine.wrapped(finding.text, finding.severity.style, width: width - 2, indent: 6)
      }
  }

  /// Where the target would be against what is busy; not where many targets leave no room.
  private func bar(of order: TargetOrder) -> [StyledLine] {
    guard review.rows.count <= 6, rows >= 12, let sample = snapshot.domain(order.domain) else {
      return []
    }
    let room = min(60, width - nameColumn - 2)
    guard room >= 12 else { return [] }
    var line = StyledLine(String(repeating: " ", count: nameColumn))
    line.add(MemoryBar(sample, target: order.to, width: room).line(glyphs))
    return [line]
  }

  /// Where XAPI owns the targets: what becomes of the dynamic range.
  private func range(of order: TargetOrder) -> [StyledLine] {
    guard let range = order.range else { return [] }
    return StyledLine.wrapped(range.sentence, width: width - 2, indent: 6)
  }

  private var persistence: [StyledLine] {
    guard review.severity < .refuse, review.rows.contains(where: { $0.order.range != nil }) else {
      return []
    }
    let mayBeGivenBack = review.rows.allSatisfy { $0.order.reversed?.isPossible == true }
    return StyledLine.wrapped(
      mayBeGivenBack ? RangeChange.persists : RangeChange.persistsElsewhere, width: width)
  }

  /// What a plan finds, in one sentence, before who gives how much.
  private var planned: [StyledLine] {
    guard let plan = review.plan else { return [] }
    let given = review.rows.reduce(Bytes.zero) {
      $0 + max(.zero, ($1.order.from ?? $1.order.to) - $1.order.to)
    }
    return StyledLine.wrapped(
      "To free \(plan.wanted.short): \(plan.alreadyFree.short) is already free, "
        + (plan.overpromised > .zero
          ? "\(plan.overpromised.short) is promised beyond that, " : "")
        + "these domains give \(given.short).", width: width) + [.blank]
  }

  /// Who gives nothing to a plan, and why.
  private var declined: [StyledLine] {
    guard let plan = review.plan, !plan.declined.isEmpty else { return [] }
    return [.blank, StyledLine("Not used:", .dim)]
      + plan.declined.flatMap { declined in
        StyledLine.wrapped(
          "\(declined.name): \(declined.reason)", .dim, width: width - 2, indent: 2)
      }
  }

  private var nameColumn: Int {
    let longest = review.rows.reduce(6) { max($0, TextWidth.columns(of: $1.order.whose)) }
    return min(longest, 24) + 4
  }

  /// What one host has free, and will have.
  private func outcome(of host: HostNumber) -> [StyledLine] {
    let difference = review.rows.filter { $0.order.domain.host == host }.reduce(Bytes.zero) {
      $0 + $1.order.to - ($1.order.from ?? $1.order.to)
    }
    let memory = snapshot.of(host).host
    let now = memory.uncommitted
    let after = max(.zero, now - memory.overpromised - difference)
    let place = snapshot.share(of: host).map { " on \($0.name)" } ?? ""
    return StyledLine.wrapped(
      "Free\(place) (not promised): \(now.short) now, \(after.short) after.", width: width)
  }

  private var outcome: [StyledLine] {
    guard review.severity < .refuse else { return refusal }
    var lines = Set(review.rows.map(\.order.domain.host)).sorted().flatMap { outcome(of: $0) }
    if review.rows.count > 1 { lines += StyledLine.wrapped(order, width: width) }
    return lines
  }

  /// In which order several targets are set; without one of each kind there is none to tell.
  private var order: String {
    let changes = review.rows.map(\.order).filter { $0.nudge == nil }
    let rest = "If one fails, the rest is not set."
    guard changes.contains(where: \.isLower), !changes.allSatisfy(\.isLower) else { return rest }
    return "Targets are lowered first. The others are raised as memory becomes free. " + rest
  }

  /// What would do it all the same, where anything would.
  private var refusal: [StyledLine] {
    guard let worst = review.rows.max(by: { $0.verdict.severity < $1.verdict.severity }) else {
      return []
    }
    switch review.severity {
    case .allow, .warn: return []
    // Its own line says all.
    case .never where worst.verdict.refusal == .gone: return []
    case .never:
      return [StyledLine("\(worst.order.whose) cannot have this size.", .alarm)]
    case .refuse: return refusal(of: review.rows.filter { $0.verdict.severity == .refuse })
    }
  }

  /// What is said of one that is refused must be right for all of them.
  private func refusal(of refused: [Review.Row]) -> [StyledLine] {
    guard let worst = refused.first(where: \.verdict.isAboutBusy) ?? refused.first else {
      return []
    }
    if worst.verdict.isAboutBusy {
      return alarm("Refused here: programs in \(worst.order.whose) could be killed.")
    }
    if refused.count > 1 {
      return alarm(
        "\(refused.count) are refused here. In a shell, memtop set DOMAIN SIZE --force overrides.")
    }
    if worst.order.nudge != nil {
      return alarm("Refused: the cause is still there, so a nudge would not help.")
    }
    let domain = ShellWord.domain(worst.order.name, worst.order.domain)
    let command = "memtop set \(domain) \(worst.order.toInShell) --force"
    let place = worst.order.domain.named("in a shell")
    return alarm("Refused here. To override, \(place):  \(command)")
  }

  private func alarm(_ text: String) -> [StyledLine] {
    StyledLine.wrapped(text, .alarm, width: width)
  }

  /// The last line of the screen.
  func hint() -> StyledLine {
    switch (review.stage, review.severity) {
    case (.reading, _): return StyledLine("Reading the domains...", .dim)
    case (.rereading, _): return StyledLine("Reading the domains again...", .dim)
    case (.ready, .allow): return choice("apply")
    case (.ready, .warn):
      return choice(width < 66 ? "apply anyway" : "apply despite the warning")
    case (.ready, .refuse), (.ready, .never):
      var line = StyledLine("Refused.  ", .alarm)
      line.add(Self.back)
      if review.isMixed {
        line.add("  x", .key)
        line.add(" drop refused")
      }
      return line
    }
  }

  private func choice(_ text: String) -> StyledLine {
    var line = StyledLine("y", .key)
    line.add(" \(text)" + (width < 66 ? "  " : "     "))
    line.add(Self.back)
    return line
  }

  private static var back: StyledLine {
    var line = StyledLine("Esc", .key)
    line.add(" goes back")
    return line
  }
}

/// A domain's name and what becomes of it: on one line, or, where that is too narrow, on two. Neither is
/// cut, since it is what is agreed to.
struct NamedLine {
  static let margin = "      "

  private let name: String
  private let column: Int
  private let width: Int

  /// - Parameter column: where what follows a short name begins.
  init(_ name: String, column: Int, width: Int) {
    (self.name, self.column, self.width) = (name, column, width)
  }

  func lines(with text: StyledLine) -> [StyledLine] {
    var line = StyledLine("  " + name, .strong)
    line.pad(to: column)
    line.add(text)
    if line.columns <= width { return [line] }
    var below = StyledLine(Self.margin)
    below.add(text)
    return Self.broken(name, width: width - 2).map { StyledLine("  " + $0, .strong) } + [below]
  }

  /// In pieces of at most so many columns.
  private static func broken(_ name: String, width: Int) -> [String] {
    var pieces: [String] = []
    var rest = name[...]
    while !rest.isEmpty {
      let piece = TextWidth.clipped(String(rest), to: max(2, width))
      pieces.append(String(piece))
      rest = rest.dropFirst(max(1, piece.count))
    }
    return pieces
  }
}

extension Verdict {
  /// It is refused for what the domain keeps busy: nothing that anybody should be helped to force.
  fileprivate var isAboutBusy: Bool {
    findings.contains { $0.rule.kind == .busy && $0.severity >= .refuse }
  }
}

extension TargetOrder {
  /// "2G", "8500M" and, because `memtop set` rounds to whole MiB where nothing says what the target must be
  /// now, "1300K --from 2G".
  fileprivate var toInShell: String {
    let isWhole = to == to.rounded(downTo: .mib(1))
    return isWhole ? to.exact : to.exact + " --from " + (from?.exact ?? "none")
  }
}

extension Bytes {
  /// In the largest unit of which it is a whole number.
  fileprivate var exact: String {
    if count % (1 << 30) == 0 { return "\(count >> 30)G" }
    if count % (1 << 20) == 0 { return "\(count >> 20)M" }
    return "\(count >> 10)K"
  }
}

extension TargetOrder {
  /// The name of its domain, with its host where there are several.
  var whose: String { domain.named(name) }
}
