import ArgumentParser
import MemtopCore
import MemtopRecording
import MemtopUI

/// `memtop dump FILE`.
struct DumpCommand: MemtopSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "dump",
    abstract: "Print a recording's samples, or extract them into another recording.",
    discussion: """
      Fields and formats are those of memtop -b; memtop --help lists them.
      Gaps in the recording give no lines.

      openmetrics: for promtool tsdb create-blocks-from openmetrics.
      memtop: another recording, of that part only; needs -o.

      A time is 14:02, yesterday 14:02, 2026-11-20, 2026-11-20 03:10,
      2026-11-20T03:10:00Z, seconds since 1970, -5m or -7d (before the end)
      or +1h (after the beginning).

      Exit status: 0 done, 1 failed, 64 wrong usage, 65 not a memtop
      recording, written by a newer memtop, or damaged: what can be read
      is printed.
      """)

  static let heeded: Set<RootOption> = [.fields, .format, .filter]

  @ParentCommand var memtop: MemtopCommand
  @OptionGroup var part: ExtractOptions

  // These are taken by memtop's own options of that name, which stand for them; here they are for
  // help and completion.
  @Option(
    help: ArgumentHelp("Fields to print, separated by commas.", valueName: "list"),
    completion: .list(Field.printable.map(\.id.rawValue)))
  var fields: String?

  @Option(
    help: "How to print: table (default), csv, json, openmetrics or memtop.",
    completion: .list(DumpFormat.allCases.map(\.rawValue)))
  var format: String?

  @Option(
    help: ArgumentHelp(
      "Only domains that match this filter, as with / on the screen.", valueName: "expression"),
    transform: Filter.init(typed:))
  var filter: Filter?

  @Option(
    help: ArgumentHelp("Only the newest sample of each step: 10s, 5m, 1h, 1d.", valueName: "step"),
    transform: TypedValue.time(atLeast: Span(milliseconds: 1), "a millisecond"))
  var every: Span?

  @Flag(
    help: "Write events instead: when pressure, stale reports and the like began and ended.")
  var events = false

  @Flag(
    help: """
      Replace names, uuids, addresses, systems, notes and logins. The same original always gets the \
      same replacement.
      """)
  var redact = false

  @Option(
    name: [.customShort("o"), .long],
    help: ArgumentHelp(
      "Write to this file, which must not exist yet; - is standard output.", valueName: "file"),
    completion: .file())
  var output: String?

  /// What `validate` has found to be good.
  private var chosenFormat: DumpFormat {
    (try? memtop.batch.format(of: DumpFormat.self)) ?? .table
  }
  private var chosenFilter: Filter? { filter ?? memtop.list.filter }
  /// nil is standard output.
  private var outputPath: String? { output == "-" ? nil : output }
  private var fieldList: String? { fields ?? memtop.batch.fields }

  func validate() throws {
    _ = try memtop.batch.format(of: DumpFormat.self)
    _ = try chosenFields()
    if events { try validateEvents() }
    if let chosenFilter { try validate(chosenFilter) }
    if chosenFormat == .memtop {
      guard outputPath != nil else { throw ValidationError("--format memtop needs -o and a file") }
      guard fieldList == nil else {
        throw ValidationError(
          "--fields cannot be used with --format memtop, which holds everything")
      }
    }
  }

  private func validate(_ filter: Filter) throws {
    if redact {
      throw ValidationError("--filter cannot be used with --redact, which replaces names")
    }
    if events || eventFormat == nil {
      throw ValidationError("--filter is for samples as table, csv or json")
    }
    if let field = Field.printable.first(where: { filter.asks($0.id) && !$0.isRecorded }) {
      throw ValidationError("--filter: \(field.id.rawValue) is not recorded")
    }
  }

  private func validateEvents() throws {
    guard fieldList == nil, every == nil else {
      throw ValidationError("--events cannot be used with --fields or --every")
    }
    guard eventFormat != nil else {
      throw ValidationError("--events can be written as table, csv or json")
    }
  }

  private var eventFormat: BatchFormat? { BatchFormat(rawValue: chosenFormat.rawValue) }

  private func chosenFields() throws -> [Field] {
    let chosen = try BatchOptions.fields(fieldList, isTable: chosenFormat == .table)
    if fieldList != nil, let field = chosen.first(where: { !$0.isRecorded }) {
      throw ValidationError("--fields: \(field.id.rawValue) is not recorded")
    }
    return chosen.filter(\.isRecorded)
  }

  func run() throws {
    let chosen = try chosenFields()
    try endWithStatus { () throws(Failure) in
      var extract = try part.open()
      extract.step = every
      if redact { extract.redactor = Redactor() }
      try ExtractOptions.tellingDamage(of: extract.file) { () throws(Failure) in
        try write(extract, chosen)
      }
    }
  }

  private func write(_ extract: Extract, _ chosen: [Field]) throws(Failure) {
    if events, let eventFormat {
      return try EventDump(extract: extract, format: eventFormat, output: outputPath).run()
    }
    let fields =
      fieldList == nil && chosenFormat == .table && extract.file.isOfSeveralHosts
      ? chosen.withHost : chosen
    try Dump(
      extract: extract, format: chosenFormat, fields: fields, hasHost: fieldList == nil,
      filter: chosenFilter ?? .none, output: outputPath
    ).run()
  }
}

