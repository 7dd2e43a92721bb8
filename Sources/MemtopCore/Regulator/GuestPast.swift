/// What the regulator remembers of every guest, whoever has it: it may be handed over at any moment,
/// and what it went through before counts then.
struct GuestPast: Sendable {
  private(set) var peak: BusyPeak?
  /// When it was under pressure last.
  private(set) var pressed: SteadyTime?
  private var lastArrival: SteadyTime?

  /// - Parameter reported: when its report arrived; nil while that is not fresh.
  mutating func note(_ guest: AdvisedGuest, reported: SteadyTime?, now: SteadyTime) {
    if guest.isPressed { pressed = now }
    guard let reported, reported != lastArrival, let busy = guest.busy else { return }
    lastArrival = reported
    if peak == nil { peak = BusyPeak(busy, at: reported) } else { peak?.note(busy, at: reported) }
  }
}
