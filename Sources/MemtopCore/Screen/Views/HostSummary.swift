/// One line: who reports, how much is swapped, and who is pressed, the worst by name.
struct HostSummary {
  private var domains = 0
  private var reporting = 0
  private var troubledReports: [(word: String, count: Int)] = []
  private var swapUsed = Bytes.zero
  private var swapIn = Bytes.zero
  private var pressed: [(name: String, word: Condition.Word)] = []

  init(_ snapshot: Snapshot) {
    var counts = [Int](repeating: 0, count: 5)
    for index in snapshot.domains.indices {
      counts[Self.place(snapshot.domains[index].health)] += 1
      swapUsed = swapUsed.plus(snapshot.domains[index].swapUsed ?? .zero)
      swapIn = swapIn.plus(snapshot.domains[index].swapInRate ?? .zero)
      let word = snapshot.word(at: index)
      if word >= .tight { pressed.append((snapshot.domains[index].facts.name, word)) }
    }
    domains = snapshot.domains.count
    reporting = counts[0]
    let words = ["report", "stale", "silent", "implausible", "unreadable"]
    troubledReports = zip(words, counts).dropFirst().filter { $0.1 > 0 }.map { ($0.0, $0.1) }
    pressed.sort { $0.word > $1.word }
  }

  private static func place(_ health: ReportHealth) -> Int {
    switch health {
    case .fresh, .unknownAge: 0
    case .stale: 1
    case .silent: 2
    case .implausible: 3
    case .unreadable: 4
    }
  }

  /// As much as fits: trouble is said before counts where there is no room for both.
  func line(width: Int) -> StyledLine {
    let full = [reports(long: true), swap, pressure(width: 200)]
    for gap in ["    ", "   ", "  "] {
      let joined = Self.joined(full, gap: gap)
      if joined.columns <= width { return joined }
    }
    let long = Self.joined([reports(long: true), swap], gap: "   ")
    let brief = Self.joined([reports(long: false), swap], gap: "   ")
    let short = width - long.columns >= 30 ? long : brief
    let room = width - short.columns - 3
    if room >= 16 { return Self.joined([short, pressure(width: room)], gap: "   ") }
    return pressed.isEmpty ? short : pressure(width: width)
  }

  private static func joined(_ parts: [StyledLine], gap: String) -> StyledLine {
    var line = StyledLine()
    for part in parts where !part.pieces.isEmpty {
      if !line.pieces.isEmpty { line.add(gap) }
      line.add(part)
    }
    return line
  }

  private func reports(long: Bool) -> StyledLine {
    var line = StyledLine(domains == 1 ? "1 domain" : "\(domains) domains")
    line.add(troubledReports.isEmpty ? ", all report" : ": \(reporting) report")
    guard long else { return line }
    for (word, count) in troubledReports { line.add(", \(count) \(word)", .warning) }
    return line
  }

  private var swap: StyledLine {
    guard swapUsed.count > 0 || swapIn.count > 0 else { return StyledLine("no swap used", .dim) }
    var line = StyledLine("swap \(swapUsed.short) used")
    if swapIn.count > 0 { line.add(", in \(swapIn.shortRate)/s", .warning) }
    return line
  }

  /// Names from the worst on, and how many more there are.
  private func pressure(width: Int) -> StyledLine {
    guard !pressed.isEmpty else { return StyledLine("nobody is short", .good) }
    var line = StyledLine()
    for (index, who) in pressed.enumerated() {
      let piece = (index == 0 ? "" : ", ") + who.name + " " + who.word.text
      let rest = pressed.count - index - 1
      let tail = rest > 0 ? ", \(rest) more".utf8.count : 0
      if index > 0, line.columns + TextWidth.columns(of: piece) + tail > width {
        line.add(", \(rest + 1) more", .warning)
        break
      }
      line.add(piece, who.word.alarm.style)
    }
    return line
  }
}
