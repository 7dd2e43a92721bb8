import MemtopCore
import MemtopSystem
import Synchronization

/// What the sampler waits for at this moment, for a screen that must not wait with it.
///
/// May be asked from any thread, also while `XenSource.read` blocks.
package final class SamplerStatus: Sendable {
  /// Whom a sampler can wait for.
  package enum Party: String, Sendable {
    case hypervisor
    case xenstore

    var name: String { self == .xenstore ? "xenstore" : "the hypervisor" }
  }

  /// How far the domains that are read for the first time are read.
  package struct Progress: Hashable, Sendable {
    package var read = 0
    package var domains: Int

    var percent: String { "\(read * 100 / max(1, domains)) %" }
  }

  /// A wait that goes on.
  package struct Wait: Hashable, Sendable, CustomStringConvertible {
    package var party: Party
    package var span: Span
    package var progress: Progress?

    /// For less than this an answer is not missed.
    static let patience = Span.seconds(2)

    /// It goes on: answers come, there is only much to read.
    package var isGoingOn: Bool { progress != nil && span < Self.patience }

    /// "xenstore has not responded for 5 s" or "reading 1,004 domains, 40 %".
    package var description: String {
      if isGoingOn, let progress {
        return "reading \(progress.domains.grouped) domains, \(progress.percent)"
      }
      guard span.wholeSeconds > 0 else { return "waiting for \(party.name)" }
      let sofar = progress.map { ", \($0.percent) of \($0.domains.grouped) domains are read" } ?? ""
      return "\(party.name) has not responded for \(span.wholeSeconds) s\(sofar)"
    }
  }

  private struct State {
    var current: (party: Party, since: SteadyTime)?
    var progress: Progress?
  }

  private let state = Mutex(State())
  private let clock: HostClock

  init(clock: HostClock) { self.clock = clock }

  /// Notes that an answer is awaited from now on; each call starts the time anew.
  func await(_ party: Party) {
    let now = clock.steady()
    state.withLock { $0.current = (party, now) }
  }

  /// So many domains are about to be read for the first time.
  func begin(reading domains: Int) {
    state.withLock { $0.progress = Progress(domains: domains) }
  }

  /// Another one of them is read.
  func noteRead() {
    state.withLock { $0.progress?.read += 1 }
  }

  /// All that were to be read for the first time are, or will not be.
  func endReading() {
    state.withLock { $0.progress = nil }
  }

  func done() {
    state.withLock { $0 = State() }
  }

  /// How far the first reading is; nil where none goes on.
  package var progress: Progress? { state.withLock { $0.progress } }

  /// For whom the sampler has been waiting and how long, or nil where it is not at work.
  package var waiting: Wait? {
    let state = state.withLock { $0 }
    guard let (party, since) = state.current else { return nil }
    return Wait(party: party, span: clock.steady() - since, progress: state.progress)
  }
}

extension Int {
  /// "1,004"
  var grouped: String {
    let digits = String(magnitude)
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.utf8.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return self < 0 ? "-" + text : text
  }
}
