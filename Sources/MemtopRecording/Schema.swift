import CSQLite
import MemtopCore

/// What a recording is, in SQL; memtop-recording(5) describes it.
///
/// Additive from version 1 on: later versions may add tables, columns and views, and change none.
enum Schema {
  /// "mtop", at byte 68 of the file (sqlite.org/fileformat2.html).
  static let applicationID: Int64 = 0x6D74_6F70
  static let version: Int64 = 1

  /// Before the first table is made.
  static let preparation = "PRAGMA page_size = 4096; PRAGMA auto_vacuum = INCREMENTAL"

  static let creation =
    statements.joined(separator: ";\n") + ";\n" + views + ";\n"
    + "PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)"

  /// The tables by name, each as it is made.
  static let tables = Dictionary(
    uniqueKeysWithValues: statements.filter { $0.hasPrefix("CREATE TABLE ") }.map { sql in
      (String(sql.dropFirst("CREATE TABLE ".count).prefix { $0 != "(" }), sql)
    })

  private static var statements: [String] {
    [
      """
      CREATE TABLE session(
        id INTEGER PRIMARY KEY, first_sample INTEGER NOT NULL, began INTEGER NOT NULL,
        at INTEGER NOT NULL, interval INTEGER NOT NULL, program TEXT, user TEXT, note TEXT)
      """,
      "CREATE TABLE sample(id INTEGER PRIMARY KEY, late INTEGER NOT NULL, skew INTEGER)",
      "CREATE TABLE clock(sample INTEGER PRIMARY KEY, wall_offset INTEGER NOT NULL)",
      "CREATE TABLE keyframe(sample INTEGER PRIMARY KEY, at INTEGER NOT NULL)",
      """
      CREATE TABLE host(
        sample INTEGER PRIMARY KEY, total INTEGER, xen INTEGER, scrubbing INTEGER, claimed INTEGER,
        free INTEGER, dom0 INTEGER, guests INTEGER, dying INTEGER, promised INTEGER,
        hostname TEXT, xen_version TEXT, owner TEXT, problem TEXT)
      """,
      """
      CREATE TABLE identity(
        \(key), domid INTEGER, uuid TEXT, name TEXT, kind TEXT, life TEXT, health TEXT,
        health_reason TEXT, dialect TEXT, interval INTEGER, os TEXT, kernel TEXT, ipv4 TEXT,
        ipv6 TEXT, started INTEGER)
      """,
      "CREATE INDEX identity_place ON identity(place)",
      """
      CREATE TABLE event(
        id INTEGER PRIMARY KEY, kind INTEGER NOT NULL, before INTEGER, after INTEGER,
        author INTEGER, who TEXT, detail TEXT,
        sample INTEGER GENERATED ALWAYS AS (id >> \(eventShift)) VIRTUAL)
      """,
      """
      CREATE TABLE event_subject(
        id INTEGER PRIMARY KEY, time INTEGER, domid INTEGER, uuid TEXT, name TEXT)
      """,
      "CREATE TABLE event_kind(kind INTEGER PRIMARY KEY, word TEXT NOT NULL)",
    ] + eventKinds + RecordTable.allCases.map(domainTable)
  }

  /// Bits below the sample in an event's id: the place, and a number among its events.
  static let eventShift = RowID.placeBits + 8

  private static let key = """
    id INTEGER PRIMARY KEY,
    sample INTEGER GENERATED ALWAYS AS (id >> \(RowID.placeBits)) VIRTUAL,
    place INTEGER GENERATED ALWAYS AS (id & \(RowID.mostPlaces - 1)) VIRTUAL
    """

  private static func domainTable(_ table: RecordTable) -> String {
    let columns = table.firstColumns.map { "\($0) INTEGER" }.joined(separator: ", ")
    return "CREATE TABLE \(table.name)(\(key), \(columns))"
  }

  /// Columns that recordings of earlier versions have not: they are added before such a one is
  /// continued. `session.turns` tells whether its events tell what began and ended.
  static var laterColumns: [(table: String, column: String)] {
    [("session", "turns"), ("event_subject", "host")] + Identity.added.map { ("identity", $0) }
      + HostRow.added.map { ("host", $0) }
      + RecordTable.allCases.flatMap { table in table.laterColumns.map { (table.name, $0) } }
  }

