import ArgumentParser
import Glibc
import MemtopCore
import MemtopXen

/// `memtop set DOMAIN SIZE`.
struct SetCommand: MemtopSubcommand {
  static let configuration = CommandConfiguration(
    commandName: PlainSet.name, abstract: "Set a domain's target. The guard checks it.",
    usage: """
      memtop set <domain> <size> [--dry-run] [--wait [<seconds>]] [--yes] [--force] \
      [--uuid <uuid>] [--from <size>] [--from-range <range>] [--within <seconds>] \
      [--accept <rules>] [--greet]
      """,
    discussion: """
      Exit status: 0 done, 1 failed, 2 nothing changed (the guard refused or
      a warning was not accepted), 3 the guest did not reach its target in
      time, 64 wrong usage, 69 not a usable Xen host.
      """)

  static let heeded = RootOption.simulation

  @ParentCommand var memtop: MemtopCommand
  @OptionGroup var host: HostOptions
  @OptionGroup var consent: ConsentOptions

  @Argument(help: "A domain's name, domid or uuid.")
  var domain: String

  @Argument(
    help: "512M, 2G, +10%, -256M, max or busy+512M. Includes video memory, as for xl mem-set.")
  var size: String

  @Option(
    help: ArgumentHelp(
      "Wait until the guest has reached its target, 1 to 86400 seconds; default 60.",
      valueName: "seconds"), transform: TypedValue.whole(PlainSet.waits, of: "seconds"))
  var wait: Int?

  @Flag(help: "Override the guard's refusals. What is impossible stays refused.")
  var force = false

  @Option(help: ArgumentHelp("Set it only if the domain has this uuid.", valueName: "uuid"))
  var uuid: String?

  @Option(
    help: ArgumentHelp(
      "Set it only if the target is this now (none: no target). <size> is then not rounded.",
      valueName: "size")
  )
  var from: String?

  @Option(
    name: .customLong("from-range"),
    help: ArgumentHelp(
      "Set it only if the dynamic range is this now: 1G-3G. <size> is then not rounded.",
      valueName: "range"))
  var fromRange: String?

  @Option(
    help: ArgumentHelp(
      "Change nothing if the change has not begun within this many seconds, 1 to 86400.",
      valueName: "seconds"
    ),
    transform: TypedValue.whole(PlainSet.waits, of: "seconds"))
  var within: Int?

  @Option(
    help: ArgumentHelp(
      "Accept the warnings of these rules of the guard only, separated by commas.",
      valueName: "rules"))
  var accept: String?

  @Flag(
    help: "First print the line \"\(SetGreeting.line)\"; change nothing if it cannot be written.")
  var greet = false

  func validate() throws {
    _ = try present()
    _ = try presentRange()
    _ = try identity()
    _ = try accepted()
    _ = try expression()
  }

  private func expression() throws -> SizeExpression {
    do {
      return try SizeExpression(parsing: OptionalValues.withMinus(size))
    } catch {
      throw ValidationError(error.description)
    }
  }

  private func identity() throws -> DomainUUID? {
    guard let uuid else { return nil }
    guard let found = DomainUUID(uuid) else {
      let shown = SafeText.escaped(Array(uuid.utf8), limit: 60)
      throw ValidationError("--uuid \(shown): not a complete uuid")
    }
    return found
  }

  private func present() throws -> PresentTarget? {
    guard let from else { return nil }
    if from == "none" { return PresentTarget.none }
    do {
      return .size(try SizeExpression.amount(parsing: from))
    } catch {
      throw ValidationError("--from \(error.description)")
    }
  }

  private func presentRange() throws -> DynamicRange? {
    guard let fromRange else { return nil }
    let parts = fromRange.split(separator: "-", omittingEmptySubsequences: false)
    let sizes = try? parts.map { try SizeExpression.amount(parsing: String($0)) }
    guard let sizes, sizes.count == 2, sizes[0] <= sizes[1] else {
      let shown = SafeText.escaped(Array(fromRange.utf8), limit: 60)
      throw ValidationError("--from-range \(shown): a range looks like 1G-3G")
    }
    return DynamicRange(low: sizes[0], high: sizes[1])
  }

