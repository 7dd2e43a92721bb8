import MemtopCore

/// A line for each host where several are shown: what it has, what is free, who is worst, and how old
/// that is. Hosts that need somebody come first, before them those that the filter names.
struct HostLines {
  private struct Entry {
    var share: HostShare
    var domains: Int
    var worst: (name: String, word: Condition.Word)?

    /// Less is free than its policy keeps as a reserve.
    var isLow: Bool

    /// What does not answer, then trouble, then what is fine. A host that is low on memory is as bad as a guest
    /// that is short of it.
    var rank: Int {
      switch share.link {
      case .lost: 100
      case .late: 99
      case .connecting: 98
      case .current: Int(max(worst?.word ?? .ok, isLow ? .short : .ok).rawValue)
      }
    }
  }

  private let entries: [Entry]
  private let now: SteadyTime
  /// The host that is acted on.
  private let here: HostNumber

  init(_ snapshot: Snapshot, _ policies: PolicySet, here: HostNumber, filter: Filter) {
    self.here = here
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
        }, isLow: share.memory.map { policies.isShort($0) } ?? false)
    }
    let named = Set(entries.map(\.share.name).filter { filter.names(host: $0) })
    func rank(_ entry: Entry) -> Int { entry.rank + (named.contains(entry.share.name) ? 1000 : 0) }
    self.entries = entries.enumerated().sorted { a, b in
      let (first, second) = (rank(a.element), rank(b.element))
      return first != second ? first > second : a.offset < b.offset
    }.map(\.element)
  }

  /// As many as there are rows for; the last one then says how many more there are.
  func lines(rows: Int, width: Int) -> [StyledLine] {
    guard rows > 0 else { return [] }
    let names = entries.map { TextWidth.columns(of: $0.share.name) }.max() ?? 0
    let name = min(max(4, names), 20)
    guard entries.count > rows else { return entries.map { line($0, name, width) } }
    var shown = entries.prefix(rows - 1)
    // The others stay where they are while the cursor moves.
    if let here = entries.dropFirst(rows - 1).first(where: { $0.share.number == here }),
      !shown.isEmpty
    {
      shown[shown.endIndex - 1] = here
    }
    let rest = entries.count - shown.count
    return shown.map { line($0, name, width) }
      + [StyledLine("and \(rest) more \(rest == 1 ? "host" : "hosts")", .dim)]
  }

  private func line(_ entry: Entry, _ nameWidth: Int, _ width: Int) -> StyledLine {
    var line = StyledLine(entry.share.name, entry.share.isCurrent ? .strong : .dim)
    line.pad(to: nameWidth + 2)
    let start = line.columns
    if let memory = entry.share.memory {
      add(memory, entry, to: &line)
      line.pad(to: start + 20)
    }
    if entry.share.memory != nil || entry.domains > 0 {
      let column = line.columns
      line.add(entry.domains == 1 ? "1 domain" : "\(entry.domains) domains", .dim)
      line.pad(to: column + 14)
    }
    addState(entry, to: &line)
    return line.cut(to: width)
  }

  private func add(_ memory: HostMemory, _ entry: Entry, to line: inout StyledLine) {
    let isCurrent = entry.share.isCurrent
    let start = line.columns
    line.add(memory.total.short, isCurrent ? .plain : .dim)
    line.pad(to: start + 8)
    line.add(
      "free \(memory.uncommitted.short)", !isCurrent ? .dim : entry.isLow ? .warning : .plain)
  }

  private func addState(_ entry: Entry, to line: inout StyledLine) {
    switch entry.share.link {
    case .connecting: line.add("connecting", .dim)
    case .current:
      var parts: [(String, Style)] = []
      if let worst = entry.worst {
        parts.append(("\(worst.name) \(worst.word.text)", worst.word.alarm.style))
      }
      if entry.isLow { parts.append(("low on free memory", .warning)) }
      if parts.isEmpty { parts.append(("all ok", .good)) }
      for (index, part) in parts.enumerated() { line.add((index > 0 ? ", " : "") + part.0, part.1) }
    case .late(let since): line.add("no figures for \((now - since).short)", .alarm)
    case .lost(let why):
      if let at = entry.share.sampledAt { line.add("\((now - at).short) old: ", .alarm) }
      line.add(why, .alarm)
    }
  }
}