  /// Those of them that hold text: the others are numbers.
  static let laterTexts: Set<String> = ["host", "missing"]

  static var eventKinds: [String] {
    EventCode.allCases.map {
      "INSERT OR IGNORE INTO event_kind VALUES(\($0.rawValue), '\($0.word)')"
    }
  }

  /// For people with `sqlite3`: times as text, and changes added up.
  private static let views = """
    CREATE VIEW sample_time AS
      SELECT sample, session, at, time_ms,
        strftime('%Y-%m-%d %H:%M:%f', time_ms / 1000.0, 'unixepoch') AS utc
      FROM (
        SELECT sample, session, at, at + coalesce(skew, 0) + (
          SELECT wall_offset FROM clock WHERE clock.sample <= timed.sample
          ORDER BY clock.sample DESC LIMIT 1) AS time_ms
        FROM (
          SELECT sample.id AS sample, session.id AS session, skew,
            session.at + (sample.id - first_sample) * interval + late AS at
          FROM sample JOIN session ON session.id = (
            SELECT id FROM session WHERE first_sample <= sample.id
            ORDER BY first_sample DESC LIMIT 1)) AS timed);
    CREATE VIEW report_value AS
      SELECT sample, place, \(reportSums)
      FROM (
        SELECT sample, place, is_base, \(reportColumns),
          sum(is_base) OVER (PARTITION BY place ORDER BY sample) AS run
        FROM (
          SELECT id >> \(RowID.placeBits) AS sample, id & \(RowID.mostPlaces - 1) AS place,
            0 AS is_base, \(reportColumns) FROM report
          UNION ALL
          SELECT id >> \(RowID.placeBits), id & \(RowID.mostPlaces - 1), 1, \(reportColumns)
          FROM base))
      WINDOW since AS (PARTITION BY place, run ORDER BY sample);
    CREATE VIEW events AS
      SELECT t.sample, t.utc, word AS kind, coalesce(s.name, i.name) AS name,
        coalesce(s.uuid, i.uuid) AS uuid, before, after,
        CASE author WHEN 3 THEN 'regulator' ELSE who END AS who, detail
      FROM event JOIN event_kind USING (kind) JOIN sample_time AS t ON t.sample = event.sample
      LEFT JOIN event_subject AS s ON s.id = event.id
      LEFT JOIN identity AS i ON i.id = (
        SELECT id FROM identity WHERE place = event.id >> 8 & \(RowID.mostPlaces - 1)
          AND id <= event.id >> 8 ORDER BY id DESC LIMIT 1)
    """

  private static var reportColumns: String {
    RecordTable.report.firstColumns.joined(separator: ", ")
  }

  private static var reportSums: String {
    RecordTable.report.firstColumns.map { "sum(\($0)) OVER since AS \($0)" }
      .joined(separator: ", ")
  }
}

/// Whether a database is a recording that this memtop reads.
enum Format {
  /// The code of the errors made here; none of SQLite's.
  static let foreign: Int32 = -1
  static let uncopied: Int32 = -2
  static let replaced: Int32 = -3
  /// Has the low byte of SQLite's own code for damage.
  static let damaged = SQLITE_CORRUPT | 0x7F00

  static func check(_ database: Database, _ path: String) throws(DatabaseError) {
    if try database.count("SELECT count(*) FROM sqlite_schema") == 0 {
      throw DatabaseError(
        path, code: foreign, message: "is empty: nothing has been recorded yet")
    }
    guard try database.count("PRAGMA application_id") == Schema.applicationID else {
      throw DatabaseError(
        path, code: foreign, message: "is not a memtop recording, but another database")
    }
    let version = try database.count("PRAGMA user_version") ?? 0
    guard version <= Schema.version else {
      throw DatabaseError(
        path, code: foreign,
        message: "was recorded by a newer memtop (format \(version); this one knows format "
          + "\(Schema.version)): use the newer memtop")
    }
    switch try SchemaCheck.problem(database) {
    case nil: break
    case .damaged(let why): throw DatabaseError("cannot read", code: damaged, message: why)
    case .foreign(let why):
      throw DatabaseError(path, code: foreign, message: "is not a memtop recording: \(why)")
    }
  }
}
