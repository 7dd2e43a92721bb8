import ArgumentParser
import MemtopCore
import MemtopRecording

/// `memtop dump FILE`.
struct DumpCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dump",
    abstract: "Print a recording's samples, or extract them into another recording.",
    discussion: """
      Fields and formats are those of memtop -b; memtop --help lists them.
      Gaps in the recording give no lines.

      openmetrics: for promtool tsdb create-blocks-from openmetrics.
      memtop: another recording, of that part only; needs -o.

      Exit status: 0 done, 1 failed, 64 wrong usage, 65 not a memtop
      recording, written by a newer memtop, or damaged.
      """)

  @ParentCommand var memtop: MemtopCommand
  @OptionGroup var part: ExtractOptions

  // These two are taken by memtop's own options of that name, which stand for them; here they are for
  // help and completion.
  @Option(
    help: ArgumentHelp("Fields to print, separated by commas.", valueName: "list"),
    completion: .list(Field.printable.map(\.id.rawValue)))
  var fields: String?

  @Option(help: "How to print: table (default), csv, json, openmetrics or memtop.")
  var format: DumpFormat?

  @Option(
    help: ArgumentHelp("Only the newest sample of each step: 10s, 5m, 1h.", valueName: "step"))
  var every: Step?

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
    help: ArgumentHelp("Write to this file, which must not exist yet.", valueName: "file"),
    completion: .file())
  var output: String?

  private var chosenFormat: DumpFormat { format ?? memtop.batch.format ?? .table }
  private var fieldList: String? { fields ?? memtop.batch.fields }

  func validate() throws {
    try memtop.refuseOptions(for: "dump", isPrinting: true)
    _ = try chosenFields()
    if events { try validateEvents() }
    if chosenFormat == .memtop {
      guard output != nil else { throw ValidationError("--format memtop needs -o and a file") }
      guard fieldList == nil else {
        throw ValidationError(
          "--fields cannot be used with --format memtop, which holds everything")
      }
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
      extract.step = every?.span
      if redact { extract.redactor = Redactor() }
      defer { ExtractOptions.tellDamage(extract.file) }
      if events, let eventFormat {
        return try EventDump(extract: extract, format: eventFormat, output: output).run()
      }
      try Dump(
        extract: extract, format: chosenFormat, fields: chosen, hasHost: fieldList == nil,
        output: output
      ).run()
    }
  }
}

/// How a recording is written out.
enum DumpFormat: String, CaseIterable, ExpressibleByArgument {
  case table, csv, json, openmetrics, memtop

  // Help names them itself: -b does not write all of them.
  static var allValueStrings: [String] { [] }
  static var defaultCompletionKind: CompletionKind { .list(allCases.map(\.rawValue)) }
}

/// A length of time: "10s", "5m", "1h", "500ms"; without a unit, seconds.
struct Step: ExpressibleByArgument {
  var span: Span

  init?(argument: String) {
    guard let span = Span(typed: argument), span > .zero else { return nil }
    self.span = span
  }
}
