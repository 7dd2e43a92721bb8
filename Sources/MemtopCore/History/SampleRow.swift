/// A `DomainSample` as a row of whole numbers, and back: what a `Track` keeps of a domain.
///
/// Amounts are in bytes, words their raw values. What has text of its own (facts, health) is kept
/// beside the track and referred to by its index. Straight code rather than a table of key paths:
/// a thousand rows are filled each second.
package enum SampleRow {
  package enum Column: Int, CaseIterable {
    case present, text, arrival
    case allocation, target, busy, available, cache, swapUsed, swapInRate, swapOutRate
    case staticMax, dynamicMin, dynamicMax, limit, claim, videoram
    case pressure, state, phase, phaseSince, startedFrom, offset, hasFollowed, selfBallooning
    case free, total, swapTotal, psiSome, psiFull, swapIn, swapOut, sequence
    /// Kept in the run's own past, but not in recordings.
    case overhead
  }

  /// Stands for "not reported" in a column.
  package static let missing = Track.missing
  package static let width = Column.allCases.count

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
    func set(_ column: Column, _ value: Int64?) { row[column.rawValue] = value ?? Track.missing }
    set(.present, 1)
    set(.text, Int64(text))
    set(.arrival, arrival?.milliseconds)
    set(.allocation, sample.allocation.count)
    set(.target, sample.target?.count)
    set(.busy, sample.busy?.count)
    set(.available, sample.available?.count)
    set(.cache, sample.cache?.count)
    set(.swapUsed, sample.swapUsed?.count)
    set(.swapInRate, sample.swapInRate?.count)
    set(.swapOutRate, sample.swapOutRate?.count)
    set(.staticMax, sample.staticMax?.count)
    set(.dynamicMin, sample.dynamicMin?.count)
    set(.dynamicMax, sample.dynamicMax?.count)
    set(.limit, sample.limit?.count)
    set(.claim, sample.claim.count)
    set(.videoram, sample.videoram.count)
    set(.pressure, sample.pressure.map { Int64($0.rawValue) })
    set(.state, stateCode(sample.state))
    set(.phase, phaseCode(sample.balloon.phase))
    set(.phaseSince, phaseSince(sample.balloon.phase)?.milliseconds)
    set(.startedFrom, sample.balloon.startedFrom.count)
    set(.offset, sample.balloon.offset.count)
    set(.hasFollowed, sample.balloon.hasFollowed ? 1 : 0)
    set(.selfBallooning, sample.selfBallooning ? 1 : 0)
    set(.free, sample.report?.free?.count)
    set(.total, sample.report?.total?.count)
    set(.swapTotal, sample.report?.swapTotal?.count)
    set(.psiSome, sample.report?.psiSome.map(Int64.init))
    set(.psiFull, sample.report?.psiFull.map(Int64.init))
    set(.swapIn, sample.report?.swapIn?.count)
    set(.swapOut, sample.report?.swapOut?.count)
    set(.overhead, sample.overhead?.count)
    set(.sequence, sample.report?.sequence.map { Int64(truncatingIfNeeded: $0) })
  }

  /// A row of its own, with the arrival of the report as of `time`, when the sample was taken.
  package static func row(of sample: DomainSample, at time: SteadyTime) -> [Int64] {
    var row = [Int64](repeating: missing, count: width)
    fill(&row, from: sample, text: 0, arrival: sample.reportAge.map { time + $0 * -1 })
    return row
  }

  /// The sample that `row` was filled from, as it looked at `time`; total, because a row may come out of
  /// a damaged file.
  package static func sample(
    _ row: [Int64], id: DomainID, text: DomainText, at time: SteadyTime
  ) -> DomainSample {
    func number(_ column: Column) -> Int64? {
      let value = row[column.rawValue]
      return value == missing ? nil : value
    }
    func amount(_ column: Column) -> Bytes? { number(column).map { Bytes($0) } }
    var report = text.dialect.map { GuestReport(dialect: $0) }
    report?.free = amount(.free)
    report?.total = amount(.total)
    report?.available = amount(.available)
    report?.cache = amount(.cache)
    report?.swapTotal = amount(.swapTotal)
    report?.swapUsed = amount(.swapUsed)
    report?.psiSome = number(.psiSome).map { Int($0) }
    report?.psiFull = number(.psiFull).map { Int($0) }
    report?.swapIn = amount(.swapIn)
    report?.swapOut = amount(.swapOut)
    report?.sequence = number(.sequence).map { UInt64(bitPattern: $0) }
    report?.interval = text.interval
    let balloon = BalloonState(
      phase: phase(code: number(.phase) ?? 0, since: number(.phaseSince) ?? 0),
      offset: amount(.offset) ?? .zero, hasFollowed: number(.hasFollowed) == 1,
      startedFrom: amount(.startedFrom) ?? .zero)
    var sample = DomainSample(
      id: id, facts: text.facts, kind: text.kind, life: text.life,
      state: state(code: number(.state) ?? 0), allocation: amount(.allocation) ?? .zero,
      limit: amount(.limit), claim: amount(.claim) ?? .zero, overhead: amount(.overhead),
      target: amount(.target),
      staticMax: amount(.staticMax), dynamicMin: amount(.dynamicMin),
      dynamicMax: amount(.dynamicMax), videoram: amount(.videoram) ?? .zero, balloon: balloon,
      selfBallooning: number(.selfBallooning) == 1, report: report, health: text.health,
      reportAge: number(.arrival).map { time - SteadyTime(milliseconds: $0) },
      busy: amount(.busy), available: amount(.available), cache: amount(.cache),
      swapUsed: amount(.swapUsed), swapInRate: amount(.swapInRate),
      swapOutRate: amount(.swapOutRate),
      pressure: number(.pressure).flatMap { Pressure(rawValue: UInt8(clamping: $0)) })
    if text.deviceModelOf != nil || text.deviceModel != nil {
      (sample.deviceModelOf, sample.deviceModel) = (text.deviceModelOf, text.deviceModel)
    }
    return sample
  }

  private static func stateCode(_ state: DomainState) -> Int64 {
    switch state {
    case .running: 0
    case .paused: 1
    case .booting: 2
    case .crashed: 3
    case .dying: 4
    case .shutdown: 5
    case .migrating: 6
    case .stuck: 7
    case .building: 8
    }
  }

  private static func state(code: Int64) -> DomainState {
    let states: [DomainState] = [
      .running, .paused, .booting, .crashed, .dying, .shutdown, .migrating, .stuck,
      .building,
    ]
    return states.indices.contains(Int(clamping: code)) ? states[Int(code)] : .running
  }

  private static func phaseCode(_ phase: BalloonState.Phase) -> Int64 {
    switch phase {
    case .settled: 0
    case .growing: 1
    case .shrinking: 2
    case .stuck: 3
    }
  }

  static func isSettledOrStuck(_ row: [Int64]) -> (Bool, Bool) {
    let code = row[Column.phase.rawValue]
    return (code == 0, code == 3)
  }

  private static func phaseSince(_ phase: BalloonState.Phase) -> SteadyTime? {
    switch phase {
    case .settled: nil
    case .growing(let since), .shrinking(let since), .stuck(let since): since
    }
  }

  private static func phase(code: Int64, since: Int64) -> BalloonState.Phase {
    let since = SteadyTime(milliseconds: since)
    switch code {
    case 1: return .growing(since: since)
    case 2: return .shrinking(since: since)
    case 3: return .stuck(since: since)
    default: return .settled
    }
  }
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

  package static func == (a: DomainText, b: DomainText) -> Bool {
    a.facts === b.facts && a.kind == b.kind && a.life == b.life && a.health == b.health
      && a.dialect == b.dialect && a.interval == b.interval
      && a.deviceModelOf == b.deviceModelOf && a.deviceModel == b.deviceModel
  }
}
