import Foundation
import MemtopCore
import Synchronization
import Testing

@testable import MemtopXen

extension XenStore {
  /// Each request that a change makes of xenstored, memtop's own and libxl's, meets each fault once.
  @Suite("a change that fails at any of its steps", .timeLimit(.minutes(30)))
  struct StepTests {
    let libxl: LibxlHost
    var host: TestHost { libxl.host }

    init() throws { libxl = try LibxlHost() }

    private static let target = "/local/domain/1/memory/target"
    /// xs_wire.h, XS_WRITE.
    private static let write: UInt32 = 11

    /// What is there afterwards.
    private struct State {
      var target: Bytes
      var limit: Bytes
    }

    private func state() throws -> State {
      let text = try #require(try host.store.text(Self.target))
      let domain = try #require(try host.source.read().domains.first { $0.id == libxl.domain })
      return State(
        target: try #require(Bytes(storeKiB: Array(text.utf8))), limit: try #require(domain.limit))
    }

    private func restore() throws {
      try host.store.write(Self.target, Array("131072".utf8))
      host.hypervisor.forgetLimits()
      host.hypervisor.domains[1].limit = 33_024
      host.hypervisor.publish()
    }

    /// Makes one change from 128 to 64 MiB, of whose requests `fate` decides.
    /// - Returns: how many requests there were, too.
    private func change(_ fate: @escaping @Sendable (StoreProxy.Request) -> StoreProxy.Fate) throws
      -> (outcome: TargetOutcome, requests: Int)
    {
      try restore()
      let requests = Mutex(0)
      let proxy = try StoreProxy(before: host.xenstored) { request in
        requests.withLock { $0 = request.number + 1 }
        return fate(request)
      }
      defer { proxy.end() }
      libxl.socket = proxy.path
      let outcome = libxl.writer().write(libxl.order())
      return (outcome, requests.withLock { $0 })
    }

    /// What must be true whatever happened.
    private func check(_ outcome: TargetOutcome, _ step: String) throws {
      let state = try state()
      let order = libxl.order()
      let failure = ChangeRun.failure(order, outcome, videoram: .zero)
      #expect(state.limit >= state.target + .mib(1), "\(step): \(state) \(outcome)")
      #expect(failure != nil || state.target == order.to, "\(step): \(state) \(outcome)")
      #expect(outcome.target == nil || outcome.target == state.target, "\(step): \(outcome)")
      guard let failure, state.target == order.to, !outcome.isContested else { return }
      #expect(
        failure.hasSuffix("; but its target did change") || outcome.target == nil,
        "\(step): \(failure)")
    }

    @Test("without a fault it is made, and libxl's own requests are among those that are seen")
    func noFault() throws {
      let seen = Mutex<[StoreProxy.Request]>([])
      let (outcome, requests) = try change { request in
        seen.withLock { $0.append(request) }
        return .passedOn
      }
      #expect(outcome == TargetOutcome(ending: .written, target: .mib(64), limit: .mib(65)))
      // memtop itself never writes a target.
      let all = seen.withLock { $0 }
      let writes = all.filter { $0.type == Self.write && $0.path == Self.target }
      #expect(requests > 10 && !writes.isEmpty, "\(all)")
    }

    static let faults: [StoreProxy.Fate] = [
      .refused("ENOSPC"), .refused("EQUOTA"), .garbled, .hungUp, .killed, .answeredAndKilled,
    ]

    @Test(
      "it is made, or not made and told; max_pages is never below what its target needs",
      arguments: faults)
    func fault(_ fault: StoreProxy.Fate) throws {
      var (number, requests) = (0, 1)
      var endings: Set<TargetOutcome.Ending> = []
      while number < requests {
        let step = number
        let (outcome, count) = try change { $0.number == step ? fault : .passedOn }
        requests = count
        try check(outcome, "\(fault) at \(step)")
        endings.insert(outcome.ending)
        number += 1
      }
      #expect(endings.count > 1, "\(endings)")
    }

    @Test("what someone else sets before libxl is replaced and told; what they set after stays")
    func contested() throws {
      var (number, requests) = (0, 1)
      var (refused, replaced, overtaken, later) = (0, 0, 0, 0)
      while number < requests {
        let step = number
        let other = try StoreConnection(socketOnly: true)
        let (outcome, count) = try change { request in
          if request.number == step { try? other.write(Self.target, Array("98304".utf8)) }
          return .passedOn
        }
        requests = count
        let present = try state().target
        // Behind all that is read back: the next sample tells of it.
        if present == .mib(96), outcome.target == .mib(64) {
          later += 1
        } else {
          try check(outcome, "someone else's at \(step)")
        }
        switch (present, outcome.ending) {
        case (.mib(96), .failed(let why)):
          #expect(why == "someone else set its target to 96M meanwhile")
          refused += 1
        case (.mib(64), .written):
          #expect(outcome.isContested, "at \(step)")
          replaced += 1
        case (.mib(96), .written):
          overtaken += 1
        default: Issue.record("\(outcome) at \(step)")
        }
        number += 1
      }
      #expect(refused > 0 && replaced > 0 && overtaken > later && later < 4)
    }

    @Test("a limit that Xen refuses to set changes nothing")
    func limitRefused() throws {
      try restore()
      host.hypervisor.limitRefusal = EPERM
      host.hypervisor.publish()
      let outcome = libxl.writer().write(libxl.order())
      guard case .failed = outcome.ending else {
        Issue.record("\(outcome)")
        return
      }
      #expect(outcome.target == .mib(128) && outcome.limit == .mib(129))
      #expect(try state().target == .mib(128))
    }

    @Test("where libxl fails after it has set the limit, the limit is mended")
    func populateOnDemandRefused() throws {
      try restore()
      try libxl.describe(as: "hvm")
      host.hypervisor.domains[1].flags = 2
      host.hypervisor.publish()
      let outcome = libxl.writer().write(libxl.order())
      guard case .failed = outcome.ending else {
        Issue.record("\(outcome)")
        return
      }
      #expect(outcome.target == .mib(128) && outcome.limit == .mib(129))
    }

    @Test("a nudge back to the same target is not taken for someone else's")
    func twice() throws {
      try restore()
      let writer = libxl.writer()
      for (from, to) in [(Bytes.mib(128), Bytes.mib(100)), (.mib(100), .mib(100))] {
        let outcome = writer.write(libxl.order(from: from, to: to))
        #expect(outcome == TargetOutcome(ending: .written, target: to, limit: to + .mib(1)))
      }
    }
  }
}
