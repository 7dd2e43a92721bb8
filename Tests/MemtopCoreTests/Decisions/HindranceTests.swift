import Testing

@testable import MemtopCore
@testable import TestSupport

/// One question, one answer: whoever asks whether a domain may be moved gives the same reason.
@Suite(.timeLimit(.minutes(30))) struct HindranceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let hindrance: Hindrance
    let domain: DomainSample
    var owner: TargetOwner?
    var policies = PolicySet.standard
    /// The regulator never takes such a domain.
    var lasts = true
    var testDescription: String { hindrance.words }

    init(
      _ hindrance: Hindrance, _ change: (inout DomainSample) -> Void = { _ in },
      more: (inout Case) -> Void = { _ in }
    ) {
      self.hindrance = hindrance
      domain = TestHost.guest(5, size: .gib(4)) {
        change(&$0)
        $0.regulation = .wanted(by: "root")
      }
      more(&self)
    }
  }

  static let all: [Case] = [
    Case(.ownedBy(.squeezed)) { _ in
    } more: {
      $0.owner = .squeezed
    },
    Case(.stubDomain) { $0.deviceModelOf = 3 },
    Case(.handsOff) { _ in
    } more: {
      $0.policies = PolicySet(rules: [RegulatedHost.rule("g5", .handsOff(true))])
    },
    Case(.selfBallooning) { $0.selfBallooning = true },
    passing(.state(.booting)) { ($0.state, $0.health) = (.booting, .silent) },
    passing(.state(.paused)) { ($0.life, $0.state, $0.health) = (.paused, .paused, .stale) },
    passing(.report(.silent)) { ($0.health, $0.busy, $0.report) = (.silent, nil, nil) },
    passing(.report(.unknownAge)) { $0.health = .unknownAge },
    passing(.underWay) { $0.balloon.phase = .growing(since: SteadyTime(milliseconds: 0)) },
    passing(.stuck) {
      ($0.state, $0.balloon.phase) = (.stuck, .stuck(since: SteadyTime(milliseconds: 0)))
    },
    passing(.busyUnknown) { $0.busy = nil },
  ]

  private static func passing(
    _ hindrance: Hindrance, _ change: (inout DomainSample) -> Void
  ) -> Case {
    Case(hindrance, change) { $0.lasts = false }
  }

  @Test("advice and plan say the same of a domain that is not moved", arguments: all)
  func reasons(row: Case) {
    let snapshot = TestHost.snapshot([row.domain], free: .zero) { $0.owner = row.owner }
    let advice = Advisor.advise(snapshot, policies: row.policies).advice(for: row.domain.id)
    #expect(advice == .failure(NoAdvice(.hindered(row.hindrance))))
    let plan = FreePlan.make(freeing: .gib(1), in: snapshot, policies: row.policies)
    #expect(plan.declined.first { $0.domain == row.domain.id }?.reason == row.hindrance.words)
  }

  @Test("the regulator takes no domain that is never moved, and says the same", arguments: all)
  func regulator(row: Case) {
    let snapshot = TestHost.snapshot([row.domain], free: .zero) { $0.owner = row.owner }
    var regulator = Regulator(policies: row.policies)
    let refusal = Regulator.Act.tell("g5", "not regulated: \(row.hindrance.words)")
    #expect(regulator.see(snapshot).contains(refusal) == row.lasts)
    #expect(regulator.count == (row.lasts ? 0 : 1))
  }

  @Test("the guard names the same states and owners")
  func guarded() {
    func text(_ change: (inout DomainSample) -> Void, _ owner: TargetOwner? = nil) -> String? {
      let domain = TestHost.guest(5, change)
      let snapshot = TestHost.snapshot([domain]) { $0.owner = owner }
      return Guard.verdict(on: domain.id, to: .gib(3), in: snapshot).findings.first?.text
    }
    #expect(text { $0.state = .building } == "g5" + DomainState.building.clause.dropFirst(2))
    #expect(text({ _ in }, .squeezed)?.hasPrefix(Hindrance.ownedBy(.squeezed).words) == true)
  }
}