/// How a recording is written out.
enum DumpFormat: String, CaseIterable {
  case table, csv, json, openmetrics, memtop
}

/// Which part of which recording.
struct ExtractOptions: ParsableArguments {
  @Argument(
    help: "The recording.", completion: .file(extensions: ["memtop"]),
    transform: TypedValue.path)
  var file: String

  @Option(
    help: ArgumentHelp("From this time on; default: the beginning.", valueName: "time"),
    transform: RecordingTime.init(typed:))
  var begin: RecordingTime?

  @Option(
    help: ArgumentHelp("Up to this time; default: the end.", valueName: "time"),
    transform: RecordingTime.init(typed:))
  var end: RecordingTime?

  @Option(help: ArgumentHelp("Only this one: its name, domid or uuid.", valueName: "domain"))
  var domain: String?

  func open() throws(Failure) -> Extract {
    var extract: Extract
    do throws(RecordingError) {
      extract = Extract(try RecordingFile(file))
      try extract.file.requireSamples()
      extract.domain = try choice(extract.file)
    } catch {
      throw Failure(error)
    }
    if let kept = extract.file.wallRange {
      extract.begin = begin?.instant(in: kept)
      extract.end = end?.instant(in: kept)
    }
    if let begin = extract.begin, let end = extract.end, end < begin {
      throw Failure(
        line: "--end \(RecordingTimes.text(end)) is before --begin \(RecordingTimes.text(begin))",
        status: .usage)
    }
    tellOutside(extract)
    return extract
  }

  /// Says so if `--begin` or `--end` lies outside the recording, since the output is then empty.
  private func tellOutside(_ extract: Extract) {
    guard let kept = extract.file.wallRange else { return }
    let (first, last) = (RecordingTimes.text(kept.lowerBound), RecordingTimes.text(kept.upperBound))
    if let begin = extract.begin, begin > kept.upperBound {
      complain("no samples from \(RecordingTimes.text(begin)) on; the last is of \(last)")
    } else if let end = extract.end, end < kept.lowerBound {
      complain("no samples up to \(RecordingTimes.text(end)); the first is of \(first)")
    }
  }

  /// Writes out what can be read, and says what cannot: then the command fails.
  static func tellingDamage(
    of file: RecordingFile, _ write: () throws(Failure) -> Void
  ) throws(Failure) {
    do throws(Failure) {
      try write()
    } catch {
      tellDamage(of: file)
      throw error
    }
    tellDamage(of: file)
    if !file.damage.isEmpty { throw Failure(line: "", status: .badData) }
  }

  private static func tellDamage(of file: RecordingFile) {
    let path = SafeText.escaped(Array(file.path.utf8), limit: 500)
    for line in file.damage { complain("\(path) is damaged: \(line)") }
    if let shortfall = file.shortfall {
      complain(SafeText.escaped(Array(shortfall.utf8), limit: 700))
    }
  }

  private func choice(_ file: RecordingFile) throws(RecordingError) -> DomainChoice? {
    guard let domain else { return nil }
    guard let choice = try DomainChoice(domain, in: file) else {
      let shown = SafeText.escaped(Array(domain.utf8))
      throw RecordingError(.system, "no domain \"\(shown)\" in \(self.file)")
    }
    return choice
  }
}

extension [Field] {
  /// With HOST behind the name: of several hosts neither name nor domid tells a domain from others.
  fileprivate var withHost: [Field] {
    guard !contains(where: { $0.id == .host }) else { return self }
    var fields = self
    let place = firstIndex { $0.id == .name }.map { $0 + 1 } ?? 0
    fields.insert(Field.of(.host), at: place)
    return fields
  }
}
