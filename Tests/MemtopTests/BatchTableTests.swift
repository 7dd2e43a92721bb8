import MemtopCore
import Testing

@testable import memtop

@Suite("columns of a table are as wide as what stands in them", .timeLimit(.minutes(30)))
struct BatchTableTests {
  private static func snapshot(_ domains: [(UInt16, String)]) -> Snapshot {
    let host = HostMemory(
      hostname: "xen1", xenVersion: "4.17", total: .gib(64), dom0: .zero, guests: .zero,
      dying: .zero, xen: .zero, free: .gib(4), claimed: .zero, promised: .zero,
      owner: nil)
    let samples = domains.map {
      DomainSample(
        id: DomainID(domid: $0, uuid: DomainUUID(high: 1, low: UInt64($0))),
        facts: DomainFacts(name: $1), allocation: .gib(2))
    }
    return Snapshot(
      time: WallTime(milliseconds: 0), steady: SteadyTime(milliseconds: 0), host: host,
      domains: samples)
  }

  /// The rows of a sample's table, its heading first.
  private static func rows(_ writer: borrowing BatchWriter) -> [String] {
    String(decoding: writer.output.bytes, as: UTF8.self).split(separator: "\n").dropFirst()
      .map(String.init)
  }

  private static func writer(_ fields: [FieldID], terminal: Int? = nil) -> BatchWriter {
    BatchWriter(format: .table, fields: fields.map(Field.of), terminal: terminal)
  }

  /// Where the allocation's column ends in each row.
  private static func ends(_ rows: [String]) -> Set<Int> {
    Set(
      rows.map { row in
        let word = row.contains("ALLOC") ? "ALLOC" : "2.00G"
        return TextWidth.columns(of: String(row[..<row.firstRange(of: word)!.upperBound]))
      })
  }

  @Test("neither long names nor high domids shift their rows")
  func straight() {
    let long = "a-name-that-is-much-longer-than-its-column"
    var writer = Self.writer([.id, .name, .alloc, .state])
    writer.put(Self.snapshot([(1, "web"), (1203, long), (32_751, "数据库")]))
    #expect(Self.ends(Self.rows(writer)).count == 1)
    #expect(Self.rows(writer).contains { $0.contains(long) })
  }

  @Test("a width that was needed once is kept, and never are there two within a sample")
  func kept() {
    var writer = Self.writer([.id, .name, .alloc])
    writer.put(Self.snapshot([(1, "web"), (2, "db")]))
    let narrow = Self.ends(Self.rows(writer))
    writer.put(Self.snapshot([(1, "web"), (2, "db"), (3, "a-name-wider-than-twelve")]))
    let wide = Self.ends(Self.rows(writer))
    writer.put(Self.snapshot([(1, "web"), (2, "db")]))
    #expect(narrow.count == 1 && wide.count == 1 && narrow != wide)
    #expect(Self.ends(Self.rows(writer)) == wide)
  }

  @Test("on a terminal names are cut where the row would not fit, with a sign", arguments: 30...70)
  func fits(terminal: Int) {
    var writer = Self.writer([.id, .name, .alloc], terminal: terminal)
    let name = String(repeating: "customer-acme-", count: 4)
    writer.put(Self.snapshot([(1, "web"), (20_001, name + "1"), (20_002, name + "2")]))
    for row in Self.rows(writer) { #expect(TextWidth.columns(of: row) <= terminal, "\(row)") }
    let isCut = terminal < 5 + 1 + 57 + 1 + 6
    #expect(
      Self.rows(writer).filter { $0.contains(Character(CutSign.ofOutput)) }.count == (isCut ? 2 : 0)
    )
  }

  @Test("without domids beside them, names that read the same are told apart")
  func namesakes() {
    var writer = Self.writer([.name, .alloc])
    writer.put(Self.snapshot([(1, "web"), (2, "web"), (3, "db")]))
    #expect(
      Self.rows(writer)[1].hasPrefix("web (1) ") && Self.rows(writer)[2].hasPrefix("web (2) "))
    writer.put(Self.snapshot([(1, "web"), (3, "db")]))
    #expect(Self.rows(writer)[1].hasPrefix("web  "))
  }
}
