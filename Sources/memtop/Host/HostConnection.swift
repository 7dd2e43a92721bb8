import MemtopCore
import MemtopXen

/// A host that can be read, and written to: a real Xen, or the simulated one.
struct HostConnection: Sendable {
  let source: HostSource
  let writer: TargetWriter
  /// Used on the sampler's thread.
  let regulation: RegulationWriter
  /// What the guard must know of a domain beyond a snapshot; asked right before a change, on the
  /// sampler's thread.
  let guardFacts: @Sendable (DomainID) -> GuardFacts
  /// What a call into the host is waiting for.
  let waitingFor: @Sendable () -> SamplerStatus.Wait?
  /// Before this process is stopped: nothing of it may hold up a guest.
  let pause: @Sendable () -> Void
  let resume: @Sendable () -> Void
  /// The next reading of before this run, oldest first, where there are any: the simulated host's.
  var past: @Sendable () -> Reading?
  /// Where the record of a change goes.
  let log: @Sendable (TargetOrder, TargetOutcome) -> Void
  /// False where a guest cannot have reported anything since the last reading.
  var hasNews: @Sendable () -> Bool = { true }
}
