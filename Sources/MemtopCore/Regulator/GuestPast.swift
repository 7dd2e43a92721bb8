/// What the regulator remembers of every guest, whoever has it: it may be handed over at any moment,
/// and what it went through before counts then.
struct GuestPast: Sendable {
  private(set) var peak: BusyPeak?
  /// When it was under pressure last.
  private(set) var pressed: SteadyTime?
  private var lastArrival: SteadyTime?

  mutating func note(_ sample: DomainSample, _ policy: MemoryPolicy, now: SteadyTime) {
    if AdvisedGuest(sample, owner: nil, policy: policy).isPressed { pressed = now }
    guard case .fresh = sample.health, let busy = sample.busy,
      let arrival = sample.arrival(at: now), arrival != lastArrival
    else { return }
    lastArrival = arrival
    if peak == nil { peak = BusyPeak(busy, at: arrival) } else { peak?.note(busy, at: arrival) }
  }
}
