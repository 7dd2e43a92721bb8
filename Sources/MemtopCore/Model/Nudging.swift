/// Wakes a balloon driver that has given up.
///
/// Linux's driver tries four times within 14 s; then it sleeps for up to an hour, unless the distance to
/// its target changes (drivers/xen/balloon.c: update_schedule, balloon_thread_cond; since Linux 5.15).
/// The same target once more changes nothing. So it is told to be where it is, and then where it was to
/// go. Older drivers try on by themselves.
extension TargetOrder {
  package static let nudging = "nudged by keystroke"

  /// Between the two targets: a guest is told only that its target changed, and reads it a little later.
  static let nudgePause = Span.seconds(2)

  /// The nudge of a domain; nil where it is not stuck.
  package static func nudge(of sample: DomainSample, reason: String) -> TargetOrder? {
    guard sample.balloon.isStuck, let size = sample.size else { return nil }
    let held = min(sample.heldSize, sample.staticMax ?? sample.heldSize)
    guard held != size, held > sample.videoram else { return nil }
    return TargetOrder(
      domain: sample.id, name: sample.name, from: size, to: size, reason: reason, nudge: .by(held))
  }

  /// What is written for it, one after the other.
  package var steps: [TargetOrder] {
    guard case .by(let held) = nudge else { return [self] }
    var (first, second) = (self, self)
    (first.to, first.nudge) = (held, .step)
    (second.from, second.nudge) = (held, .step)
    // The two are one nudge to those who count.
    (first.cause, second.cause) = (nil, .nudge)
    return [first, second]
  }
}

extension DomainSample {
  /// The SIZE that it would be at rest with what it holds.
  var heldSize: Bytes {
    (self.allocation - self.balloon.offset + self.videoram).rounded(downTo: .kib(1))
  }
}
