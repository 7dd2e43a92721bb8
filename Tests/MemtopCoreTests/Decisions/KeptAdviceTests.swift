import MemtopSimulation
import Testing

@testable import MemtopCore
@testable import TestSupport

/// Advice that is kept is what it would be if it were made again.
@Suite("advice that is kept", .timeLimit(.minutes(30))) struct KeptAdviceTests {
  private static let policies = [
    PolicySet.standard, PolicySet(hostReserve: .gib(1)),
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
    var (shared, raises) = (0, 0)
    for second in Int64(1)...200 {
      if Int.random(in: 0..<10, using: &random) == 0 {
        policies = Self.policies.randomElement(using: &random)!
      }
      var snapshot = observer.observe(source.live(second).kept)
      // A host that is short shares what is free; it may be so for a second.
      if Int.random(in: 0..<3, using: &random) == 0 { snapshot.host.free = .gib(1) }
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
      last = noted.domains
    }
    #expect(raises > 100 && shared > 50, "\(raises) \(shared)")
  }
}
