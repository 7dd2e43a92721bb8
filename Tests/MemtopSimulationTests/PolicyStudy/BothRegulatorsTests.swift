import Testing

@testable import MemtopCore
@testable import MemtopSimulation
@testable import TestSupport

/// `memtop regulate` on the guests of a study: what they report stands in xenstore, an observer reads
/// it once a second, and the regulator orders by its snapshots. Its writes take no time.
private final class Service {
  private var observed: ObservedHost
  private var regulator = Regulator(policies: RegulatedHost.all)
  private let study: PolicyStudy
  /// The second of each guest's last report.
  private var reported: [Int?]
  private var sequence = 0
  /// Why it ordered what it did.
  private(set) var reasons: [String] = []

  init(_ study: PolicyStudy, _ views: [StudyView]) {
    self.study = study
    reported = views.map { _ in nil }
    let dom0 = ObservedHost.guest(0, size: .gib(4))
    let guests = views.indices.map { index in
      var guest = ObservedHost.guest(UInt16(index + 1), size: views[index].target)
      guest.write(.staticMax, String(views[index].staticMax.kib))
      return guest
    }
    observed = ObservedHost([dom0] + guests, isFirstSeen: false)
  }

  /// What it would set now, by guest.
  func orders(second: Int, host: StudyHost, _ views: [StudyView]) -> [Int: Bytes] {
    (observed.host.total, observed.host.free) = (host.total, host.free)
    if second == 0 {
      for index in views.indices { show(views[index], index, in: &observed) }
      observed.look()
    } else {
      observed.live(1) { host in
        for index in views.indices { self.show(views[index], index, in: &host) }
      }
    }
    for case .publish(let domain, let regulation?) in regulator.see(observed.snapshot) {
      let value = String(decoding: regulation.bytes(for: domain.uuid), as: UTF8.self)
      observed[domain.domid].write(.regulation, value)
    }
    return Dictionary(
      uniqueKeysWithValues: regulator.orders(observed.snapshot).map { set($0.order) })
  }

  private func set(_ order: TargetOrder) -> (Int, Bytes) {
    // No balloon of a study gets stuck for good, so nobody is nudged.
    #expect(order.nudge == nil)
    regulator.begin(order)
    let outcome = TargetOutcome(ending: .written, target: order.to)
    regulator.end(order, outcome, videoram: .zero, at: observed.snapshot.steady)
    reasons.append(order.reason)
    return (Int(order.domain.domid) - 1, order.to)
  }

  /// The hypervisor's figures, the toolstack's and the guest's own.
  private func show(_ view: StudyView, _ index: Int, in host: inout ObservedHost) {
    let domid = UInt16(index + 1)
    host[domid].allocation = view.allocation
    let target = String(view.target.kib)
    if host[domid].values[.target] != Array(target.utf8) { host[domid].write(.target, target) }
    guard let report = view.report, report.second != reported[index] else { return }
    reported[index] = report.second
    sequence += 1
    let swap = study.guests[index].swap
    host[domid].write(
      .memtopReport,
      """
      v1 total=\(report.total.kib) available=\(report.available.kib) swap_total=\(swap.kib) \
      swap_free=\((swap - report.swapUsed).kib) swap_in=\(report.swapIn.kib) swap_out=0 \
      psi_some=\(report.psiSome) psi_full=\(report.psiFull) interval=\(study.interval) \
      seq=\(sequence)
      """)
  }
}

/// Both regulators at once, on the same figures; the simulated one's orders are carried out.
private struct BothRegulators: TargetRule {
  /// Who is told what to be, and when.
  struct Order: Hashable, CustomStringConvertible {
    var second: Int
    var guest: Int
    var size: Bytes
    var isRaise: Bool
    var description: String { "second \(second): guest \(guest) to \(size.kib) KiB" }
  }

  final class Record {
    var service: [Order] = []
    var simulated: [Order] = []
    var reasons: [String] = []
  }

  let study: PolicyStudy
  let record = Record()
  private var simulated = ExternalRegulator()
  private var service: Service?

  init(_ study: PolicyStudy) { self.study = study }

  mutating func act(second: Int, host: StudyHost, guests: inout [StudyView]) {
    let service = self.service ?? Service(study, guests)
    self.service = service
    let before = guests.map(\.target)
    func order(_ guest: Int, _ size: Bytes) -> Order {
      Order(second: second, guest: guest, size: size, isRaise: size > before[guest])
    }
    let ordered = service.orders(second: second, host: host, guests)
    record.service += ordered.sorted { $0.key < $1.key }.map { order($0.key, $0.value) }
    record.reasons = service.reasons
    simulated.act(second: second, host: host, guests: &guests)
    record.simulated += guests.indices.filter { guests[$0].target != before[$0] }.map {
      order($0, guests[$0].target)
    }
  }
}

/// A part of a day that both regulators see.
private struct Day: CustomTestStringConvertible, Sendable {
  var testDescription: String
  var guests: [StudyGuest]
  var hours = 1
  var interval = 10
  var isEarly = true
  var forGuests = StudyHost.standard.forGuests
  /// What the host keeps free is a share of this.
  var total: Bytes?

  var isShort: Bool { forGuests < StudyHost.standard.forGuests }

  var study: PolicyStudy {
    PolicyStudy(
      guests: guests, hours: hours, interval: interval,
      host: StudyHost(forGuests: forGuests, total: total), reportsEarly: isEarly)
  }

  /// They take a GiB every ten minutes, more than they have, and so are pressed again and again.
  private static let spikes = StudyPlan(
    name: "spikes", count: 4, memory: .mib(600), staticMax: .gib(3), swap: .gib(1),
    fileSet: .gib(1), readRate: .mib(8),
    load: .burst(base: .mib(300), peak: .mib(1300), period: .minutes(10), length: .seconds(150)))
  private static let spiking = spikes.guests(hours: 1, seed: 5)

  static let all = [
    Day(
      testDescription: "a mixture with room",
      guests: StudyLoad.mixed.guests(count: 5, hours: 2, seed: 5), hours: 2),
    Day(
      testDescription: "an office on a short host",
      guests: StudyLoad.office.guests(count: 4, hours: 3, seed: 5), hours: 3, forGuests: .gib(4)),
    Day(testDescription: "spikes, reported once a minute", guests: spiking, interval: 60),
    Day(testDescription: "spikes, never reported early", guests: spiking, isEarly: false),
    Day(
      testDescription: "spikes on a short host", guests: spiking, interval: 2, forGuests: .gib(3),
      total: .gib(20)),
  ]
}

/// One difference is left out on purpose: the service's writes take time, and while some are under way
/// it orders nothing new; in a study a target is set in the second in which it is ordered.
@Suite("memtop regulate and the regulator of studies", .timeLimit(.minutes(30)))
struct BothRegulatorsTests {
  @Test("order the same, second by second", arguments: Day.all)
  private func same(day: Day) {
    let both = BothRegulators(day.study)
    _ = day.study.run(both)
    let (service, simulated) = (both.record.service, both.record.simulated)
    let first = zip(service, simulated).first { $0 != $1 }
    #expect(first == nil, "the service: \(first!.0), the study: \(first!.1)")
    #expect(service.count == simulated.count)
    #expect(simulated.contains { $0.isRaise } && simulated.contains { !$0.isRaise })
    #expect(simulated.count > 10)
    let isShared = both.record.reasons.contains { $0.contains("the host can give") }
    #expect(isShared == day.isShort)
  }
}
