/// What a monitoring plugin says of a host: a status, one line, and figures for graphs.
///
/// The line is what Nagios and Icinga expect of a plugin (Monitoring Plugins' Development Guidelines):
/// text, a bar, and after it `'label'=value[unit];warning;critical;minimum;maximum`.
package struct HostCheck: Sendable {
  /// The plugin's exit status.
  package enum Status: Int32, Comparable, Sendable {
    case ok = 0
    case warning = 1
    case critical = 2
    case unknown = 3

    /// Whoever is called at night is called for what is critical, even if something else is unknown.
    package static func < (a: Status, b: Status) -> Bool { a.severity < b.severity }

    private var severity: Int {
      switch self {
      case .ok: 0
      case .warning: 1
      case .unknown: 2
      case .critical: 3
      }
    }

    var word: String {
      switch self {
      case .ok: "OK"
      case .warning: "WARNING"
      case .critical: "CRITICAL"
      case .unknown: "UNKNOWN"
      }
    }
  }

  /// From where on something is a warning, or critical; nil is never.
  package struct Levels<Value: Sendable>: Sendable {
    package var warning: Value?
    package var critical: Value?

    package init(warning: Value?, critical: Value?) {
      (self.warning, self.critical) = (warning, critical)
    }
  }

  package struct Limits: Sendable {
    /// This pressure of a guest, or a worse one.
    package var pressure = Levels<Pressure>(warning: .short, critical: .thrashing)
    /// Less is free on the host; nil is what the guard keeps back, as a warning.
    package var free: Levels<FreeLimit>?
    /// So many guests whose report is stale, implausible or unreadable.
    package var unusable = Levels<Int>(warning: 1, critical: nil)
    /// So many domains that have crashed and still hold their memory.
    package var crashed = Levels<Int>(warning: 1, critical: nil)
    /// So many guests that send no report.
    package var silent = Levels<Int>(warning: nil, critical: nil)

    package init() {}
  }

  package let status: Status
  /// Without a newline.
  package let line: String

  /// What there is to say of something that could not be examined.
  package static func unknown(_ why: String) -> HostCheck {
    HostCheck(status: .unknown, line: "MEMTOP UNKNOWN: " + PluginText.safe(why))
  }

  private init(status: Status, line: String) { (self.status, self.line) = (status, line) }

  package init(_ snapshot: Snapshot, _ limits: Limits) {
    let guests = GuestCounts(snapshot)
    let findings = [
      Self.pressure(guests, limits.pressure), Self.free(snapshot.host, limits.free),
      Self.count(guests.unusable, limits.unusable), Self.count(guests.crashed, limits.crashed),
      Self.count(guests.silent, limits.silent), Self.store(snapshot),
    ]
    let overall = findings.map(\.status).max() ?? .ok
    status = overall
    let worst = findings.filter { $0.status > .ok }.sorted { $0.status > $1.status }
    let said =
      worst.isEmpty ? guests.summary(snapshot.host) : worst.map { $0.text(beside: overall) }
    line =
      "MEMTOP \(overall.word): " + PluginText.safe(said.joined(separator: "; ")) + " | "
      + PerformanceData(snapshot, guests, limits).text
  }

  private struct Finding {
    var status = Status.ok
    var text = ""

    /// One that is not as bad as the whole says so.
    func text(beside worst: Status) -> String {
      status == worst ? text : "\(status.word.lowercased()): \(text)"
    }
  }

  private static func pressure(_ guests: GuestCounts, _ levels: Levels<Pressure>) -> Finding {
    for (level, status) in [(levels.critical, Status.critical), (levels.warning, .warning)] {
      guard let level else { continue }
      let least = min(level, levels.warning ?? level)
      guard guests.pressed.contains(where: { $0.pressure >= level }) else { continue }
      let named = guests.pressed.filter { $0.pressure >= least }
      return Finding(
        status: status, text: PluginText.list(named.map { "\($0.name) \($0.pressure.word)" }))
    }
    return Finding()
  }

  private static func free(_ host: HostMemory, _ levels: Levels<FreeLimit>?) -> Finding {
    let levels = FreeLimit.levels(levels, total: host.total)
    for (level, status) in [(levels.critical, Status.critical), (levels.warning, .warning)] {
      guard let level, host.uncommitted < level else { continue }
      let (free, least) = Bytes.apart(host.uncommitted, level)
      return Finding(
        status: status,
        text: "\(free ?? "?") free on the host, less than \(least ?? level.short)")
    }
    return Finding()
  }

  private static func count(
    _ found: [(name: String, word: String)], _ levels: Levels<Int>
  ) -> Finding {
    for (level, status) in [(levels.critical, Status.critical), (levels.warning, .warning)] {
      guard let level, found.count >= level, found.count > 0 else { continue }
      return Finding(
        status: status, text: PluginText.list(found.map { "\($0.name) \($0.word)" }))
    }
    return Finding()
  }

  /// Targets and reports of before say nothing of now.
  private static func store(_ snapshot: Snapshot) -> Finding {
    guard let problem = snapshot.problem else { return Finding() }
    return Finding(status: .unknown, text: "xenstore cannot be read: \(problem)")
  }
}

/// How little may be free on a host: an amount, or a share of its memory.
package enum FreeLimit: Hashable, Sendable {
  case amount(Bytes)
  case percent(thousandths: Int64)

  func amount(of total: Bytes) -> Bytes {
    switch self {
    case .amount(let amount): amount
    case .percent(let thousandths): total.scaled(thousandths, over: 100_000)
    }
  }

  package static func levels(_ limits: HostCheck.Levels<FreeLimit>?, total: Bytes)
    -> HostCheck.Levels<Bytes>
  {
    guard let limits else { return .init(warning: HostMemory.reserve(total: total), critical: nil) }
    return .init(
      warning: limits.warning?.amount(of: total), critical: limits.critical?.amount(of: total))
  }
}

