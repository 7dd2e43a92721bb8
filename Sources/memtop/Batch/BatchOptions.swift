import ArgumentParser
import MemtopCore

/// The options of `memtop -b`.
struct BatchOptions: ParsableArguments {
  @Flag(name: [.customShort("b"), .long], help: "Print lines instead of a screen.")
  var batch = false

  @Option(
    name: [.customShort("n", allowingJoined: true), .long],
    help: ArgumentHelp("End after that many samples (with -b).", valueName: "samples"))
  var samples: Int?

  @Option(
    help: ArgumentHelp(
      "Fields to print, separated by commas (with -b); they are listed above.", valueName: "list"),
    completion: .list(Field.printable.map(\.id.rawValue)))
  var fields: String?

  @Option(help: "How to print (with -b).")
  var format: BatchFormat?

  func validate() throws {
    if !batch, samples != nil || fields != nil || format != nil {
      throw ValidationError("-n, --fields and --format belong to batch mode; they want -b")
    }
    if let samples, samples < 1 {
      throw ValidationError("-n \(samples): at least one sample must be taken")
    }
    _ = try chosenFields()
  }

  static let standard: [FieldID] = [
    .id, .name, .state, .alloc, .target, .max, .busy, .avail, .cache, .swap, .swapin, .pressure,
    .health, .age,
  ]

  /// What `validate` has found to be good.
  var chosen: [Field] { (try? chosenFields()) ?? [] }

  /// The fields named by `--fields`, in that order; csv and json give all where none are named.
  private func chosenFields() throws -> [Field] {
    guard let fields else {
      return format ?? .table == .table ? Self.standard.map(Field.of) : Field.printable
    }
    return try fields.split(separator: ",", omittingEmptySubsequences: false).map { name in
      guard let field = Field.named(name), !field.isDrawing else {
        let known = Field.printable.map(\.id.rawValue).joined(separator: ", ")
        throw ValidationError("--fields: there is no field \"\(name)\"; there are: \(known)")
      }
      return field
    }
  }
}

extension Field {
  /// All that can be written as text.
  static let printable = table.filter { !$0.isDrawing }
}

/// `--sort FIELD` or `--sort -FIELD`.
struct SortOrder: ExpressibleByArgument {
  var field: Field
  var isReversed: Bool

  init?(argument: String) {
    isReversed = argument.hasPrefix("-")
    guard let field = Field.named(argument.dropFirst(isReversed ? 1 : 0)), !field.isDrawing else {
      return nil
    }
    self.field = field
  }
}
