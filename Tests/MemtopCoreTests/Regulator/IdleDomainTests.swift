import Testing

@testable import MemtopCore
@testable import MemtopSimulation
@testable import TestSupport

/// Domains that the regulator does not have, and in which nothing changes, are not looked at. Whatever happens,
/// it does what it would do if all were.
@Suite("domains that the regulator leaves out", .timeLimit(.minutes(30)))
struct IdleDomainTests {
  private static let some = PolicySet(rules: [RegulatedHost.rule("g?3", .regulated(true))])

  @Test(
    "it acts as if it had looked at every domain each second",
    arguments: [
      (PolicySet.standard, 1), (Self.some, 2), (RegulatedHost.all, 3), (PolicySet.standard, 4),
    ])
  func same(policies: PolicySet, seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &random) }
    var host = ObservedHost((1...100).map { ObservedHost.guest($0) })
    var (lean, whole) = (Regulator(policies: policies), Regulator(policies: policies))
    var done = 0
    for second in 1...400 {
      host.live(1) { host in
        // Whole minutes are quiet.
        if second / 60 % 2 == 0, roll(2) == 0 { Self.change(&host, roll) }
      }
      let snapshot = host.snapshot
      let copy = Self.anew(snapshot)
      let acts = lean.see(snapshot)
      let decision = lean.decide(snapshot)
      let mine = decision.orders
      #expect(acts == whole.see(copy), "second \(second)")
      let all = whole.decide(copy)
      #expect(lean.tell(decision, snapshot) == whole.tell(all, copy), "second \(second)")
      guard mine.map(\.order) == all.orders.map(\.order), decision.refused == all.refused else {
        Issue.record("second \(second): \(mine.map(\.order)) | \(all.orders.map(\.order))")
        return
      }
      #expect(lean.count == whole.count)
      for case .publish(let id, let regulation) in acts { Self.publish(id, regulation, &host) }
      for (order, _) in mine.prefix(2) {
        lean.begin(order)
        whole.begin(order)
        host[order.domain.domid].write(.target, "\(order.to.kib)")
        host[order.domain.domid].allocation = order.to
        let outcome = TargetOutcome(ending: .written, target: order.to)
        lean.end(order, outcome, videoram: .zero, at: snapshot.steady)
        whole.end(order, outcome, videoram: .zero, at: snapshot.steady)
      }
      done += acts.count + mine.count
    }
    #expect(done > 20)
  }

  @Test("a pressure that lasted while nothing was looked at counts until its end")
  func pressure() {
    var host = ObservedHost((1...100).map { ObservedHost.guest($0) })
    var (lean, whole) = (Regulator(policies: .standard), Regulator(policies: .standard))
    func report(_ values: String) {
      host[7].write(.memtopReport, "v1 \(values) interval=3600")
    }
    report("available=1900000 psi_some=3000")
    var lowered: [Int] = []
    for second in 1...700 {
      // The pressure ends with the third calm report.
      if [400, 440, 480].contains(second) { report("available=1900000 psi_some=0") }
      if second == 480 { Self.publish(host[7].id, .wanted(by: "alice"), &host) }
      host.live(1)
      let snapshot = host.snapshot
      let copy = Self.anew(snapshot)
      #expect(lean.see(snapshot) == whole.see(copy), "second \(second)")
      let (mine, all) = (lean.decide(snapshot).orders, whole.decide(copy).orders)
      #expect(mine.map(\.order) == all.map(\.order), "second \(second)")
      if second < 400 { #expect(lean.busy(in: snapshot).count < 100 || second < 60) }
      if !mine.isEmpty { lowered.append(second) }
    }
    // Two minutes after it was handed over.
    #expect(lowered.first == 600, "\(lowered)")
  }

  /// The same snapshot, in which every domain may have changed: one in which a finding was set is not the very
  /// same any more.
  private static func anew(_ snapshot: Snapshot) -> Snapshot {
    var copy = snapshot
    copy.domains = DomainSamples(
      snapshot.domains.indices.map { index in
        var sample = snapshot.domains[index]
        sample.life = snapshot.domains[index].life
        return sample
      })
    return copy
  }

  private static func publish(_ id: DomainID, _ regulation: Regulation?, _ host: inout ObservedHost)
  {
    guard host.domains.contains(where: { $0.id == id }) else { return }
    if let regulation {
      host[id.domid].write(.regulation, regulation.bytes(for: id.uuid))
    } else {
      host[id.domid].remove(.regulation)
    }
  }

  private static func change(_ host: inout ObservedHost, _ roll: (Int) -> Int) {
    let place = roll(host.domains.count)
    let id = host.domains[place].id
    switch roll(9) {
    case 0: host.domains[place].write(.target, "\(1_000_000 + roll(1_000_000))")
    case 1, 2, 3:
      let (available, some) = (roll(1_500_000), roll(3) == 0 ? roll(40) : 0)
      host.domains[place].write(
        .memtopReport, "v1 available=\(available) interval=5 psi_some=\(some)00")
    case 4: publish(id, .wanted(by: "alice"), &host)
    case 5: publish(id, .unwanted(by: "bob"), &host)
    case 6 where host.domains.count > 80: host.domains.remove(at: place)
    case 7:
      // The same uuid under another domid: a reboot.
      var reborn = ObservedHost.guest(
        host.domains.map(\.id.domid).max()! + 1, uuid: UInt64(id.domid))
      reborn.write(.memtopReport, "v1 available=\(roll(1_000_000)) interval=5")
      host.domains.remove(at: place)
      host.domains.append(reborn)
    default: host.domains.append(ObservedHost.guest(host.domains.map(\.id.domid).max()! + 1))
    }
  }
}
