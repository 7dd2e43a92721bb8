import MemtopCore
import MemtopRecording

/// One figure of a report about a domain: a column of its table, of csv, a member in json.
struct ReportField: Sendable {
  enum Value {
    case text(String)
    case count(Int64)
    case bytes(Bytes?)
    case span(Span)
    case memoryTime(MemoryTime?)
    case counts([String: Int])
  }

  /// Where it stands in the table.
  struct Column: Sendable {
    /// The heading, and the one above it that it shares with its neighbours.
    let group: String
    let title: String
    let width: Int
    /// Which columns go first where there is no room: the highest.
    let drop: Int
    /// The only text, and the only column that may be cut.
    var isName: Bool { width < 0 }
    var key: String { group + title }
    var least: Int { abs(width) }
  }

  /// Its name in csv and json, with its unit.
  let id: String
  let column: Column?
  let value: @Sendable (DomainReport) -> Value

  static let table: [ReportField] =
    who
    + [
      ReportField("held_gib_hours", "GiB HOURS", "HELD", 9, drop: 1) { .memoryTime($0.held) },
      ReportField("busy_gib_hours", "GiB HOURS", "BUSY", 9, drop: 2) { .memoryTime($0.used) },
    ] + levels("alloc", "ALLOC", drops: [10, 3, 5, 8]) { $0.allocation }
    + levels("busy", "BUSY", drops: [13, 4, 6, 9]) { $0.busy }
    + levels("avail", "AVAIL", drops: [11, 12, 15, 16]) { $0.available } + [
      ReportField("swap_in_bytes", "SWAP", "IN", 6, drop: 7) { .bytes($0.swapIn) }
    ] + pressures + changes

  private static let who: [ReportField] = [
    ReportField("name", "", "NAME", -12, drop: 0) { .text($0.name) },
    ReportField("domid") { .count(Int64($0.id.domid)) },
    ReportField("uuid") { .text($0.id.uuid.description) },
    ReportField("lives") { .count(Int64($0.lives)) },
    ReportField("covered_seconds") { .span($0.covered) },
  ]

  private static func levels(
    _ word: String, _ group: String, drops: [Int],
    _ levels: @escaping @Sendable (DomainReport) -> DomainReport.Levels?
  ) -> [ReportField] {
    [
      ReportField("\(word)_min_bytes", group, "MIN", 6, drop: drops[0]) {
        .bytes(levels($0)?.least)
      },
      ReportField("\(word)_mean_bytes", group, "MEAN", 6, drop: drops[1]) {
        .bytes(levels($0)?.mean)
      },
      ReportField("\(word)_p95_bytes", group, "P95", 6, drop: drops[2]) {
        .bytes(levels($0)?.p95)
      },
      ReportField("\(word)_max_bytes", group, "MAX", 6, drop: drops[3]) {
        .bytes(levels($0)?.most)
      },
      ReportField("\(word)_known_seconds") { .span(levels($0)?.known ?? .zero) },
    ]
  }

  private static let pressures: [ReportField] =
    Pressure.allCases.map { pressure in
      let drops: [Pressure: Int] = [.ok: 20, .tight: 19, .short: 18, .thrashing: 14]
      return ReportField(
        "\(pressure.word)_seconds", "TIME", pressure.word.uppercased(), 9,
        drop: drops[pressure] ?? 20
      ) { .span($0.pressures[pressure] ?? .zero) }
    } + [
      ReportField("unknown_seconds", "TIME", "UNKNOWN", 9, drop: 21) {
        .span($0.pressures[nil] ?? .zero)
      }
    ]

  private static let changes: [ReportField] = [
    ReportField("target_changes", "TARGET", "CHANGES", 7, drop: 17) { report in
      .count(Int64(report.changes.values.reduce(0, +)))
    },
    ReportField("target_changes_by") { .counts($0.changes) },
  ]

  private init(_ id: String, value: @escaping @Sendable (DomainReport) -> Value) {
    self.id = id
    column = nil
    self.value = value
  }

  /// - Parameter width: negative aligns to the left.
  private init(
    _ id: String, _ group: String, _ title: String, _ width: Int, drop: Int,
    value: @escaping @Sendable (DomainReport) -> Value
  ) {
    self.id = id
    column = Column(group: group, title: title, width: width, drop: drop)
    self.value = value
  }
}
