import ArgumentParser
import MemtopCore

/// The options of the screen of a host.
struct ScreenOptions: ParsableArguments {
  @Flag(help: "Disable all keys that change the host.")
  var readOnly = false

  @Option(
    help: ArgumentHelp("Record into this file from the start; r stops it.", valueName: "file"),
    completion: .file())
  var record: String?
}

/// How the screen is drawn: that of a host, and that of a recording.
struct DrawingOptions: ParsableArguments {
  @Flag(help: "Draw with ASCII characters only.")
  var ascii = false
}

/// The order of the domains: on both screens, and of batch mode.
struct SortOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Order of the domains; a leading - reverses it: --sort=-name.", valueName: "field"),
    completion: .list(Field.printable.map(\.id.rawValue)), transform: SortOrder.init(typed:))
  var sort: SortOrder?
}

/// `--sort FIELD` or `--sort -FIELD`.
struct SortOrder {
  var field: Field
  var isReversed: Bool

  /// - Throws: `ValidationError` that lists the fields.
  init(typed: String) throws {
    isReversed = typed.hasPrefix("-")
    let name = typed.dropFirst(isReversed ? 1 : 0)
    guard let field = Field.named(name), !field.isDrawing else {
      throw ValidationError(Field.unknown(name))
    }
    self.field = field
  }
}

extension Field {
  /// What is said of a name that is no field's.
  static func unknown(_ name: Substring) -> String {
    let known = printable.map(\.id.rawValue).joined(separator: ", ")
    let shown = SafeText.escaped(Array(name.utf8), limit: 60)
    return "unknown field \"\(shown)\"; known fields: \(known)"
  }
}
