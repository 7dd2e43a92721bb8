import MemtopCore

/// What `memtop --help` lists from the tables.
enum HelpLists {
  static var text: String {
    """
    Without -b it is a screen; ? there lists its keys. memtop(8) has it all.

    FIELDS
    \(fields)

    FIELDS OF THE HOST (json)
    \(hostFields)

    SCENARIOS (--demo --scenario)
    \(scenarios)
    """
  }

  private static var fields: String {
    lines(Field.printable.map { ($0.id.rawValue, unit($0.unit), $0.description) })
  }

  private static var hostFields: String {
    lines(HostField.table.map { ($0.id, unit($0.unit), $0.description) })
  }

  private static var scenarios: String {
    lines(Scenario.all.map { ($0.id, "", $0.description) })
  }

  private static func unit(_ unit: FieldUnit) -> String {
    switch unit {
    case .bytes, .rate, .seconds, .percent: unit.rawValue
    case .count, .text, .drawing: ""
    }
  }

  private static func lines(_ rows: [(name: String, unit: String, text: String)]) -> String {
    rows.map { row in
      let unit = row.unit.isEmpty ? "" : " [\(row.unit)]"
      let name = row.name + String(repeating: " ", count: max(0, 13 - row.name.count))
      return "  \(name) \(row.text)\(unit)"
    }.joined(separator: "\n")
  }
}
