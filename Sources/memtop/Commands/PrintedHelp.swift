import MemtopCore
import MemtopSimulation

/// Help as it is printed: how the command is called comes first, its options after that, and what is
/// longer last.
enum PrintedHelp {
  private static let overview = "OVERVIEW: "
  private static let usage = "USAGE: "

  /// The argument parser's text, which begins with all that is said about the command.
  static func usageFirst(_ text: String) -> String {
    guard text.hasPrefix(overview) else { return text }
    let blocks = paragraphs(text)
    guard let place = blocks.firstIndex(where: { $0.hasPrefix(usage) }) else { return text }
    let abstract = String(blocks[0].dropFirst(overview.count))
    let ordered = [blocks[place], abstract] + blocks[(place + 1)...] + blocks[1..<max(1, place)]
    return ordered.joined(separator: "\n\n")
  }

  private static func paragraphs(_ text: String) -> [String] {
    var blocks: [[Substring]] = [[]]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if !line.isEmpty {
        blocks[blocks.count - 1].append(line)
      } else if blocks.last?.isEmpty == false {
        blocks.append([])
      }
    }
    return blocks.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
  }
}

/// What `memtop --help` lists from the tables.
enum HelpLists {
  static var text: String {
    """
    Without -b, memtop opens the dashboard; ? lists its keys. See memtop(8).
    -V, -v and version print the version. Options of one letter can be
    written together: -bn1 is -b -n 1. --generate-completion-script bash,
    zsh or fish prints what completes commands and options in that shell.

    FIELDS
    \(fields)

    FIELDS OF THE HOST (json)
    \(hostFields)

    SCENARIOS (--demo --scenario)
    \(scenarios)
    """
  }

  private static var fields: String {
    list(Field.printable.map { ($0.id.rawValue, $0.description + unit($0.unit)) })
  }

  private static var hostFields: String {
    list(HostField.table.map { ($0.id, $0.description + unit($0.unit)) } + [nodes])
  }

  /// A list, and so no field.
  private static let nodes = (
    name: "nodes",
    text: "The NUMA nodes, if there are several: the number (node), total and free [bytes] of each."
  )

  private static var scenarios: String {
    list(Scenario.all.map { ($0.id, $0.description) })
  }

  private static func unit(_ unit: FieldUnit) -> String {
    switch unit {
    case .bytes, .rate, .seconds, .percent: " [\(unit.rawValue)]"
    case .count, .text, .drawing: ""
    }
  }

  /// The names with their texts, an entry a line or more. It is made at every start with arguments, so it
  /// has to be quick.
  static func list(_ rows: [(name: String, text: String)]) -> String {
    var list = ""
    for row in rows {
      if !list.isEmpty { list += "\n" }
      write(row.name, row.text, to: &list)
    }
    return list
  }

  /// Where the text of an entry begins.
  private static let margin = 15
  /// The argument parser breaks lines of 80 columns and more, and does not indent what follows.
  private static let width = 76

  /// A name and its text, broken here so that every line of it is indented.
  private static func write(_ name: String, _ text: String, to list: inout String) {
    list += "  " + name
    var column = 2 + name.count
    for word in text.split(separator: " ") {
      let gap = max(1, margin - column)
      let length = word.count
      if column + gap + length <= width {
        list += String(repeating: " ", count: gap)
        column += gap + length
      } else {
        list += "\n" + String(repeating: " ", count: margin)
        column = margin + length
      }
      list += word
    }
  }
}
