/// Until when an order that was judged may be carried out.
///
/// A guest may grow after it was looked at. So the time from the figures to the change is limited, whatever
/// it is spent on: waiting for another change, or starting the process that sets targets on a busy host.
package struct OrderTerm: Hashable, Sendable {
  /// When the figures were taken that the order was judged by.
  package var judged: SteadyTime
  /// It may not begin later than this, whatever its figures; nil is no limit.
  package var latest: SteadyTime?

  package init(judged: SteadyTime, latest: SteadyTime? = nil) {
    self.judged = judged
    self.latest = latest
  }

  /// The age of its figures above which a target is not set. A process that sets targets starts within
  /// seconds even on a slow host; one that takes longer is ready for the next order.
  package static let freshness = Span.seconds(30)

  /// The target may not begin to be set later than this.
  package var begin: SteadyTime {
    let fresh = judged + Self.freshness
    return latest.map { min($0, fresh) } ?? fresh
  }
}
