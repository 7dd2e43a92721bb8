/// Tells when the host runs short of free memory, and when it no longer is: below the guard's reserve,
/// and a quarter of it above.
package struct HostWatch {
  private var isShort: Bool?
  private var since: SteadyTime?
  private var limit = TurnLimit()

  package init() {}

  /// - Parameter free: beside what is promised and claimed.
  package mutating func note(
    free: Bytes, total: Bytes, at now: SteadyTime, tell: (HostEvent.Kind) -> Void
  ) {
    let reserve = Guard.hostReserve(total: total)
    guard let before = isShort else { return isShort = free < reserve }
    guard before ? free >= reserve + reserve / 4 : free < reserve else { return }
    guard limit.pass(now, tell) else { return }
    tell(
      before
        ? .hostEnough(free: free, after: since.map { now - $0 })
        : .hostShort(free: free, reserve: reserve))
    (isShort, since) = (!before, now)
  }
}
