import ArgumentParser
import MemtopCore

/// `memtop check`.
struct CheckCommand: MemtopSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Check the host once, as a plugin for Nagios and Icinga.",
    usage: """
      memtop check [--pressure <warning,critical>] [--free <warning,critical>]
                   [--unusable <warning,critical>] [--crashed <warning,critical>]
                   [--silent <warning,critical>] [--report-wait <seconds>]
      """,
    discussion: """
      Prints one line with the status and performance data. Each threshold is
      WARNING or WARNING,CRITICAL. A level that is missing or off never
      applies.
      Performance data: \(PerformanceLabel.allCases.map(\.rawValue).joined(separator: ", ")).
      Exit status: 0 OK, 1 warning, 2 critical, 3 unknown (Xen cannot be read,
      or wrong usage).
      """)

  static let heeded = RootOption.simulation

  @ParentCommand var memtop: MemtopCommand
  @OptionGroup var host: HostOptions

  @Option(
    help: ArgumentHelp(
      "A guest's pressure: tight, short or thrashing; default short,thrashing.",
      valueName: "warning,critical"))
  var pressure: String?

  @Option(
    help: ArgumentHelp(
      """
      Free memory of the host (not promised) below this, such as 1G or 2.5%; default: a warning \
      below the guard's reserve (256M or 2%, whichever is more).
      """, valueName: "warning,critical"))
  var free: String?

  @Option(
    help: ArgumentHelp(
      "Number of guests with a stale, implausible or unreadable report; default 1,off.",
      valueName: "warning,critical"))
  var unusable: String?

  @Option(
    help: ArgumentHelp(
      "Number of crashed domains; default 1,off.", valueName: "warning,critical"))
  var crashed: String?

  @Option(
    help: ArgumentHelp(
      "Number of guests that send no report; default off.", valueName: "warning,critical"))
  var silent: String?

  @Option(
    help: ArgumentHelp(
      """
      Wait up to this long for each guest's next report, because those found at the start may be \
      old; 0 to 3600, default 25. 0 takes them as they are.
      """, valueName: "seconds"), transform: TypedValue.seconds(0...3600))
  var reportWait: Span?

  func validate() throws {
    _ = try limits()
  }

  private func limits() throws -> HostCheck.Limits {
    var limits = HostCheck.Limits()
    if let pressure { limits.pressure = try CheckLevels.parsed(pressure, of: "--pressure") }
    if let free { limits.free = try CheckLevels.parsed(free, of: "--free") }
    if let unusable { limits.unusable = try CheckLevels.parsed(unusable, of: "--unusable") }
    if let crashed { limits.crashed = try CheckLevels.parsed(crashed, of: "--crashed") }
    if let silent { limits.silent = try CheckLevels.parsed(silent, of: "--silent") }
    return limits
  }

  func run() throws {
    let limits = try limits()
    let check: HostCheck
    do throws(Failure) {
      check = try examine(limits)
    } catch {
      check = .unknown(error.line)
    }
    Output.standard.write(line: check.line)
    // Without its line a status would be a verdict on the host.
    let status = Output.standard.hasFailed ? HostCheck.Status.unknown : check.status
    throw ExitCode(status.rawValue)
  }

  private func examine(_ limits: HostCheck.Limits) throws(Failure) -> HostCheck {
    let session = ChangeSession(try host.open())
    let (first, _) = try session.sample()
    try requireOrder(limits, first.host.total)
    let last = try session.awaitReports(
      since: first, longest: reportWait ?? .seconds(25))
    return HostCheck(last, limits)
  }
}

extension CheckCommand {
  /// An amount and a share can be compared only where the host's size is known.
  private func requireOrder(_ limits: HostCheck.Limits, _ total: Bytes) throws(Failure) {
    let levels = FreeLimit.levels(limits.free, total: total)
    guard let warning = levels.warning, let critical = levels.critical, warning < critical else {
      return
    }
    throw Failure(
      line: "--free \(free ?? ""): on this host of \(total.short) \(CheckLevels.wrongOrder)",
      status: .usage)
  }
}

