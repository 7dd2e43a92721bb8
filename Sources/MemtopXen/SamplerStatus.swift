import MemtopCore
import Synchronization

/// What the sampler waits for at this moment, for a screen that must not wait with it.
///
/// May be asked from any thread, also while `XenSource.read` blocks.
public final class SamplerStatus: Sendable {
  /// Whom a sampler can wait for.
  public enum Party: String, Sendable {
    case hypervisor
    case xenstore
  }

  /// A wait that goes on.
  public struct Wait: Hashable, Sendable, CustomStringConvertible {
    public var party: Party
    public var span: Span

    /// "xenstore has not answered for 5 s"
    public var description: String {
      let name = party == .xenstore ? "xenstore" : "the hypervisor"
      return "\(name) has not answered for \(span.wholeSeconds) s"
    }
  }

  private let current = Mutex<(party: Party, since: SteadyTime)?>(nil)
  private let clock: HostClock

  init(clock: HostClock) { self.clock = clock }

  /// Notes that an answer is awaited from now on; each call starts the time anew.
  func await(_ party: Party) {
    let now = clock.steady()
    current.withLock { $0 = (party, now) }
  }

  func done() {
    current.withLock { $0 = nil }
  }

  /// For whom the sampler has been waiting and how long, or nil where it is not at work.
  public var waiting: Wait? {
    guard let (party, since) = current.withLock({ $0 }) else { return nil }
    return Wait(party: party, span: clock.steady() - since)
  }
}
