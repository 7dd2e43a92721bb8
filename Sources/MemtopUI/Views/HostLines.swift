import MemtopCore

/// A line for each host where several are shown: what it has, what is free, who is worst, and how old
/// that is. Hosts that need somebody come first.
struct HostLines {
  private struct Entry {
    var share: HostShare
    var domains: Int
    var worst: (name: String, word: Condition.Word)?

    /// What does not answer, then trouble, then what is fine.
    var rank: Int {
      switch share.link {
      case .lost: 100
      case .late: 99
      case .connecting: 98
      case .current: Int(worst?.word.rawValue ?? 0)
      }
    }
  }

  private let entries: [Entry]
  private let now: SteadyTime

  init(_ snapshot: Snapshot) {
    now = snapshot.steady
    let entries = snapshot.hosts.map { share in
      let places = snapshot.places(of: share.number)
      let worst = places.max {
        snapshot.domains.ageless[$0].word < snapshot.domains.ageless[$1].word
      }
      let word = worst.map { snapshot.domains.ageless[$0].word }
      return Entry(
        share: share, domains: places.count,
        worst: word.flatMap { word in
          word > .ok ? (snapshot.domains[worst!].name, word) : nil
        })
    }
    self.entries = entries.enumerated().sorted { a, b in
      a.element.rank != b.element.rank ? a.element.rank > b.element.rank : a.offset < b.offset
    }.map(\.element)
  }

  /// As many as there are rows for; the last one then says how many more there are.
  func lines(rows: Int, width: Int) -> [StyledLine] {
    guard rows > 0 else { return [] }
    let names = entries.map { TextWidth.columns(of: $0.share.name) }.max() ?? 0
    let name = min(max(4, names), 20)
    guard entries.count > rows else { return entries.map { line($0, name, width) } }
    let shown = entries.prefix(rows - 1)
    let rest = entries.count - shown.count
    return shown.map { line($0, name, width) }
      + [StyledLine("and \(rest) more \(rest == 1 ? "host" : "hosts")", .dim)]
  }

  private func line(_ entry: Entry, _ nameWidth: Int, _ width: Int) -> StyledLine {
    var line = StyledLine(entry.share.name, entry.share.isCurrent ? .strong : .dim)
    line.pad(to: nameWidth + 2)
    if let memory = entry.share.memory { add(memory, entry, to: &line) }
    addState(entry, to: &line)
    return line.cut(to: width)
  }

  private func add(_ memory: HostMemory, _ entry: Entry, to line: inout StyledLine) {
    let isCurrent = entry.share.isCurrent
    let isLow = memory.uncommitted < HostMemory.reserve(total: memory.total)
    let start = line.columns
    line.add(memory.total.short, isCurrent ? .plain : .dim)
    line.pad(to: start + 8)
    line.add("free \(memory.uncommitted.short)", !isCurrent ? .dim : isLow ? .warning : .plain)
    line.pad(to: start + 20)
    line.add(entry.domains == 1 ? "1 domain" : "\(entry.domains) domains", .dim)
    line.pad(to: start + 34)
  }

  private func addState(_ entry: Entry, to line: inout StyledLine) {
    switch entry.share.link {
    case .connecting: line.add("connecting", .dim)
    case .current:
      guard let worst = entry.worst else { return line.add("all ok", .good) }
      line.add("\(worst.name) \(worst.word.text)", worst.word.alarm.style)
    case .late(let since): line.add("no figures for \((now - since).short)", .alarm)
    case .lost(let why):
      if let at = entry.share.sampledAt { line.add("\((now - at).short) old: ", .alarm) }
      line.add(why, .alarm)
    }
  }
}