/// How a plugin ends: by its caller's statuses, whatever was wrong.
extension CheckCommand {
  static func perform(_ words: [String]) -> Int32 {
    do {
      try TypedCommand(words).requireSense()
      var command = try MemtopCommand.parseAsRoot(words)
      try command.run()
      return HostCheck.Status.ok.rawValue
    } catch {
      let text = InvalidValue.retold(
        OptionalValues.asTyped(MemtopCommand.fullMessage(for: error)))
      let status = MemtopCommand.exitCode(for: error).rawValue
      if text.isEmpty { return status }
      if status == 0 {
        Output.standard.write(line: PrintedHelp.usageFirst(text))
        return status
      }
      let first = text.split(separator: "\n").first.map(String.init) ?? text
      let why = first.hasPrefix("Error: ") ? String(first.dropFirst(7)) : first
      Output.standard.write(line: HostCheck.unknown(why).line)
      return HostCheck.Status.unknown.rawValue
    }
  }
}

/// `--pressure short,thrashing`: a level, and behind a comma another; either may be off.
enum CheckLevels {
  static let wrongOrder = "the warning level is worse than the critical level"

  static func parsed<Value: CheckLevel>(_ typed: String, of option: String) throws
    -> HostCheck.Levels<Value>
  {
    func no(_ why: String) -> ValidationError {
      ValidationError("\(option) \(SafeText.escaped(Array(typed.utf8), limit: 60)): \(why)")
    }
    let words = TypedValue.list(typed).map(String.init)
    let levels: [Value?] = try words.map { word in
      if word == "off" { return nil }
      guard let level = Value(typed: word) else {
        throw no(
          "\(Value.hint(word))give \(Value.form), or off; after a comma the same for critical")
      }
      return level
    }
    guard levels.count <= 2 else { throw no("give at most two levels, WARNING,CRITICAL") }
    let (warning, critical) = (levels[0], levels.count == 2 ? levels[1] : nil)
    if let warning, let critical, warning.isWorse(than: critical) {
      throw no(wrongOrder)
    }
    return HostCheck.Levels(warning: warning, critical: critical)
  }
}

/// A threshold as it is typed.
protocol CheckLevel: Sendable {
  /// What may be typed: "a whole number, 1 or more".
  static var form: String { get }
  /// What a word lacks that is not of that form, if that is known.
  static func hint(_ typed: String) -> String
  init?(typed: String)
  /// False also where it depends on the host.
  func isWorse(than other: Self) -> Bool
}

extension CheckLevel {
  static func hint(_ typed: String) -> String { "" }
}

extension Pressure: CheckLevel {
  static let form = "tight, short or thrashing"

  func isWorse(than other: Pressure) -> Bool { self > other }

  init?(typed: String) {
    guard let found = Self.allCases.first(where: { $0.word == typed }), found > .ok else {
      return nil
    }
    self = found
  }
}

extension FreeLimit: CheckLevel {
  static let form = "an amount such as 2G, a share such as 5% or 2.5%"

  static func hint(_ typed: String) -> String {
    Double(typed) == nil ? "" : "\(typed) has no unit; "
  }

  func isWorse(than other: FreeLimit) -> Bool {
    switch (self, other) {
    case (.amount(let own), .amount(let others)): own < others
    case (.percent(let own), .percent(let others)): own < others
    case (.amount, .percent), (.percent, .amount): false
    }
  }

  init?(typed: String) {
    if typed.hasSuffix("%") {
      guard let share = SizeExpression.thousandths(typed.dropLast()), share <= 100_000 else {
        return nil
      }
      self = .percent(thousandths: share)
    } else {
      guard let amount = try? SizeExpression.amount(parsing: typed) else { return nil }
      self = .amount(amount)
    }
  }
}

extension Int: CheckLevel {
  static let form = "a whole number, 1 or more"

  func isWorse(than other: Int) -> Bool { self > other }

  init?(typed: String) {
    guard let number = Int(typed), number > 0 else { return nil }
    self = number
  }
}
