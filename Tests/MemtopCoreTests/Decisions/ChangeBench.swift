@testable import TestSupport

@testable import MemtopCore

/// A host that does what a run says, second by second.
struct ChangeBench {
  var domains: [DomainSample]
  var free: Bytes
  var second: Int64 = 100

  var snapshot: Snapshot { TestHost.snapshot(domains, free: free, second: second) }

  subscript(domid: UInt16) -> DomainSample {
    get { domains.first { $0.id.domid == domid }! }
    set { domains[domains.firstIndex { $0.id.domid == domid }!] = newValue }
  }

  func order(_ domid: UInt16, to size: Bytes) -> TargetOrder {
    let sample = self[domid]
    return TargetOrder(
      domain: sample.id, name: sample.name, from: sample.size, to: size, reason: "test")
  }

  /// The write lands, and the balloon begins to move.
  mutating func land(_ order: TargetOrder, in run: inout ChangeRun) {
    self[order.domain.domid].target = order.to
    let since = SteadyTime(milliseconds: second * 1000)
    self[order.domain.domid].balloon.phase =
      order.isLower ? .shrinking(since: since) : .growing(since: since)
    let outcome = TargetOutcome(
      ending: .written, target: order.to, limit: .at(order.to + .mib(1)))
    run.wrote(order, outcome, videoram: .zero, at: snapshot.steady)
    second += 1
  }

  /// The balloon comes to rest where its target is.
  mutating func arrive(_ domid: UInt16) {
    let target = self[domid].target!
    free += self[domid].allocation - target
    self[domid].allocation = target
    self[domid].balloon.phase = .settled
    second += 1
  }
}
