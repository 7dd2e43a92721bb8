/// A `DomainSample` as a row of whole numbers, and back: what a `Track` keeps of a domain.
///
/// Three columns of its own, then the numbers of `StoredNumber.table`. What has text of its own (facts,
/// health) is kept beside the track and referred to by its index.
package enum SampleRow {
  /// A place in a row.
  package struct Column: Hashable, Sendable {
    package let rawValue: Int

    fileprivate init(_ place: Int) { rawValue = place }

    /// The column of this SQL name; it must be one of those that there are.
    package init(_ sql: String) {
      self = Self.allCases.first { $0.sql == sql }!
    }
  }

  /// Stands for "not reported" in a column.
  package static let missing = Track.missing
  package static let width = Column.own.count + StoredNumber.table.count

  package static func column(of metric: Metric) -> Column {
    switch metric {
    case .allocation: .allocation
    case .target: .target
    case .busy: .busy
    case .available: .available
    case .free: .free
    case .swapUsed: .swapUsed
    case .swapInRate: .swapInRate
    }
  }

  /// Writes `sample` into `row`, which must be `width` long.
  package static func fill(
    _ row: inout [Int64], from sample: DomainSample, text: Int, arrival: SteadyTime?
  ) {
    // Through pointers: owners are not looked at again for each number.
    row.withUnsafeMutableBufferPointer { row in
      row[0] = 1
      row[1] = Int64(text)
      row[2] = arrival?.milliseconds ?? missing
      let own = Column.own.count
      // Not an array of the closures alone: each call would go through a generic one.
      StoredNumber.table.withUnsafeBufferPointer { numbers in
        for place in numbers.indices { row[own + place] = numbers[place].get(sample) ?? missing }
      }
    }
  }

  /// With the arrival of the report as of `time`, when the sample was taken.
  package static func fill(
    _ row: inout [Int64], from sample: DomainSample, text: Int = 0, at time: SteadyTime
  ) {
    fill(&row, from: sample, text: text, arrival: sample.reportAge.map { time + $0 * -1 })
  }

  /// The same as a new row.
  package static func row(of sample: DomainSample, at time: SteadyTime) -> [Int64] {
    var row = [Int64](repeating: missing, count: width)
    fill(&row, from: sample, at: time)
    return row
  }

  /// The sample that `row` was filled from, as it looked at `time`; total, because a row may come out of
  /// a damaged file.
  package static func sample(
    _ row: [Int64], id: DomainID, text: DomainText, at time: SteadyTime
  ) -> DomainSample {
    var findings = text.findings(of: id)
    for (offset, number) in StoredNumber.table.enumerated() {
      let value = row[Column.own.count + offset]
      if value != missing { number.set(&findings, value) }
    }
    let arrival = row[2] == missing ? nil : SteadyTime(milliseconds: row[2])
    return DomainSample(findings, reportAge: arrival.map { time - $0 })
  }

  static func balloonPhase(_ row: [Int64]) -> (isSettled: Bool, isStuck: Bool) {
    let code = row[Column.phase.rawValue]
    return (code == BalloonState.Phase.settledCode, code == BalloonState.Phase.stuckCode)
  }

  static func state(_ row: [Int64]) -> DomainState {
    DomainState(code: row[Column.state.rawValue])
  }
}

extension SampleRow.Column {
  package static let present = SampleRow.Column(0)
  /// The index of its `DomainText`.
  package static let text = SampleRow.Column(1)
  package static let arrival = SampleRow.Column(2)

  /// Those that are no number of the sample, by their names in SQL; nil is not recorded.
  fileprivate static let own: [String?] = [nil, nil, "reported_at"]

  package static let allCases = (0..<SampleRow.width).map { SampleRow.Column($0) }

  /// What it keeps of a sample; nil for the three of the row's own.
  package var number: StoredNumber? {
    rawValue < Self.own.count ? nil : StoredNumber.table[rawValue - Self.own.count]
  }

  /// Its name in SQL; nil where it is not recorded.
  package var sql: String? {
    guard let number else { return Self.own[rawValue] }
    return number.group == .unrecorded ? nil : number.sql
  }

  package var meaning: StoredNumber.Meaning { Self.meanings[rawValue] }

  private static let meanings = allCases.map { column in
    column.number?.meaning ?? (column == .arrival ? .time : .code)
  }

