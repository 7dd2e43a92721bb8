import ArgumentParser
import MemtopCore
import MemtopXen
import MemtopSimulation
import MemtopUI

/// The options of the screen of a host.
struct ScreenOptions: ParsableArguments {
  static let heeded = Set(RootOption.allCases).subtracting(BatchOptions.own)

  @Flag(help: "Disable all keys that change the host.")
  var readOnly = false

  @Option(
    help: ArgumentHelp("Record into this file from the start; r stops it.", valueName: "file"),
    completion: .file(), transform: TypedValue.path)
  var record: String?
}

/// How the screen is drawn: that of a host, and that of a recording.
struct DrawingOptions: ParsableArguments {
  @Flag(help: "Draw with ASCII characters only.")
  var ascii = false
}

/// Which domains, and in what order: on both screens, and in batch mode.
struct ListOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Order of the domains; a leading - reverses it: --sort=-name.", valueName: "field"),
    completion: .list(Field.printable.map(\.id.rawValue)), transform: SortOrder.init(typed:))
  var sort: SortOrder?

  @Option(
    help: ArgumentHelp(
      "Only domains that match this, as with / on the screen: --filter 'tight|thrashing'.",
      valueName: "expression"), transform: Filter.init(typed:))
  var filter: Filter?

  var choice: ListChoice { ListChoice(sort: sort, filter: filter ?? .none) }
}

/// Which domains are listed, and in what order.
struct ListChoice {
  /// nil: that of the screen by trouble, of batch mode by domid.
  var sort: SortOrder?
  var filter = Filter.none

  /// All domains, in their own order.
  var isPlain: Bool { sort == nil && filter.isEmpty }

  func asks(_ id: FieldID) -> Bool { sort?.field.id == id || filter.asks(id) }
}

extension Filter {
  /// - Throws: `ValidationError` that names the word.
  init(typed: String) throws {
    do throws(Problem) {
      try self.init(typed)
    } catch {
      throw ValidationError(error.text)
    }
  }
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

/// Which host: the Xen that runs here, or the simulated one.
struct HostOptions: ParsableArguments {
  @Flag(help: "Use a simulated host. Nothing on this machine is read or changed.")
  var demo = false

  @Option(
    help: ArgumentHelp(
      "Which simulated host (with --demo); memtop --help lists them.", valueName: "name"),
    completion: .list(Scenario.all.map(\.id)))
  var scenario: String?

  @Option(
    help: ArgumentHelp(
      "Seed of the scenario's random numbers (with --demo); default 1.", valueName: "n"),
    transform: TypedValue.whole(0...UInt64.max))
  var seed: UInt64?

  func validate() throws {
    if !demo, scenario != nil || seed != nil {
      throw ValidationError("--scenario and --seed are for the simulated host; they need --demo")
    }
    if let scenario, Scenario.named(scenario) == nil {
      let known = Scenario.all.map(\.id).joined(separator: ", ")
      throw ValidationError("--scenario: unknown name \"\(scenario)\"; known names: \(known)")
    }
  }

  /// - Parameter author: whom changes are noted under; default the operator's login.
  func open(author: String? = nil, scope: ReadScope = .everything) throws(Failure)
    -> HostConnection
  {
    guard demo else { return try XenConnection.open(author: author, scope: scope) }
    return DemoConnection.open(scenario: chosen, seed: seed ?? 1, author: author)
  }

  /// For a screen: the simulated host has its regulator running.
  func openForScreen(_ policies: PolicySet) throws(Failure) -> HostConnection {
    guard demo else { return try XenConnection.open() }
    return DemoConnection.openRegulated(scenario: chosen, seed: seed ?? 1, policies: policies)
  }

  private var chosen: Scenario { scenario.flatMap(Scenario.named) ?? .standard }
}

/// How often a sample is taken.
struct SamplingOptions: ParsableArguments {
  @Option(
    name: [.customShort("d", allowingJoined: true), .long],
    help: ArgumentHelp("Time between samples, 0.2 to 3600; default 1.", valueName: "seconds"),
    transform: TypedValue.seconds(0.2...3600))
  var delay: Span?

  var interval: Span { delay ?? .seconds(1) }
}
