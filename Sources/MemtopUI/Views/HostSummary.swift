import MemtopCore

/// One line: who reports, how much is swapped, and who is pressed, the worst by name.
///
/// Where it is narrow, counts of what is well go first, and what is wrong last.
struct HostSummary: Sendable {
  /// What some domains add to it.
  struct Counts: Equatable, Sendable {
    private(set) var ofHealth = [Int](repeating: 0, count: HostSummary.words.count)
    private(set) var away: [DomainState: Int] = [:]
    private(set) var stubs = 0
    private(set) var swapUsed = Bytes.zero
    private(set) var swapIn = Bytes.zero
    private(set) var pressed: [Pressed] = []
    private(set) var unread = 0

    init(_ samples: [DomainSample]) {
      for sample in samples {
        let (state, health) = (sample.state, sample.health)
        if state == .reading { unread += 1 }
        if health == .silent, sample.isStubDomain {
          stubs += 1
        } else if Condition.needsNoReport(state, health) {
          away[state, default: 0] += 1
        } else {
          ofHealth[HostSummary.place(health)] += 1
        }
        swapUsed += sample.swapUsed ?? .zero
        swapIn += sample.swapInRate ?? .zero
        if sample.word >= .tight {
          pressed.append(Pressed(name: sample.name, word: sample.word))
        }
      }
    }
  }

  struct Pressed: Equatable, Sendable {
    let name: String
    let word: Condition.Word
  }

  private let domains: Int
  private let reporting: Int
  private let doubtful: [(word: String, count: Int)]
  /// Domains of which no report is expected, by what they do.
  private let away: [(word: String, count: Int)]
  private let swapUsed: Bytes
  private let swapIn: Bytes
  private let pressed: [Pressed]
  private let isPartlyRead: Bool
  /// What is said where no host gives figures.
  private let instead: StyledLine?

  /// - Parameter parts: in the order of the domains.
  /// - Parameter instead: what is said where no host gives figures.
  init(_ parts: [Counts], domains: Int, instead: StyledLine? = nil) {
    (self.domains, self.instead) = (domains, instead)
    isPartlyRead = parts.contains { $0.unread > 0 }
    var counts = [Int](repeating: 0, count: Self.words.count)
    var states: [DomainState: Int] = [:]
    var (stubs, used, rate) = (0, Bytes.zero, Bytes.zero)
    var pressed: [Pressed] = []
    for part in parts {
      for place in counts.indices { counts[place] += part.ofHealth[place] }
      if !part.away.isEmpty { states.merge(part.away, uniquingKeysWith: +) }
      if !part.pressed.isEmpty { pressed += part.pressed }
      stubs += part.stubs
      used += part.swapUsed
      rate += part.swapIn
    }
    reporting = counts[0]
    doubtful = zip(Self.words, counts).dropFirst().filter { $0.1 > 0 }.map { ($0.0, $0.1) }
    away =
      DomainState.allCases.compactMap { state in states[state].map { (state.rawValue, $0) } }
      + (stubs > 0 ? [("stub", stubs)] : [])
    (swapUsed, swapIn) = (used, rate)
    self.pressed = pressed.sorted { $0.word > $1.word }
  }

  private static let words = ["reporting", "stale", "silent", "implausible", "unreadable"]

  private static func place(_ health: ReportHealth) -> Int {
    switch health {
    case .fresh, .unknownAge: 0
    case .stale: 1
    case .silent: 2
    case .implausible: 3
    case .unreadable: 4
    }
  }

  /// The fullest form that fits.
  func line(width: Int) -> StyledLine {
    if let instead { return instead.cut(to: width) }
    if isPartlyRead { return StyledLine("\(domains) domains, not read from xenstore yet", .dim) }
    for form in Form.all {
      let gap = form.isTight ? "  " : "   "
      let before = Self.joined([reports(form), swap(form)], gap: gap)
      let room = width - before.columns - (before.pieces.isEmpty ? 0 : gap.utf8.count)
      guard let who = pressure(form, room: room) else { continue }
      let line = Self.joined([before, who], gap: gap)
      if line.columns <= width { return line }
    }
    return Self.joined([reports(Form.all.last!)], gap: " ").cut(to: max(0, width))
  }

  /// What is said of each part.
  private struct Form {
    enum Reports { case all, known, counted, doubtful, sum }
    enum Swap { case all, rate, none }

