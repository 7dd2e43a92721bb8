import ArgumentParser
import MemtopCore
import MemtopSystem
import MemtopXen

/// `memtop -b`: a sample an interval, written and flushed at once.
struct Batch {
  let host: HostConnection
  let fields: [Field]
  let list: ListChoice
  let format: BatchFormat
  let interval: Span
  let samples: Int?
  let policies: PolicySet
  let loop: any EventLoop
  var write: (UnsafeBufferPointer<UInt8>) -> Bool = Output.standard.write

  func run() throws(Failure) {
    let engine = HostEngine(host, loop, interval: interval)
    var writer = BatchWriter(
      format: format, fields: fields, list: list, terminal: TerminalWidth.ofOutput)
    var taken = 0
    var waiting = OnceLogger()
    var advice = KeptAdvice()
    while true {
      for event in engine.turn() {
        switch event {
        case .sample(var snapshot):
          waiting.end()
          if wantsAdvice { advice.note(on: &snapshot, policies) }
          writer.put(snapshot)
          guard write(writer.output.bytes) else { return }
          taken += 1
          if taken == samples { return }
        case .unreadable(let error): throw Failure(line: error.description, status: .failed)
        case .waiting(let what): waiting.follow(what, at: loop.now).map(complain)
        case .past, .preview, .sampleForChange, .publishing, .written, .progress: break
        }
      }
      loop.wait(until: engine.due)
    }
  }

  private var wantsAdvice: Bool {
    fields.contains { $0.id == .advice } || list.asks(.advice)
  }
}

/// The options of `memtop -b`; `dump` and `report` print by --fields and --format, too.
struct BatchOptions: ParsableArguments {
  static let heeded = own.union(RootOption.simulation).union([.delay, .sort, .filter, .policy])
  /// Those that mean nothing without `-b`.
  static let own: Set<RootOption> = [.batch, .samples, .fields, .format]

  @Flag(name: [.customShort("b"), .long], help: "Print lines instead of a screen.")
  var batch = false

  @Option(
    name: [.customShort("n", allowingJoined: true), .long],
    help: ArgumentHelp("End after that many samples (with -b).", valueName: "samples"),
    transform: TypedValue.whole(1...Int.max))
  var samples: Int?

  @Option(
    help: ArgumentHelp(
      "Fields to print, separated by commas (with -b); they are listed below.", valueName: "list"),
    completion: .list(Field.printable.map(\.id.rawValue)))
  var fields: String?

  @Option(
    help: """
      How to print (with -b): table, csv or json. In csv, text that a spreadsheet would take for a \
      formula (=, +, -, @) has an apostrophe in front.
      """, completion: BatchFormat.completion)
  var format: String?

  func validate() throws {
    _ = try chosenFields()
    if batch { _ = try format(of: BatchFormat.self) }
  }

  /// The format that was typed, as one of those that a command prints.
  func format<Format: CaseIterable & RawRepresentable & Sendable>(of: Format.Type) throws -> Format?
  where Format.RawValue == String {
    guard let format else { return nil }
    do {
      return try TypedValue.choice()(format)
    } catch {
      throw ValidationError(InvalidValue("--format", format, "\(error)").description)
    }
  }

  static let standard: [FieldID] = [
    .id, .name, .state, .alloc, .target, .max, .busy, .avail, .cache, .swap, .swapin, .pressure,
    .health, .age,
  ]

  /// What must be read: of one sample as csv, which has no figures of the host, only what its fields need.
  func scope(_ list: ListChoice) -> ReadScope {
    let wanted = chosen.map(\.id) + (list.sort.map { [$0.field.id] } ?? [])
    let isEarly =
      samples == 1 && format == BatchFormat.csv.rawValue && list.filter.isEmpty
      && FieldID.early.isSuperset(of: wanted)
    return isEarly ? .early : .everything
  }

  /// What `validate` has found to be good.
  var chosen: [Field] { (try? chosenFields()) ?? [] }

  private func chosenFields() throws -> [Field] {
    let table = BatchFormat.table.rawValue
    return try Self.fields(fields, isTable: format ?? table == table)
  }

  /// The fields named by `--fields`, in that order; where none are named, all, or those of a table.
  static func fields(_ list: String?, isTable: Bool) throws -> [Field] {
    guard let list else { return isTable ? standard.map(Field.of) : Field.printable }
    var fields: [Field] = []
    for name in TypedValue.list(list) {
      guard let field = Field.named(name), !field.isDrawing else {
        throw ValidationError("--fields: \(Field.unknown(name))")
      }
      // In json both would have the same key.
      guard !fields.contains(where: { $0.id == field.id }) else {
        throw ValidationError("--fields: \(field.id.rawValue) is given twice")
      }
      fields.append(field)
    }
    return fields
  }
}

extension Field {
  /// All that can be written as text.
  static let printable = table.filter { !$0.isDrawing }
}
