/// A number of a domain that is kept: in the run's past and, by the same descriptor, in recordings.
///
/// The one place that says how it is taken from a sample and put back, what it is, and what it is called
/// in SQL. `SampleRow` makes rows of `StoredNumber.table`, MemtopRecording its columns. A number that is
/// also a field has its descriptor in that field's entry (`Field.stored`).
package struct StoredNumber: Sendable {
  /// What it is, and so within which bounds it is believed.
  package enum Meaning: Sendable {
    /// Bytes; recordings have KiB.
    case amount
    case time, rate, code, bits
    /// Hundredths of a percent.
    case share
  }

  /// With which others it changes, and so is stored.
  package enum Group: Sendable {
    case report, allocation, balloon, limits, state
    /// It follows from others (`RowPrediction` in MemtopRecording).
    case derived
    /// Kept in the run's own past, but not in recordings.
    case unrecorded
  }

  package typealias Getter = @Sendable (DomainSample) -> Int64?
  package typealias Setter = @Sendable (inout DomainSample.Findings, Int64) -> Void

  /// Its column in SQL, for ever.
  package let sql: String
  package let meaning: Meaning
  package let group: Group
  /// Code rather than a key path: a thousand rows are filled each second.
  let get: Getter
  /// Puts it into a sample that is made anew; numbers that are missing are not put.
  let set: Setter

  init(
    _ sql: String, _ meaning: Meaning, _ group: Group, _ get: @escaping Getter,
    _ set: @escaping Setter
  ) {
    self.sql = sql
    self.meaning = meaning
    self.group = group
    self.get = get
    self.set = set
  }

  /// All of them: those that are fields, and the others.
  package static let table = Field.table.compactMap(\.stored) + others

  /// Numbers that nobody asks for by name, but that others follow from.
  private static let others: [StoredNumber] = [
    StoredNumber(
      "claim", .amount, .limits,
      { $0.claim.count }, { $0.claim = Bytes($1) }),
    StoredNumber(
      "videoram", .amount, .limits,
      { $0.videoram.count }, { $0.videoram = Bytes($1) }),
    StoredNumber(
      "phase", .code, .balloon,
      { $0.balloon.phase.code }, { $0.balloon.phase = .init(code: $1) }),
    StoredNumber(
      "phase_since", .time, .balloon,
      { $0.balloon.phase.since?.milliseconds },
      { $0.balloon.phase.since = SteadyTime(milliseconds: $1) }),
    StoredNumber(
      "started_from", .amount, .balloon,
      { $0.balloon.startedFrom.count }, { $0.balloon.startedFrom = Bytes($1) }),
    StoredNumber(
      "rest_offset", .amount, .balloon,
      { $0.balloon.offset.count }, { $0.balloon.offset = Bytes($1) }),
    StoredNumber(
      "has_followed", .code, .balloon,
      { $0.balloon.hasFollowed ? 1 : 0 }, { $0.balloon.hasFollowed = $1 == 1 }),
    StoredNumber(
      "self_ballooning", .code, .state,
      { $0.selfBallooning ? 1 : 0 }, { $0.selfBallooning = $1 == 1 }),
    StoredNumber(
      "total", .amount, .report,
      { $0.report?.total?.count }, { $0.report?.total = Bytes($1) }),
    StoredNumber(
      "swap_total", .amount, .report,
      { $0.report?.swapTotal?.count }, { $0.report?.swapTotal = Bytes($1) }),
    StoredNumber(
      "swap_in", .amount, .report,
      { $0.report?.swapIn?.count }, { $0.report?.swapIn = Bytes($1) }),
    StoredNumber(
      "swap_out", .amount, .report,
      { $0.report?.swapOut?.count }, { $0.report?.swapOut = Bytes($1) }),
    StoredNumber(
      "seq", .bits, .derived,
      { $0.report?.sequence.map { Int64(bitPattern: $0) } },
      { $0.report?.sequence = UInt64(bitPattern: $1) }),
  ]
}

// Words as numbers; recordings have them, so they are for ever.
extension DomainState {
  var code: Int64 {
    switch self {
    case .running: 0
    case .paused: 1
    case .booting: 2
    case .crashed: 3
    case .dying: 4
    case .shutdown: 5
    case .migrating: 6
    case .stuck: 7
    case .building: 8
    case .reading: 9
    }
  }

  /// Running, where a damaged file has another number.
  init(code: Int64) { self = Self.allCases.first { $0.code == code } ?? .running }
}

extension BalloonState.Phase {
  static let settledCode: Int64 = 0
  static let stuckCode: Int64 = 3

  var code: Int64 {
    switch self {
    case .settled: Self.settledCode
    case .growing: 1
    case .shrinking: 2
    case .stuck: Self.stuckCode
    }
  }

  init(code: Int64) {
    let since = SteadyTime(milliseconds: 0)
    self =
      switch code {
      case 1: .growing(since: since)
      case 2: .shrinking(since: since)
      case Self.stuckCode: .stuck(since: since)
      default: .settled
      }
  }

  var since: SteadyTime? {
    get {
      switch self {
      case .settled: nil
      case .growing(let since), .shrinking(let since), .stuck(let since): since
      }
    }
    set {
      guard let newValue else { return }
      switch self {
      case .settled: break
      case .growing: self = .growing(since: newValue)
      case .shrinking: self = .shrinking(since: newValue)
      case .stuck: self = .stuck(since: newValue)
      }
    }
  }
}
