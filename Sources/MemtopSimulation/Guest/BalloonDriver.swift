import MemtopCore

/// When a Linux balloon driver tries to reach its target, second by second.
///
/// After a failure it waits for 2, 4 and 8 seconds; after the fourth, 14 s after the first, it sleeps for
/// an hour. Another distance to its target wakes it at once (drivers/xen/balloon.c: update_schedule,
/// balloon_thread_cond).
struct BalloonDriver: Sendable {
  private static let mostFailures: Int64 = 4
  private static let sleep: Int64 = 3600

  private var failures: Int64 = 0
  private var pause: Int64 = 0
  private var distance = Bytes.zero

  /// Whether it tries now.
  mutating func tries(_ distance: Bytes) -> Bool {
    guard distance.magnitude >= .kib(4) else {
      self = BalloonDriver()
      return false
    }
    if distance != self.distance { (self.distance, pause) = (distance, 0) }
    guard pause > 0 else { return true }
    pause -= 1
    return false
  }

  /// It tried.
  mutating func tried(moved: Bytes, left: Bytes) {
    distance = left
    guard moved == .zero else { return failures = 0 }
    failures += 1
    let hasGivenUp = failures == Self.mostFailures
    pause = (hasGivenUp ? Self.sleep : 1 << failures) - 1
    if hasGivenUp { failures = 0 }
  }
}
