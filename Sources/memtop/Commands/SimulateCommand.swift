import ArgumentParser
import MemtopConf
import MemtopCore
import MemtopSimulation

/// `memtop simulate`.
struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", _superCommandName: "memtop",
    abstract: "Compare rules for setting targets on simulated guests.",
    discussion: """
      Every rule sees the same guests and the same demand; the same seed gives
      the same figures anywhere. A trial begins at seven in the morning, on a
      host of 128 GiB. memtop(8) explains the columns. docs/which-regulator.md
      has the results.

      LOADS
      \(HelpLists.list(StudyLoad.allCases.map { ($0.rawValue, $0.description) }))

      RULES
      \(HelpLists.list(StudyRule.allCases.map { ($0.rawValue, $0.description) }))

      Exit status: 0 done, 1 failed, 64 wrong usage, 65 the scenario cannot
      be read.
      """, version: Version.text)

  @Option(
    help: ArgumentHelp(
      "What the guests do: names separated by commas, or all; default mixed.", valueName: "list"),
    completion: .list(NameList<StudyLoad>.known))
  var load: String?

  @Option(
    help: ArgumentHelp(
      "Which rules set the targets: names separated by commas, or all.", valueName: "list"),
    completion: .list(NameList<StudyRule>.known))
  var rules = NameList<StudyRule>.all

  @Option(
    help: ArgumentHelp("How many guests, 1 to 1000; default 50.", valueName: "n"),
    transform: TypedValue.whole(1...1000))
  var guests: Int?

  @Option(
    help: ArgumentHelp("How many hours, 1 to 240.", valueName: "n"),
    transform: TypedValue.whole(1...240))
  var hours = 24

  @Option(
    help: ArgumentHelp("Trials of each, 1 to 10000: seeds 1 to n.", valueName: "n"),
    transform: TypedValue.whole(1...10_000))
  var seeds = 1

  @Option(
    help: ArgumentHelp("Time between reports, 1 to 3600.", valueName: "seconds"),
    transform: TypedValue.whole(1...3600, of: "seconds"))
  var interval = 10

  @Flag(
    name: .customLong("no-early-reports"),
    help: "Agents report only at the interval, not when memory moves.")
  var reportsAtIntervalOnly = false

  @Option(
    help: "How to print: table (default) or csv, which has a row for each seed.",
    completion: .list(StudyFormat.allCases.map(\.rawValue)), transform: TypedValue.choice())
  var format: StudyFormat?

  @Option(
    help: ArgumentHelp("Your own guests and host; see memtop(8).", valueName: "file"),
    completion: .file(), transform: TypedValue.path)
  var scenario: String?

  /// Before the word it would be taken for memtop's own options, some of which have the same names.
  static let mustComeFirst = ValidationError(
    "options of memtop simulate must follow the word simulate")

  func validate() throws {
    _ = try (loads, chosenRules)
    if scenario != nil, load != nil || guests != nil {
      throw ValidationError("--load and --guests cannot be used with --scenario, which has its own")
    }
  }

  private var loads: [StudyLoad] {
    get throws { try NameList.names(in: load ?? StudyLoad.mixed.rawValue, of: "--load") }
  }

  private var chosenRules: [StudyRule] {
    get throws { try NameList.names(in: rules, of: "--rules") }
  }

  func run() throws {
    let (loads, rules) = try (loads, chosenRules)
    try endWithStatus { () throws(Failure) in
      let sources = try sources(loads)
      for source in sources { try check(source) }
      let request = StudyRequest(
        sources: sources, rules: rules, hours: hours, seeds: seeds,
        interval: interval, reportsEarly: !reportsAtIntervalOnly)
      write(request)
    }
  }

  private func sources(_ loads: [StudyLoad]) throws(Failure) -> [StudySource] {
    guard let scenario else {
      return loads.map { StudySource($0, guests: guests ?? 50) }
    }
    do throws(ConfError) {
      return [StudySource(try ScenarioFile.read(scenario))]
    } catch {
      throw Failure(line: error.description, status: .badData)
    }
  }

  private func check(_ source: StudySource) throws(Failure) {
    let (most, asked) = (StudyRequest.mostGuestHours, source.count * hours)
    guard asked > most else { return }
    throw Failure(
      line:
        "\(source.count) guests for \(hours) hours are too many: guests times hours can be up to"
        + " \(most); use --hours \(most / source.count)", status: .usage)
  }

  private func write(_ request: StudyRequest) {
    let format = format ?? .table
    if format == .csv { Output.standard.write(StudyText.csvHeading) }
    for (number, source) in request.sources.enumerated() {
      let outcome = StudySweep.run(source, request)
      let gap = format == .table && number > 0 ? "\n" : ""
      let text =
        switch format {
        case .table: StudyText.table(source, request, outcome)
        case .csv: StudyText.csv(source, request, outcome)
        }
      guard Output.standard.write(gap + text) else { break }
    }
  }
}
