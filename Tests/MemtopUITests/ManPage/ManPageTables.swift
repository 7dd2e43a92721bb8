@testable import MemtopCore
@testable import MemtopSimulation
@testable import MemtopUI
@testable import TestSupport

/// The tables of memtop(8), made from the code's.
enum ManPageTables {
  /// By the name that stands after BEGIN and END in the page.
  static var all: [(name: String, text: String)] {
    [
      ("KEYS", keys), ("FIELDS", fields), ("HOST FIELDS", hostFields),
      ("PRESSURE", PressureTable.text), ("GUARD", guardRules), ("SCENARIOS", scenarios),
      ("PERFORMANCE DATA", performanceData),
    ]
  }

  private static var keys: String {
    lines(Command.Group.allCases.flatMap { group in [".Ss \(group.rawValue)"] + list(group) })
  }

  private static func list(_ group: Command.Group) -> [String] {
    let commands = Command.table.filter { $0.group == group }
    return [".Bl -tag -width \"PgDnPgDn\" -compact"]
      + commands.flatMap { command in
        let keys = command.keys.map(Mdoc.argument).joined(separator: " , ")
        return [".It Ic \(keys)", sentence(command.help)]
      } + [".El"]
  }

  private static var fields: String {
    let fields = Field.table.filter { !$0.isDrawing }
    return lines(
      [".Bl -tag -width \"psi_someXX\" -compact"]
        + fields.flatMap { field in
          entry(field.id.rawValue, "\(field.title), \(unit(field.unit))", field.description)
        } + [".El"])
  }

  private static var hostFields: String {
    lines(
      [".Bl -tag -width \"domain_countXX\" -compact"]
        + HostField.table.flatMap { entry($0.id, unit($0.unit), $0.description) } + [".El"])
  }

  private static var performanceData: String {
    lines(
      [".Bl -tag -width \"thrashingXX\" -compact"]
        + PerformanceLabel.allCases.flatMap {
          [".It Li \($0.rawValue)", Mdoc.text($0.description)]
        }
        + [".El"])
  }

  private static var guardRules: String {
    let rules = GuardRule.allCases.compactMap { rule in
      rule.facts.when.map { when in
        let words = [.raise, .lower].map { word(rule.severity($0)) }.joined(separator: " Ta ")
        return ".It Cm \(Mdoc.text(rule.rawValue)) Ta \(words) Ta \(Mdoc.text(when))"
      }
    }
    let columns = ".Bl -column \"populate-on-demand\" \"impossible\" \"impossible\""
    return lines([columns, ".It Sy rule Ta Sy raise Ta Sy lower Ta Sy when"] + rules + [".El"])
  }

  private static func word(_ severity: Verdict.Severity?) -> String {
    switch severity {
    case nil, .allow: "\\(en"
    case .warn: "warn"
    case .refuse: "refuse"
    case .never: "impossible"
    }
  }

  private static var scenarios: String {
    lines(
      [".Bl -tag -width \"datacenterXX\" -compact"]
        + Scenario.all.flatMap { [".It Cm \($0.id)", sentence($0.description)] } + [".El"])
  }

  private static func entry(_ id: String, _ what: String, _ description: String) -> [String] {
    [".It Cm \(id)", Mdoc.text(description), ".Pq \(Mdoc.text(what))"]
  }

  private static func unit(_ unit: FieldUnit) -> String {
    switch unit {
    case .count: "a number"
    case .bytes, .rate, .seconds, .percent, .text, .drawing: unit.rawValue
    }
  }

  /// Help lines are no sentences; in the page they are.
  private static func sentence(_ text: String) -> String {
    let text = text.prefix(1).uppercased() + text.dropFirst()
    return Mdoc.text(text.hasSuffix(".") ? text : text + ".")
  }

  private static func lines(_ lines: [String]) -> String {
    lines.map { $0 + "\n" }.joined()
  }
}
