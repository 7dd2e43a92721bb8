import MemtopCore

/// Who stands at a place of the recording: the part of a domain that is not a number.
struct Identity: Equatable {
  var id: DomainID
  var text: DomainText

  /// The SQL columns after `id`, in this order.
  static let columns =
    [
      "domid", "uuid", "name", "kind", "life", "health", "health_reason", "dialect", "interval",
      "os", "kernel", "ipv4", "ipv6", "started",
    ] + added

  /// Those that recordings of earlier versions have not.
  static let added = ["stub_of", "stub", "host"]

  /// The column of the host's name in `table`, as it can be selected from a recording, however old.
  static func hostColumn(_ table: String, _ database: Database) -> String {
    database.has("host", in: table) ? "\(table).host" : "NULL"
  }

  /// Binds it to a statement whose parameters are `columns`, the first of them at `first`.
  func bind(to statement: Statement, first: Int) {
    var next = first
    func bind(_ value: Int64?) {
      statement.bind(next, value)
      next += 1
    }
    func bind(_ value: String?) {
      statement.bind(next, value)
      next += 1
    }
    bind(Int64(id.domid))
    bind(id.uuid.description)
    bind(text.facts.name)
    bind(text.kind.stored)
    bind(text.life.stored)
    bind(text.health.stored)
    bind(text.health.reason)
    bind(text.dialect?.stored)
    bind(text.interval?.milliseconds)
    bind(text.facts.osName)
    bind(text.facts.kernel)
    bind(text.facts.ipv4)
    bind(text.facts.ipv6)
    bind(text.facts.startedAt?.milliseconds)
    bind(text.deviceModelOf.map { Int64($0) })
    bind(text.deviceModel.map { Int64($0) })
    bind(text.facts.host)
  }

  /// Reads it from columns in the order of `columns`; nil where nobody stands there any more.
  init?(_ row: Statement, first: Int) {
    guard let domid = row.domid(first), let uuid = row.text(first + 1).flatMap(DomainUUID.init)
    else { return nil }
    func text(_ column: Int, _ limit: Int) -> String? {
      row.text(first + column).map { Self.safe($0, limit) }
    }
    let facts = DomainFacts(
      name: text(2, 64) ?? "(unnamed)", osName: text(9, 80), kernel: text(10, 40),
      ipv4: text(11, 40), ipv6: text(12, 48),
      startedAt: row.wallTime(first + 13), host: text(16, 64))
    id = DomainID(domid: domid, uuid: uuid, host: row.host(first + 16))
    self.text = DomainText(
      facts: facts, kind: row.text(first + 3).flatMap(DomainKind.init(stored:)) ?? .pv,
      life: DomainLife(stored: row.text(first + 4) ?? ""),
      health: ReportHealth(stored: row.text(first + 5) ?? "", reason: text(6, 200) ?? ""),
      dialect: row.text(first + 7).flatMap(ReportDialect.init(stored:)),
      interval: row.interval(first + 8).map { Span(milliseconds: $0) })
    self.text.deviceModelOf = row.domid(first + 14)
    self.text.deviceModel = row.domid(first + 15)
  }

  init(_ domain: DomainSample) { self.init(id: domain.id, text: DomainText(domain)) }

  /// Whether this is what `init` makes of the domain.
  func isIdentity(of domain: DomainSample) -> Bool { id == domain.id && text.isText(of: domain) }

  init(id: DomainID, text: DomainText) {
    self.id = id
    self.text = text
  }

  /// Text that was made safe when it was recorded, and is made so again: a file may come from anywhere.
  ///
  /// What is safe stays as it is, backslashes included.
  static func safe(_ text: String, _ limit: Int) -> String {
    let isSafe =
      text.unicodeScalars.count <= limit + 1
      && text.split(separator: "\\", omittingEmptySubsequences: false).allSatisfy {
        SafeText.escaped(Array($0.utf8), limit: limit + 1) == $0
      }
    return isSafe ? text : SafeText.escaped(Array(text.utf8), limit: limit)
  }
}

extension Statement {
  /// The number of the host that a column names; NULL is the only one.
  func host(_ column: Int) -> HostNumber {
    text(column).map { .named(Identity.safe($0, 64)) } ?? .only
  }
}
