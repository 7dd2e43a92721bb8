import MemtopCore

/// Asks what a domain has left to populate on demand, which is a hypercall of its own: often while it
/// starts, seldom for as long as something is left, and never again once all is populated.
///
/// Entries are made only while a domain is built, when it is paused (xg_dom_x86.c, meminit_hvm).
struct PopulateOnDemandProbe {
  static let often = Span.seconds(60)
  static let seldom = Span.seconds(10)

  private var last: PopulateOnDemand?
  private var since: SteadyTime?
  private var next: SteadyTime?
  private var isOver = false

  mutating func figure(
    _ kind: DomainKind, _ life: DomainLife, now: SteadyTime, ask: () -> PopulateOnDemand?
  ) -> PopulateOnDemand? {
    guard !isOver, kind != .pv, life == .running || life == .paused else { return nil }
    if let next, now < next { return last }
    last = ask()
    let begin = since ?? now
    since = begin
    next = now - begin < Self.often ? now : now + Self.seldom
    if life == .running, last.map({ $0.entries == .zero }) ?? true { (isOver, last) = (true, nil) }
    return last
  }
}
