import Testing

@testable import MemtopCore
@testable import TestSupport

@Suite("reports of hostile bytes", .timeLimit(.minutes(30))) struct HostileReportTests {
  /// A true report of one dialect, and one of its keys as the fields that may be wrong.
  struct Dialect: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var others: [StoreKey: String] = [:]
    let key: StoreKey
    /// What stands before the fields.
    var start = ""
    let fields: [String]
    let separator: String
    /// The field with something else in the number's place.
    let replace: @Sendable (String, [UInt8]) -> [UInt8]

    var whole: [UInt8] { Array((start + fields.joined(separator: separator)).utf8) }

    func keys(_ value: [UInt8]) -> [StoreKey: [UInt8]] {
      others.mapValues { Array($0.utf8) }.merging([key: value]) { $1 }
    }

    /// The whole with this in the number's place of one field.
    func whole(_ place: Int, _ value: [UInt8]) -> [UInt8] {
      var changed = fields.map { Array($0.utf8) }
      changed[place] = replace(fields[place], value)
      return Array(start.utf8) + Array(changed.joined(separator: Array(separator.utf8)))
    }
  }

  private static let number: @Sendable (String, [UInt8]) -> [UInt8] = { $1 }

  static let dialects: [Dialect] = [
    Dialect(
      testDescription: "memtop", key: .memtopReport, start: "v1 ",
      fields: [
        "total=2000000", "free=500000", "available=1000000", "cached=600000", "swap_total=4096",
        "swap_free=4096", "swap_in=1", "swap_out=1", "zram=0", "psi_some=12", "psi_full=3",
        "interval=1", "self_target=2097152",
      ], separator: " "
    ) { field, value in Array(field.prefix { $0 != "=" }.utf8) + [0x3D] + value },
    Dialect(
      testDescription: "xenballoond", key: .meminfo,
      fields: [
        "MemTotal:  2000000 kB", "MemFree:  500000 kB", "MemAvailable:  1000000 kB",
        "Cached:  600000 kB", "Shmem:  100 kB", "SwapTotal:  4096 kB", "SwapFree:  4096 kB",
        "SReclaimable:  100 kB",
      ], separator: "\n"
    ) { field, value in
      Array(field.prefix { $0 != ":" }.utf8) + Array(":  ".utf8) + value + Array(" kB".utf8)
    },
    Dialect(
      testDescription: "qubes' used", others: [.swapinfo: "0"], key: .meminfo,
      fields: ["1000000"], separator: "\n", replace: number),
    Dialect(
      testDescription: "qubes' swap", others: [.meminfo: "1000000"], key: .swapinfo,
      fields: ["4096"], separator: "\n", replace: number),
    Dialect(
      testDescription: "xapi's free", others: [.xapiTotal: "2000000"], key: .xapiFree,
      fields: ["1000000"], separator: "\n", replace: number),
    Dialect(
      testDescription: "xapi's total", others: [.xapiFree: "1000000"], key: .xapiTotal,
      fields: ["2000000"], separator: "\n", replace: number),
  ]

  private static let reasons = 200

  private static func check(_ finding: ReportFinding, _ value: [UInt8]) {
    switch finding {
    case .none: break
    case .read(let reports):
      for report in reports {
        let amounts = [
          report.total, report.free, report.available, report.cache, report.swapTotal,
          report.swapUsed, report.swapIn, report.swapOut, report.used,
        ]
        for amount in amounts.compactMap({ $0 }) {
          #expect(amount >= .zero && amount <= .kib(ReportText.most), "\(value)")
        }
      }
    case .unreadable(let why):
      #expect(!why.isEmpty && why.count < reasons)
      #expect(HarmlessText.offence(in: why) == nil, "\(why.debugDescription)")
    }
  }

  private static func isUnreadable(_ finding: ReportFinding) -> Bool {
    if case .unreadable = finding { true } else { false }
  }

  @Test("whatever the bytes, figures have bounds and reasons are one harmless line")
  func anything() {
    for dialect in Self.dialects {
      let variants = HostileCorpus.variants(
        dialect.fields, separator: dialect.separator, replacing: dialect.replace)
      for value in variants + HostileCorpus.all.map(\.bytes) {
        let text = Array(dialect.start.utf8) + value
        Self.check(ReportReader.readAll(ReportSamples.keys(dialect.keys(text))), value)
      }
    }
  }

  @Test(
    "where a number should be, whatever is none makes the report unreadable", arguments: dialects)
  func noNumber(_ dialect: Dialect) {
    #expect(
      !Self.isUnreadable(ReportReader.readAll(ReportSamples.keys(dialect.keys(dialect.whole)))))
    for place in dialect.fields.indices {
      for value in HostileCorpus.all where !Self.isEmptyNode(dialect, value.bytes) {
        let text = dialect.whole(place, value.bytes)
        let finding = ReportReader.readAll(ReportSamples.keys(dialect.keys(text)))
        #expect(Self.isUnreadable(finding), "\(dialect.fields[place]): \(value): \(finding)")
      }
    }
  }

  /// A node that a toolstack has made and nobody has written is no report.
  private static func isEmptyNode(_ dialect: Dialect, _ value: [UInt8]) -> Bool {
    dialect.key == .meminfo && dialect.fields.count == 1 && ReportText.trimmed(value[...]).isEmpty
  }

  @Test(
    "what lacks its main figure is unreadable, and what has one twice",
    arguments: [
      (0, "free=500000 total=2000000"), (0, "total=1 total=1 available=1"), (0, "available=1"),
      (0, "available=1 available=2"), (0, "=1 available=2"), (0, "available"),
      (1, "MemTotal: 1 kB\nMemTotal: 1 kB\nMemFree: 1 kB\nShmem: 0 kB"),
      (1, "MemFree: 1 kB\nShmem: 0 kB"), (1, "MemTotal: 1 kB\nShmem: 0 kB"),
      (1, "MemTotal: 1 MB\nMemFree: 1 kB\nShmem: 0 kB"),
    ])
  func incomplete(_ dialect: Int, _ text: String) {
    let dialect = Self.dialects[dialect]
    let versioned = dialect.key == .memtopReport && text != "available=1" ? "v1 " + text : text
    let finding = ReportReader.readAll(ReportSamples.keys(dialect.keys(Array(versioned.utf8))))
    #expect(Self.isUnreadable(finding), "\(finding)")
  }

  private static func seen(_ dialect: Dialect, _ value: [UInt8]) -> DomainSample {
    var host = ObservedHost()
    for (key, value) in dialect.keys(value) { host[5].write(key, value) }
    host.live(2) { host in host[5].write(dialect.key, value) }
    return host.sample()
  }

  @Test("the row says unreadable, and no figure of it is shown", arguments: dialects)
  func rows(_ dialect: Dialect) {
    for value in HostileCorpus.numbers {
      let sample = Self.seen(dialect, dialect.whole(0, value.bytes))
      #expect(sample.health.word == "unreadable", "\(value): \(sample.health)")
      #expect(sample.available == nil && sample.busy == nil && sample.cache == nil, "\(value)")
      #expect(sample.swapUsed == nil && sample.pressure == nil, "\(value)")
    }
  }

  @Test(
    "numbers that contradict Xen are implausible, and are not shown",
    arguments: [
      (0, "v1 total=2000000 available=4398046511104"), (0, "v1 total=99999999999 available=1000"),
      (0, "v1 total=1000 available=2000"), (0, "v1 available=9999999"),
      (1, "MemTotal: 99999999999 kB\nMemFree: 1 kB\nMemAvailable: 1 kB\nShmem: 0 kB"),
      (1, "MemTotal: 2000000 kB\nMemFree: 9999999 kB\nMemAvailable: 9999999 kB\nShmem: 0 kB"),
      (2, "4398046511104"), (4, "4398046511104"), (5, "99999999999"),
    ])
  func lies(_ dialect: Int, _ text: String) {
    let sample = Self.seen(Self.dialects[dialect], Array(text.utf8))
    #expect(sample.health.word == "implausible", "\(sample.health)")
    #expect(HarmlessText.offence(in: sample.health.reason ?? "") == nil)
    #expect(sample.available == nil && sample.busy == nil && sample.pressure == nil)
  }

  @Test("dom0's own /proc is read with the same distrust")
  func proc() {
    let texts = [
      "MemTotal: 2000000 kB", "MemFree: 500000 kB", "MemAvailable: 1000000 kB", "Shmem: 0 kB",
    ]
    let good = Array(texts.joined(separator: "\n").utf8)
    #expect(GuestReport(ProcTexts(meminfo: good)) != nil)
    for value in HostileCorpus.all { _ = GuestReport(ProcTexts(meminfo: value.bytes)) }
    // Numbers that the kernel may write, and lines with more words than it writes today.
    let others = HostileCorpus.all.filter { $0.kind != .longNumbers && $0.text != "1 2" }
    for value in others {
      let report = GuestReport(
        ProcTexts(
          meminfo: good, vmstat: Array("pswpin ".utf8) + value.bytes,
          pressure: Array("some avg10=".utf8) + value.bytes,
          arcstats: Array("size 4 ".utf8) + value.bytes + Array("\nc_min 4 0".utf8)))
      #expect(report?.swapIn == nil && report?.available == .kib(1_000_000), "\(value)")
    }
  }
}
