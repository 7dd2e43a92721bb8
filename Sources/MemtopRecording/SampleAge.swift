import MemtopCore

/// How old earlier samples are, seen from the newest: `--keep` deletes by it.
///
/// Within a session the steady clock tells. Over sessions only the wall clock can, and that may be wrong at
/// boot by any amount. What is deleted too early is lost, and what is kept too long can still go: so of
/// two ages the smaller one counts.
struct SampleAge {
  /// When a sample was taken.
  struct Moment {
    /// On the axis of the recording.
    let at: Int64
    /// By the wall clock; nil where the file does not tell.
    let wall: Int64?
  }

  private let now: TimeAxis.Place
  private let began: (at: Int64, gap: Int64)

  /// For so long a session may run by a clock that is still to be set.
  private static let doubt = Span.minutes(60)

  /// - Parameter began: where on the axis the session's first sample is, and how far behind the session before.
  init(_ now: TimeAxis.Place, began: (at: Int64, gap: Int64)) {
    (self.now, self.began) = (now, began)
  }

  /// Whether the sample of that moment is older than this.
  func isOver(_ keep: Span, since then: Moment) -> Bool {
    let onAxis = now.at - then.at
    guard then.at < began.at else { return onAxis >= keep.milliseconds }
    guard now.at - began.at >= min(Self.doubt, keep).milliseconds else {
      // As if this session had begun right behind the one before.
      let byWall = then.wall.map { now.wall - $0 }
      return min(onAxis, byWall ?? onAxis) - began.gap >= keep.milliseconds
    }
    // One that lies in the future was taken by a wrong clock.
    let byWall = then.wall.flatMap { $0 <= now.wall ? now.wall - $0 : nil }
    return min(onAxis, byWall ?? onAxis) >= keep.milliseconds
  }
}