  // Those that rules and charts know by name.
  package static let allocation = SampleRow.Column("allocation")
  package static let target = SampleRow.Column("target")
  package static let busy = SampleRow.Column("busy")
  package static let available = SampleRow.Column("available")
  package static let free = SampleRow.Column("free")
  package static let swapUsed = SampleRow.Column("swap_used")
  package static let swapIn = SampleRow.Column("swap_in")
  package static let swapOut = SampleRow.Column("swap_out")
  package static let swapInRate = SampleRow.Column("swap_in_rate")
  package static let swapOutRate = SampleRow.Column("swap_out_rate")
  package static let pressure = SampleRow.Column("pressure")
  package static let state = SampleRow.Column("state")
  package static let phase = SampleRow.Column("phase")
  package static let phaseSince = SampleRow.Column("phase_since")
  package static let startedFrom = SampleRow.Column("started_from")
  package static let offset = SampleRow.Column("rest_offset")
  package static let sequence = SampleRow.Column("seq")
}

/// The part of a sample that is not a number; it seldom changes.
package struct DomainText: Equatable, Sendable {
  package var facts: DomainFacts
  package var kind: DomainKind
  package var life: DomainLife
  package var health: ReportHealth
  package var dialect: ReportDialect?
  package var interval: Span?
  /// The domids of its guest and of its stub domain, as `DomainSample` has them.
  package var deviceModelOf: UInt16?
  package var deviceModel: UInt16?

  package init(
    facts: DomainFacts, kind: DomainKind, life: DomainLife, health: ReportHealth,
    dialect: ReportDialect?, interval: Span?
  ) {
    self.facts = facts
    self.kind = kind
    self.life = life
    self.health = health
    self.dialect = dialect
    self.interval = interval
  }

  package init(_ sample: DomainSample) {
    facts = sample.facts
    kind = sample.kind
    life = sample.life
    health = sample.health
    dialect = sample.report?.dialect
    interval = sample.report?.interval
    deviceModelOf = sample.deviceModelOf
    deviceModel = sample.deviceModel
  }

  /// Of a sample whose numbers are yet to be put.
  fileprivate func findings(of id: DomainID) -> DomainSample.Findings {
    var report = dialect.map { GuestReport(dialect: $0) }
    report?.interval = interval
    return DomainSample.Findings(
      id: id, facts: facts, kind: kind, life: life, state: .running, allocation: .zero,
      claim: .zero, videoram: .zero, balloon: BalloonState(), selfBallooning: false,
      keptReport: report.map { KeptReport($0) }, health: health, deviceModelOf: deviceModelOf,
      deviceModel: deviceModel)
  }

  /// Whether this is what `init` makes of the sample.
  package func isText(of sample: DomainSample) -> Bool {
    facts === sample.facts && kind == sample.kind && life == sample.life
      && health == sample.health && dialect == sample.report?.dialect
      && interval == sample.report?.interval && deviceModelOf == sample.deviceModelOf
      && deviceModel == sample.deviceModel
  }

  package static func == (a: DomainText, b: DomainText) -> Bool {
    a.facts === b.facts && a.kind == b.kind && a.life == b.life && a.health == b.health
      && a.dialect == b.dialect && a.interval == b.interval
      && a.deviceModelOf == b.deviceModelOf && a.deviceModel == b.deviceModel
  }
}

/// What of a sample of this run is not a number: beside the text that recordings have, how the domain
/// stands with the regulator.
struct PastText {
  let id: DomainID
  private let text: DomainText
  private let regulation: Regulation?

  init(_ sample: DomainSample) {
    (id, text, regulation) = (sample.id, DomainText(sample), sample.regulation)
  }

  /// Whether this is what `init` makes of the sample.
  func isText(of sample: DomainSample) -> Bool {
    id == sample.id && text.isText(of: sample) && regulation == sample.regulation
  }

  /// The sample that `row` was filled from, as it looked at `time`.
  func sample(_ row: [Int64], at time: SteadyTime) -> DomainSample {
    var sample = SampleRow.sample(row, id: id, text: text, at: time)
    sample.regulation = regulation
    return sample
  }
}

/// `HostMemory` as a row of whole numbers, and back.
extension HostMemory {
  /// `text` is the index of a host for which `sameText` holds.
  func row(text: Int) -> [Int64] {
    [
      Int64(text), total.count, dom0.count, guests.count, dying.count, xen.count, free.count,
      overhead?.count ?? Track.missing, claimed.count, promised.count,
    ]
  }

  init(row: [Int64], texts: [HostMemory]) {
    self = texts[Int(row[0])]
    // Not kept: those in `texts` are of an earlier sample.
    nodes = []
    total = Bytes(row[1])
    dom0 = Bytes(row[2])
    guests = Bytes(row[3])
    dying = Bytes(row[4])
    xen = Bytes(row[5])
    free = Bytes(row[6])
    overhead = row[7] == Track.missing ? nil : Bytes(row[7])
    claimed = Bytes(row[8])
    promised = Bytes(row[9])
  }

  /// Whether hostname, Xen version, owner and the regulator's state are the same.
  func sameText(as other: HostMemory) -> Bool {
    hostname == other.hostname && xenVersion == other.xenVersion && owner == other.owner
      && regulator == other.regulator
  }
}
