@testable import MemtopCore
@testable import MemtopSimulation

/// A simulated host with a regulator on it, lived second by second; writes take no time.
final class RegulatedHost {
  var host: SimulatedHost
  let observer = Observer()
  var regulator: Regulator
  private(set) var snapshot: Snapshot
  /// Whatever was told, with the name before it.
  private(set) var told: [String] = []
  private(set) var orders: [TargetOrder] = []
  private(set) var events: [HostEvent] = []
  private var second: Int64 = 0
  /// The second targets of nudges.
  private var later: [(second: Int64, order: TargetOrder)] = []
  /// What becomes of a write, where it is not simply done.
  var fate: ((TargetOrder) -> TargetOutcome?)?

  static let start = SteadyTime(milliseconds: 1_000_000)

  init(
    _ guests: [GuestPlan], policies: PolicySet = RegulatedHost.all, total: Bytes = .gib(16),
    isDry: Bool = false
  ) {
    let scenario = Scenario(
      id: "test", description: "", hostname: "h", total: total, xen: .mib(100), dom0: .gib(1),
      history: .zero, guests: guests)
    host = SimulatedHost(
      scenario: scenario, seed: 1, startingAt: WallTime(milliseconds: 1_700_000_000_000),
      steady: Self.start)
    regulator = Regulator(policies: policies, isDry: isDry)
    snapshot = observer.observe(host.reading())
  }

  /// Everything is regulated without being asked.
  static let all = PolicySet(rules: [rule("*", .regulated(true))])

  static func rule(_ pattern: String, _ changes: PolicySet.Change...) -> PolicySet.Rule {
    PolicySet.Rule(pattern: DomainPattern(pattern), changes: changes)
  }

  static func guest(
    _ name: String, size: Bytes = .gib(2), _ load: GuestLoad,
    says dialect: ReportDialect? = .memtop,
    every interval: Int64 = 5, traits: Set<GuestPlan.Trait> = []
  ) -> GuestPlan {
    GuestPlan(
      name, size, max: .gib(8), says: dialect, every: interval, load, files: .mib(100),
      traits: traits)
  }

  func run(_ seconds: Int64) {
    for _ in 0..<seconds { step() }
  }

  private func step() {
    second += 1
    host.advance(to: Self.start + .seconds(second))
    snapshot = observer.observe(host.reading())
    events += snapshot.events
    for act in regulator.see(snapshot) {
      switch act {
      case .publish(let domain, let regulation): host.setRegulation(domain, regulation)
      case .tell(let name, let what): told.append("\(name): \(what)")
      }
    }
    for (_, step) in later.filter({ $0.second <= second }) { write(step) }
    later.removeAll { $0.second <= second }
    guard later.isEmpty else { return }
    for (order, _) in regulator.orders(snapshot) {
      orders.append(order)
      regulator.begin(order)
      write(order.steps[0])
      later += order.steps.dropFirst().map { (second: second + 2, order: $0) }
    }
  }

  private func write(_ order: TargetOrder) {
    observer.expect(order, by: .regulator)
    let outcome =
      fate?(order) ?? host.setTarget(order, author: ChangeAuthor.regulatorName)
    let videoram = snapshot.domain(order.domain)?.videoram ?? .zero
    regulator.end(order, outcome, videoram: videoram, at: snapshot.steady)
  }

  subscript(name: String) -> DomainSample? { snapshot.domains.first { $0.name == name } }

  func forget() { (told, orders, events) = ([], [], []) }

  /// As `xl mem-set` would.
  func setByHand(_ name: String, to size: Bytes) {
    guard let sample = self[name] else { return }
    let order = TargetOrder(
      domain: sample.id, name: name, from: sample.size, to: size, reason: "")
    _ = host.setTarget(order, author: "somebody")
  }

  /// The key of a domain that the regulator has, and last set to `size`; nil is a key that does not say.
  package static func regulated(by name: String, at size: Bytes? = .gib(4)) -> Regulation {
    .regulated(by: name, at: size.map { .target($0) })
  }
}