/// The guests of a host, sorted by what a plugin asks.
private struct GuestCounts {
  /// The worst first.
  private(set) var pressed: [(name: String, pressure: Pressure)] = []
  private(set) var unusable: [(name: String, word: String)] = []
  private(set) var crashed: [(name: String, word: String)] = []
  /// Those of which a report could be expected, as on the screen.
  private(set) var silent: [(name: String, word: String)] = []
  private(set) var reporting = 0
  private(set) var count = 0

  init(_ snapshot: Snapshot) {
    for sample in snapshot.domains where sample.isGuest {
      count += 1
      note(sample)
    }
    pressed.sort { $0.pressure > $1.pressure }
  }

  private mutating func note(_ sample: DomainSample) {
    let isCurrent = sample.health == .fresh || sample.health == .unknownAge
    if sample.state == .crashed { crashed.append((sample.name, "crashed")) }
    if isCurrent { reporting += 1 }
    if isCurrent, let pressure = sample.pressure, pressure > .ok {
      pressed.append((sample.name, pressure))
    }
    if Condition.needsNoReport(sample.state, sample.health, isStub: sample.isStubDomain) { return }
    switch sample.health {
    case .fresh, .unknownAge: break
    case .stale, .implausible, .unreadable: unusable.append((sample.name, sample.health.word))
    case .silent: silent.append((sample.name, sample.health.word))
    }
  }

  func pressed(_ pressure: Pressure) -> Int { pressed.count { $0.pressure == pressure } }

  func summary(_ host: HostMemory) -> [String] {
    let worst = Pressure.allCases.reversed().filter { pressed($0) > 0 }
      .map { "\(pressed($0)) \($0.word)" }
    let state = worst.isEmpty ? "none under pressure" : worst.joined(separator: ", ")
    return [
      "\(count == 1 ? "1 guest" : "\(count) guests"), \(reporting) reporting, \(state)",
      "\(host.uncommitted.short) free on the host",
    ]
  }
}

/// A figure behind the bar: its label, and what it counts.
package enum PerformanceLabel: String, CaseIterable {
  case free, guests, tight, short, thrashing, unusable, crashed, silent

  package var description: String {
    switch self {
    case .free: "Bytes free on the host and not promised: uncommitted of json."
    case .guests: "How many guests there are."
    case .tight: "How many guests are tight; the worse ones are not counted here."
    case .short: "How many guests are short."
    case .thrashing: "How many guests are thrashing."
    case .unusable: "How many guests have a stale, implausible or unreadable report."
    case .crashed: "How many domains have crashed and still hold their memory."
    case .silent: "How many guests send no report."
    }
  }
}

/// The figures behind the bar.
private struct PerformanceData {
  let text: String

  init(_ snapshot: Snapshot, _ guests: GuestCounts, _ limits: HostCheck.Limits) {
    text = PerformanceLabel.allCases.map { label in
      let figure =
        switch label {
        case .free: Self.free(snapshot.host, limits.free)
        case .guests: "\(guests.count);;;0"
        case .tight: Self.pressed(.tight, guests, limits)
        case .short: Self.pressed(.short, guests, limits)
        case .thrashing: Self.pressed(.thrashing, guests, limits)
        case .unusable: Self.count(guests.unusable.count, limits.unusable)
        case .crashed: Self.count(guests.crashed.count, limits.crashed)
        case .silent: Self.count(guests.silent.count, limits.silent)
        }
      return "'\(label.rawValue)'=\(figure)"
    }.joined(separator: " ")
  }

  private static func free(_ host: HostMemory, _ limits: HostCheck.Levels<FreeLimit>?) -> String {
    let free = FreeLimit.levels(limits, total: host.total)
    // A range from a number on: below it is bad.
    let range = { (bytes: Bytes?) in bytes.map { "\($0.count):" } ?? "" }
    return "\(host.uncommitted.count)B;\(range(free.warning));\(range(free.critical));0;"
      + "\(host.total.count)"
  }

  private static func pressed(
    _ pressure: Pressure, _ guests: GuestCounts, _ limits: HostCheck.Limits
  ) -> String {
    "\(guests.pressed(pressure));\(none(pressure, limits.pressure.warning));"
      + "\(none(pressure, limits.pressure.critical));0"
  }

  private static func count(_ count: Int, _ levels: HostCheck.Levels<Int>) -> String {
    "\(count);\(below(levels.warning));\(below(levels.critical));0"
  }

  /// None may be so.
  private static func none(_ pressure: Pressure, _ level: Pressure?) -> String {
    level.map { pressure >= $0 ? "0" : "" } ?? ""
  }

  private static func below(_ level: Int?) -> String { level.map { "\($0 - 1)" } ?? "" }
}

/// Text in a plugin's line: one line, and no bar.
private enum PluginText {
  /// Monitoring systems cut longer output, and the figures with it.
  private static let mostNames = 5
  private static let longest = 400

  static func safe(_ text: String) -> String {
    let safe = SafeText.message(text)
      .split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\x7c")
    return safe.unicodeScalars.count <= longest ? safe : String(safe.prefix(longest)) + "~"
  }

  static func list(_ words: [String]) -> String {
    let shown = words.prefix(mostNames).joined(separator: ", ")
    return words.count > mostNames ? "\(shown) and \(words.count - mostNames) more" : shown
  }
}