  private func accepted() throws -> Set<GuardRule> {
    let names = accept.map(TypedValue.list)?.filter { !$0.isEmpty } ?? []
    return Set(
      try names.map { name in
        guard let rule = GuardRule(rawValue: String(name)) else {
          let shown = SafeText.escaped(Array(name.utf8), limit: 40)
          throw ValidationError(
            "--accept: the guard has no rule \"\(shown)\"; memtop(8) lists them")
        }
        guard rule.warns else {
          throw ValidationError("--accept: the findings of \(name) cannot be accepted")
        }
        return rule
      })
  }

  func run() throws {
    let (domain, expression) = (OptionalValues.withMinus(domain), try expression())
    let (uuid, present, accepted) = (try identity(), try present(), try accepted())
    let range = try presentRange()
    try endWithStatus { () throws(Failure) in
      if greet { try SetGreeting.say() }
      try TargetSetting(
        session: ChangeSession(ended: { () throws(Failure) in
          try host.open(scope: .domain(domain))
        }),
        domain: DomainArgument(text: domain),
        size: expression, consent: consent.consent, isForced: force,
        patience: wait.map { .seconds(Int64($0)) }, uuid: uuid, from: present,
        fromRange: range, within: within.map { .seconds(Int64($0)) }, accepted: accepted
      ).perform()
    }
  }
}

/// What `memtop set` says before anything else to a program that has started it on another host.
///
/// The program knows by it that memtop runs there, and no shell or forced command in its place, and counts
/// the time from it. Nobody waits any more for one that cannot say it: nothing is changed then.
enum SetGreeting {
  static let line = "memtop-set 1"

  static func say() throws(Failure) {
    guard Output.standard.write(line: line) else {
      throw Failure(
        line: "nothing was changed: nobody reads what is printed", status: .refused)
    }
  }
}

/// What agrees to a change beforehand.
struct ConsentOptions: ParsableArguments {
  @Flag(
    name: .customLong("dry-run"),
    help: "Print what would be done and the guard's verdict; change nothing.")
  var isDryRun = false

  @Flag(
    name: .customLong("yes"), help: "Accept the guard's warnings and, for memtop free, the plan.")
  var agrees = false

  var consent: ChangeConsent { ChangeConsent(isDryRun: isDryRun, agrees: agrees) }
}

/// `memtop set DOMAIN SIZE` with its own options alone, understood without the argument parser: a
/// change is as urgent as a host is busy, and the parser takes longer than all the rest.
struct PlainSet: Equatable {
  var domain: String
  var size: SizeExpression
  var wait: Int64?
  var isDryRun = false
  var agrees = false
  var isForced = false

  static let name = "set"
  static let waits = 1...86_400

  /// nil for anything else, which is the parser's to understand or to refuse.
  init?(_ typed: [String]) {
    let words = TypedWords.understood(typed)
    guard words.first == Self.name else { return nil }
    let plain = words.dropFirst().filter { !$0.hasPrefix("-") }
    guard plain.count == 2,
      let size = try? SizeExpression(parsing: OptionalValues.withMinus(plain[1]))
    else { return nil }
    domain = OptionalValues.withMinus(plain[0])
    self.size = size
    for word in words.dropFirst() where word.hasPrefix("-") {
      guard take(word) else { return nil }
    }
  }

  private mutating func take(_ option: String) -> Bool {
    switch option {
    case "--yes": agrees = true
    case "--force": isForced = true
    case "--dry-run": isDryRun = true
    default: return takeWait(option)
    }
    return true
  }

  private mutating func takeWait(_ option: String) -> Bool {
    let prefix = "--wait="
    guard wait == nil, option.hasPrefix(prefix),
      let seconds = Int(option.dropFirst(prefix.count)), Self.waits.contains(seconds)
    else { return false }
    wait = Int64(seconds)
    return true
  }

  func run() -> Never {
    do throws(Failure) {
      try TargetSetting(
        // Before the first thread.
        session: ChangeSession(ended: { () throws(Failure) in
          try XenConnection.open(changesSoon: !isDryRun, scope: .domain(domain))
        }), domain: DomainArgument(text: domain), size: size,
        consent: ChangeConsent(isDryRun: isDryRun, agrees: agrees), isForced: isForced,
        patience: wait.map { .seconds($0) }
      ).perform()
      exit(Output.standard.hasFailed ? EXIT_FAILURE : EXIT_SUCCESS)
    } catch {
      exit(told(error))
    }
  }
}
