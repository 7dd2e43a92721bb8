import Foundation
import MemtopCore
import MemtopSystem
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

    /// The limits that were set for it since `restore`, in MiB.
    private var limits: [UInt64] { host.hypervisor.setLimits.map { $0 >> 8 } }

    private func restore() throws {
      try host.store.write(Self.target, Array("131072".utf8))
      host.hypervisor.forgetLimits()
      host.hypervisor.domains[1].limit = 33_024
      host.hypervisor.publish()
    }

    /// Makes one change from 128 MiB, of whose requests `fate` decides.
    /// - Returns: how many requests there were, too.
    private func change(
      to size: Bytes = .mib(64),
      _ fate: @escaping @Sendable (StoreProxy.Request) -> StoreProxy.Fate
    ) throws -> (outcome: TargetOutcome, requests: Int) {
      try restore()
      let requests = Mutex(0)
      let proxy = try StoreProxy(before: host.xenstored) { request in
        requests.withLock { $0 = request.number + 1 }
        return fate(request)
      }
      defer { proxy.end() }
      libxl.socket = proxy.path
      let outcome = libxl.writer().write(libxl.order(to: size))
      return (outcome, requests.withLock { $0 })
    }

    /// What must be true whatever happened.
    private func check(_ outcome: TargetOutcome, to size: Bytes = .mib(64), _ step: String) throws {
      let state = try state()
      let order = libxl.order(to: size)
      let failure = ChangeRun.failure(order, outcome, videoram: .zero)
      let needed = state.target + .mib(1)
      // Where someone else has set the target and no limit, more may be left.
      let isOurs = [.mib(128), size].contains(state.target)
      #expect(
        isOurs ? state.limit == needed : state.limit >= needed, "\(step): \(state) \(outcome)")
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
      #expect(outcome == TargetOutcome(ending: .written, target: .mib(64), limit: .at(.mib(65))))
      // memtop itself never writes a target.
      let all = seen.withLock { $0 }
      let writes = all.filter { $0.type == Self.write && $0.path == Self.target }
      #expect(requests > 10 && !writes.isEmpty, "\(all)")
    }

    static let faults: [StoreProxy.Fate] = [
      .refused("ENOSPC"), .refused("EQUOTA"), .garbled, .hungUp, .killed, .answeredAndKilled,
    ]

    @Test(
      "it is made, or not made and told; max_pages is what its target needs, or what it was before",
      arguments: faults, [Bytes.mib(64), .mib(200)])
    func fault(_ fault: StoreProxy.Fate, size: Bytes) throws {
      var (number, requests) = (0, 1)
      var endings: Set<TargetOutcome.Ending> = []
      while number < requests {
        let step = number
        let (outcome, count) = try change(to: size) { $0.number == step ? fault : .passedOn }
        requests = count
        try check(outcome, to: size, "\(fault) at \(step)")
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
      #expect(outcome.target == .mib(128) && outcome.limit == .at(.mib(129)))
      #expect(try state().target == .mib(128))
    }

    @Test(
      "where libxl fails after it has set the limit, the limit is what it was before",
      arguments: [64, 200])
    func populateOnDemandRefused(size: Int64) throws {
      try restore()
      try libxl.describe(as: "hvm")
      host.hypervisor.domains[1].flags = 2
      host.hypervisor.publish()
      let outcome = libxl.writer().write(libxl.order(to: .mib(size)))
      guard case .failed = outcome.ending else {
        Issue.record("\(outcome)")
        return
      }
      #expect(limits == [UInt64(size) + 1, 129])
      #expect(outcome.target == .mib(128) && outcome.limit == .at(.mib(129)) && outcome.isMended)
    }

    @Test("a limit that another program sets while target and limit are read back stays")
    func limitOfOthers() throws {
      let hypervisor = host.hypervisor
      let domain = hypervisor.domains[1]
      var (number, requests, later) = (0, 1, 0)
      while number < requests {
        let step = number
        let (outcome, count) = try change { request in
          // xl sets the limit first, and its target at the end.
          if request.number == step { hypervisor.setLimit(of: domain, toPages: 33 << 8) }
          return .passedOn
        }
        requests = count
        #expect(outcome.ending == .written && !outcome.isMended, "at \(step)")
        #expect(limits.sorted() == [33, 65], "at \(step)")
        if limits.last == 33 { later += 1 }
        number += 1
      }
      #expect(later > 0)
    }

    @Test("no other memtop has its turn before target and limit are read back")
    func turn() throws {
      let file = libxl.root.appendingPathComponent("run/memtop/\(ChangeLock.fileName)").path
      let held = Mutex<[Bool]>([])
      _ = try change { _ in
        let descriptor = open(file, O_RDWR)
        defer { close(descriptor) }
        var wish = flock(writingAt: 1)
        let isKnown = fcntl(descriptor, F_GETLK, &wish) == 0
        held.withLock { $0.append(isKnown && wish.l_type != Int16(F_UNLCK)) }
        return .passedOn
      }
      let turns = held.withLock { $0 }
      let first = try #require(turns.firstIndex(of: true))
      #expect(turns[first...].allSatisfy { $0 }, "\(turns)")
    }

    @Test("a nudge back to the same target is not taken for someone else's")
    func twice() throws {
      try restore()
      let writer = libxl.writer()
      for (from, to) in [(Bytes.mib(128), Bytes.mib(100)), (.mib(100), .mib(100))] {
        let outcome = writer.write(libxl.order(from: from, to: to))
        #expect(outcome == TargetOutcome(ending: .written, target: to, limit: .at(to + .mib(1))))
      }
    }
  }
}
