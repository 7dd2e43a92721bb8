import MemtopSimulation
import Testing

@testable import MemtopCore
@testable import TestSupport

/// Advice that is kept is what it would be if it were made again.
@Suite("advice that is kept", .timeLimit(.minutes(30))) struct KeptAdviceTests {
  private static let policies = [
    PolicySet.standard,
    // With it the host is short of whatever is wanted.
    PolicySet(hostReserve: .gib(20)),
    PolicySet(rules: [
      PolicySet.Rule(pattern: DomainPattern("g1*"), changes: [.handsOff(true)])
    ]),
  ]

  @Test("it is the same as advice made for each snapshot, whatever happens")
  func equal() {
    var (source, random) = (ChangingHost(), SeededRandom(seed: 11))
    let observer = Observer()
    var kept = KeptAdvice()
    var policies = Self.policies[0]
    var last: DomainSamples = []
    var (shared, raises, lasting) = (0, 0, 0)
    for second in Int64(1)...400 {
      if Int.random(in: 0..<10, using: &random) == 0 {
        policies = Self.policies.randomElement(using: &random)!
      }
      let snapshot = observer.observe(source.live(second).kept)
      var (noted, made) = (snapshot, snapshot)
      kept.note(on: &noted, policies)
      made.advise(policies)
      let expected = made.domains.map { $0.advised }
      guard noted.domains.map({ $0.advised }) == expected,
        noted.domains.elementsEqual(
          made.domains, by: { $0.isSame(as: $1) && $0.reportAge == $1.reportAge })
      else {
        Issue.record("second \(second): \(noted.domains.map { $0.advised }) and \(expected)")
        return
      }
      shared += noted.domains.chunks.indices.count { noted.domains.sharesChunk($0, with: last) }
      raises += expected.count { $0 != nil }
      lasting += noted.domains.areSame(as: last) ? 1 : 0
      last = noted.domains
    }
    #expect(raises > 100 && shared > 100 && lasting > 20, "\(raises) \(shared) \(lasting)")
  }
}