    let reports: Reports
    let swap: Swap
    /// How many of those under pressure are named at least; nil is all.
    let names: Int?
    var isTight = false

    /// From the fullest to the briefest.
    static let all = [
      Form(reports: .all, swap: .all, names: nil),
      Form(reports: .known, swap: .all, names: nil),
      Form(reports: .known, swap: .all, names: 2),
      Form(reports: .counted, swap: .all, names: 2),
      Form(reports: .doubtful, swap: .all, names: 2),
      Form(reports: .doubtful, swap: .rate, names: 2),
      Form(reports: .doubtful, swap: .rate, names: 1, isTight: true),
      Form(reports: .doubtful, swap: .none, names: 1, isTight: true),
      Form(reports: .sum, swap: .none, names: 1, isTight: true),
      Form(reports: .sum, swap: .none, names: 0, isTight: true),
    ]
  }

  private static func joined(_ parts: [StyledLine], gap: String) -> StyledLine {
    var line = StyledLine()
    for part in parts where !part.pieces.isEmpty {
      if !line.pieces.isEmpty { line.add(gap) }
      line.add(part)
    }
    return line
  }

  private func reports(_ form: Form) -> StyledLine {
    let count = domains == 1 ? "1 domain" : "\(domains) domains"
    switch form.reports {
    case .all:
      guard !doubtful.isEmpty || !away.isEmpty else { return StyledLine(count + ", all reporting") }
      return list("\(count): \(reporting) reporting", away)
    case .known: return list("\(count): \(reporting) reporting")
    case .counted where doubtful.isEmpty: return StyledLine(count)
    case .doubtful where doubtful.isEmpty: return StyledLine(count)
    case .counted:
      var line = StyledLine(count + ": ")
      line.add(list())
      return line
    case .doubtful: return list()
    case .sum where doubtful.isEmpty: return pressed.isEmpty ? StyledLine(count) : StyledLine()
    case .sum:
      let sum = doubtful.reduce(0) { $0 + $1.count }
      return StyledLine(sum == 1 ? "1 bad report" : "\(sum) bad reports", .warning)
    }
  }

  /// What is doubtful, after what comes first and before what is only said.
  private func list(
    _ first: String? = nil, _ last: [(word: String, count: Int)] = []
  ) -> StyledLine {
    var line = first.map { StyledLine($0) } ?? StyledLine()
    for (word, count) in doubtful { line.addToList("\(count) \(word)", .warning) }
    for (word, count) in last { line.addToList("\(count) \(word)", .dim) }
    return line
  }

  private func swap(_ form: Form) -> StyledLine {
    let isUsed = swapUsed.count > 0 || swapIn.count > 0
    switch form.swap {
    case .all where !isUsed: return StyledLine("no swap used", .dim)
    case .none: return StyledLine()
    case .rate where swapIn.count <= 0: return StyledLine()
    case .rate: return StyledLine("swap-in \(swapIn.shortRate)/s", .warning)
    case .all:
      var line = StyledLine("swap \(swapUsed.short) used")
      if swapIn.count > 0 { line.add(", swap-in \(swapIn.shortRate)/s", .warning) }
      return line
    }
  }

  /// Names from the worst on, and how many more there are; nil where not as many fit as the form wants.
  private func pressure(_ form: Form, room: Int) -> StyledLine? {
    guard !pressed.isEmpty else {
      return form.swap == .all ? StyledLine("no memory pressure", .good) : StyledLine()
    }
    var line = StyledLine()
    var columns = 0
    for (index, who) in pressed.enumerated() {
      let piece = who.name + " " + who.word.text
      let rest = pressed.count - index - 1
      let tail = rest > 0 ? ", \(rest) more".utf8.count : 0
      columns += (index == 0 ? 0 : 2) + TextWidth.columns(of: piece)
      guard columns + tail > room else {
        line.addToList(piece, who.word.alarm.style)
        continue
      }
      guard index >= form.names ?? .max else { return nil }
      line.addToList(index == 0 ? "\(pressed.count) in trouble" : "\(rest + 1) more", .warning)
      break
    }
    return line
  }
}

extension StyledLine {
  /// As the next item of a list.
  fileprivate mutating func addToList(_ text: String, _ style: Style) {
    if !pieces.isEmpty { add(", ") }
    add(text, style)
  }
}
