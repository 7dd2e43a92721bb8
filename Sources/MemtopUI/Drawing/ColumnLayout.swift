import MemtopCore

/// Which columns are shown at a width, and where: fields vanish in their declared order.
package struct ColumnLayout: Sendable {
  package struct Column: Sendable {
    package let field: Field
    package var x: Int
    package var width: Int
    let content: Content

    init(field: Field, x: Int, width: Int) {
      (self.field, self.x, self.width) = (field, x, width)
      content = Self.special[field.id] ?? .value
    }

    /// What is drawn in it, where it is more than its field's value.
    enum Content { case bar, spark, target, name, value }

    private static let special: [FieldID: Content] = [
      .bar: .bar, .spark: .spark, .target: .target, .name: .name,
    ]
  }

  /// From left to right; they do not overlap and end at or before the width asked for.
  package let columns: [Column]
  /// Columns of the whole row.
  private let width: Int

  /// Whether it is this very layout. False promises nothing.
  func isSame(as other: ColumnLayout) -> Bool {
    width == other.width && columns.isIdentical(to: other.columns)
  }

  /// The order in which they stand, whichever of them are shown: that of the table, but for those that
  /// name the column to their left.
  package static let listed: [FieldID] = {
    let columns = Field.table.filter { $0.dropOrder != nil }
    var listed = columns.filter { $0.neighbour == nil }.map(\.id)
    var waiting = columns.filter { $0.neighbour != nil }
    while let next = waiting.firstIndex(where: { listed.contains($0.neighbour!) }) {
      let field = waiting.remove(at: next)
      listed.insert(field.id, at: listed.firstIndex(of: field.neighbour!)! + 1)
    }
    return listed
  }()

  /// What must stay at 80 columns; the rest comes where it fits comfortably.
  static let essentialDropOrder = 9

  package func column(_ id: FieldID) -> Column? { columns.first { $0.field.id == id } }

  /// - Parameters:
  ///   - width: columns of the whole row; the first one is kept for the mark of tagged domains.
  ///   - longestName: columns of the longest name, which the name may grow to.
  ///   - longestID: digits of the highest domid; none is ever cut.
  ///   - longestHost: columns of the longest name of a host, of which 16 are not cut: names that look the
  ///     same would be taken for one host.
  ///   - hidden: fields that no domain of this host has.
  package init(
    width: Int, longestName: Int = 12, longestID: Int = 1, longestHost: Int = 0,
    hidden: Set<FieldID> = []
  ) {
    let room = width - 1
    let whole: [FieldID: Int] = [.id: longestID, .host: min(longestHost, 16)]
    let extra = { (field: Field) in max(0, (whole[field.id] ?? 0) - field.least) }
    let chosen = Self.chosen(room: room, hidden: hidden, extra: extra)
    var widths = chosen.map { $0.least + extra($0) }
    var spare = room - widths.reduce(0, +) - max(0, chosen.count - 1)
    for (most, wanted) in Self.growth(longestName: longestName) {
      for index in chosen.indices where wanted(chosen[index]) && spare > 0 {
        let more = min(spare, max(0, most(chosen[index]) - widths[index]))
        widths[index] += more
        spare -= more
      }
    }
    columns = Self.placed(chosen, widths, room: room)
    self.width = width
  }

  /// - Parameter extra: what a field takes beyond its least columns.
  private static func chosen(
    room: Int, hidden: Set<FieldID>, extra: (Field) -> Int
  ) -> [Field] {
    let candidates = listed.filter { !hidden.contains($0) }.map(Field.of)
    var kept: [Field] = []
    for field in candidates.sorted(by: { $0.dropOrder! < $1.dropOrder! }) {
      let all = kept + [field]
      let essential = field.dropOrder! <= essentialDropOrder
      let needed = all.reduce(-1) {
        $0 + 1 + (essential ? $1.least + extra($1) : max($1.width, $1.least + extra($1)))
      }
      guard needed <= room || kept.isEmpty else { break }
      kept = all
    }
    return listed.compactMap { id in kept.first { $0.id == id } }
  }

  /// Who may grow first, and to what: numbers get air, then the name, then the drawings.
  private static func growth(
    longestName: Int
  ) -> [(most: (Field) -> Int, wanted: (Field) -> Bool)] {
    [
      ({ $0.width }, { $0.id == .condition }),
      ({ _ in min(longestName, 12) }, { $0.id == .name }),
      ({ $0.width }, { $0.id == .bar }),
      ({ $0.width }, { $0.unit.isNumeric && $0.id != .id }),
      ({ _ in min(longestName, 20) }, { $0.id == .name }),
      ({ _ in 40 }, { $0.id == .bar }),
      ({ _ in min(longestName, 40) }, { $0.id == .name }),
      ({ _ in 60 }, { $0.id == .bar }),
    ]
  }

  private static func placed(_ fields: [Field], _ widths: [Int], room: Int) -> [Column] {
    var x = 1
    var placed: [Column] = []
    for (field, width) in zip(fields, widths) {
      let fitting = min(width, room + 1 - x)
      guard fitting > 0 else { break }
      placed.append(Column(field: field, x: x, width: fitting))
      x += fitting + 1
    }
    return placed
  }
}

/// Domains' names as a column of a table shows them: cut ones end in a sign, and where names read the same
/// each has its domid beside it.
package struct NameColumn: Sendable {
  /// In the order of the domains.
  package let texts: [String]
  /// Whether some read the same and were told apart.
  package let hasNamesakes: Bool

  package init(_ domains: [(name: String, domid: UInt16)], width: Int, sign: Unicode.Scalar) {
    let cut = domains.map { TextWidth.cut($0.name, to: width, sign: sign) }
    let bearers = cut.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    hasNamesakes = bearers.count < cut.count
    guard hasNamesakes else {
      texts = cut
      return
    }
    texts = zip(domains, cut).map { domain, text in
      bearers[text] == 1 ? text : Self.told(domain, width: width, sign: sign)
    }
  }

  /// "customer-a… (12)".
  private static func told(
    _ domain: (name: String, domid: UInt16), width: Int, sign: Unicode.Scalar
  ) -> String {
    let mark = " (\(domain.domid))"
    return TextWidth.cut(domain.name, to: max(1, width - mark.utf8.count), sign: sign) + mark
  }
}

/// What stands before the names of stub domains: a sign where their guest is in the row above, or only
/// other stub domains of it are in between.
struct StubSigns {
  /// Places in the snapshot's domains, in the order of the list.
  let rows: [Int]
  let snapshot: Snapshot
  let sign: Unicode.Scalar

  func sign(atRow row: Int) -> String {
    guard let guest = snapshot.guest(ofStubAt: rows[row]) else { return "" }
    let above = rows[..<row].last { snapshot.guest(ofStubAt: $0) != guest }
    return above == guest ? "\(sign) " : ""
  }
}
