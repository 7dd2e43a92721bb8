/// A level of a domain that the history keeps and charts can draw.
package enum Metric: UInt8, CaseIterable, Hashable, Sendable {
  case allocation, target, busy, available, free, swapUsed, swapInRate

  /// Of these the highest level in a stretch of time counts, else the last one.
  package var isPeak: Bool { self == .swapInRate || self == .swapUsed }
}

/// Which way in time.
package enum TimeDirection: Hashable, Sendable {
  case earlier, later
}

/// What the screen asks of the past.
///
/// A domain is found by its uuid, so that a reboot continues its history; where the uuid is zero
/// (dom0), by its domid. Gaps (memtop was not running, the guest did not report) are nil, never 0.
package protocol HistoryReader {
  /// The first and the last sample kept; nil while there is none.
  var range: ClosedRange<SteadyTime>? { get }

  /// `cells` levels, oldest first, of `cell` length each; the last cell is the one that holds
  /// `ending`. Cells lie on multiples of `cell`, so that a chart moves only once a cell.
  ///
  /// Each is the highest level in its cell for `swapUsed` and `swapInRate`, else the last one.
  func levels(
    _ metric: Metric, of domain: DomainID, ending: SteadyTime, cells: Int, cell: Span
  ) -> [Bytes?]

  /// The worst pressure in each cell, laid out as `levels` are.
  func pressures(
    of domain: DomainID, ending: SteadyTime, cells: Int, cell: Span
  ) -> [Pressure?]

  /// The newest snapshot not later than `at`; nil before the first.
  func snapshot(at: SteadyTime) -> Snapshot?

  /// The nearest sample strictly earlier or later than `time`.
  func sampleTime(_ direction: TimeDirection, than time: SteadyTime) -> SteadyTime?

  /// The newest sample not later than this wall-clock time, else the first one kept.
  func sampleTime(at wall: WallTime) -> SteadyTime?

  /// What the wall clock showed at `time`: that of the newest sample not later than it, and the time
  /// since then; before the first sample, that of the first. nil where there is no sample.
  func wallTime(at time: SteadyTime) -> WallTime?

  /// The earliest stretch in which nobody was looking that begins before `to` and ends after `from`;
  /// it reaches from one sample to the next. With `from` == `to`: the one around an instant.
  ///
  /// There is a gap where the next sample is further away than 15 s and than twice the interval
  /// at which samples were meant to be taken (`SampleGap`). It is asked with every move in the past.
  func gap(from: SteadyTime, to: SteadyTime) -> ClosedRange<SteadyTime>?

  /// The past in `cells` cells of equal length: cell `i` holds the instants from
  /// `from + (to − from)·i/cells` up to, but not including, where the next one begins; the last one
  /// holds `to` as well.
  ///
  /// The answer may be kept by the caller: it is asked for again only when `range` has become longer
  /// by a cell, or the screen wider. It is not asked for while live.
  ///
  /// - Parameter domain: whose pressure and events; nil is everybody's.
  func marks(of domain: DomainID?, from: SteadyTime, to: SteadyTime, cells: Int) -> [TimelineMark]

  /// At most `limit` events strictly earlier or later than a place, nearest first; where no place is
  /// said, from the newest back, or from the oldest on.
  func search(
    _ direction: TimeDirection, than place: EventPlace?, where filter: EventFilter, limit: Int
  ) -> EventSearch
}

/// A past that holds nothing: before the first sample, and in tests.
package struct EmptyHistory: HistoryReader, Sendable {
  package init() {}
  package var range: ClosedRange<SteadyTime>? { nil }
  package func levels(
    _ metric: Metric, of domain: DomainID, ending: SteadyTime, cells: Int, cell: Span
  ) -> [Bytes?] {
    [Bytes?](repeating: nil, count: max(0, cells))
  }
  package func pressures(
    of domain: DomainID, ending: SteadyTime, cells: Int, cell: Span
  ) -> [Pressure?] {
    [Pressure?](repeating: nil, count: max(0, cells))
  }
  package func snapshot(at: SteadyTime) -> Snapshot? { nil }
  package func sampleTime(_ direction: TimeDirection, than time: SteadyTime) -> SteadyTime? { nil }
  package func sampleTime(at wall: WallTime) -> SteadyTime? { nil }
  package func wallTime(at time: SteadyTime) -> WallTime? { nil }
  package func gap(from: SteadyTime, to: SteadyTime) -> ClosedRange<SteadyTime>? { nil }
  package func marks(of domain: DomainID?, from: SteadyTime, to: SteadyTime, cells: Int)
    -> [TimelineMark]
  {
    [TimelineMark](repeating: TimelineMark(isGap: true), count: max(0, cells))
  }
  package func search(
    _ direction: TimeDirection, than place: EventPlace?, where filter: EventFilter, limit: Int
  ) -> EventSearch { EventSearch([]) }
}

/// Whose history: a uuid outlives reboots; domains without one go by their domid.
package struct HistoryKey: Hashable, Sendable {
  package let uuid: DomainUUID
  package let domid: UInt16
  package let host: HostNumber

  package init(_ id: DomainID) {
    uuid = id.uuid
    host = id.host
    domid = id.uuid == .zero ? id.domid : 0
  }
}

/// The past as a recording holds it, on an axis of its own that has nothing to do with the clocks of
/// the machine on which it is looked at.
///
/// It is asked from one thread.
package protocol GrowingPast: HistoryReader, AnyObject {
  /// Looks whether somebody has written more; true where `range` ends later than before.
  ///
  /// Asked a few times a second while a recording is followed, and not otherwise: without it what the
  /// other questions are answered from stays as it was when the recording was opened.
  func refresh() -> Bool

  /// What of the recording cannot be read, in one line; nil where all of it can.
  var damage: String? { get }

  /// What its recorder wrote about it, and who that was, in one line; nil where that is nothing.
  var note: String? { get }
}

extension GrowingPast {
  package var note: String? { nil }
}
