/// "suspend" in `control/shutdown`: a toolstack is about to save or migrate the domain.
///
/// The guest can write that key, too (libxl_create.c makes it writable for the guest's acknowledgement). So it
/// counts only for as long as a toolstack waits; the helper that saves, and a suspended domain, are seen
/// apart from it.
struct SuspendRequest {
  /// libxl takes it back after 60 s without an acknowledgement (libxl_dom_suspend.c).
  private static let patience = Span.seconds(90)
  /// Gone for less, it is the same request: a guest cannot prolong it by writing it again.
  private static let pause = Span.seconds(10)

  private var begun: SteadyTime?
  private var gone: SteadyTime?

  /// Called where anything of the domain may have changed.
  mutating func note(isThere: Bool, now: SteadyTime) {
    guard isThere else { return gone = gone ?? now }
    if begun == nil || gone.map({ now - $0 >= Self.pause }) == true { begun = now }
    gone = nil
  }

  /// Until when it counts, itself included; nil where it does not, or not any more.
  func end(at now: SteadyTime) -> SteadyTime? {
    guard let begun, gone == nil, now - begun <= Self.patience else { return nil }
    return begun + Self.patience
  }
}
