import Testing

@testable import MemtopCore
@testable import TestSupport

/// Samples of domains at rest are kept. Whatever changes, they are as if all were made anew.
@Suite("samples that are kept", .timeLimit(.minutes(30))) struct KeptSamplesTests {
  @Test("they say the same as samples that are made anew, second by second, whatever happens")
  func equal() {
    var source = ChangingHost()
    let (kept, anew) = (Observer(), Observer())
    var (shared, named) = (0, 0)
    var last: DomainSamples = []
    for second in Int64(1)...400 {
      let readings = source.live(second)
      let (a, b) = (kept.observe(readings.kept), anew.observe(readings.anew))
      guard Self.text(a) == Self.text(b) else {
        Issue.record("second \(second): \(Self.text(a)) and anew \(Self.text(b))")
        return
      }
      if let changes = a.domains.changes(since: last) {
        let others = Set(a.domains.indices).subtracting(changes)
        let areSame = others.allSatisfy { a.domains[$0].revision == last[$0].revision }
        #expect(areSame, "second \(second): \(changes)")
        #expect(a.domains.map(\.id) == last.map(\.id), "second \(second)")
        named += changes.count
      }
      shared += a.domains.chunks.indices.count { a.domains.sharesChunk($0, with: last) }
      last = a.domains
    }
    #expect(shared > 20, "in seconds of rest the samples are the very same")
    #expect((1...10_000).contains(named), "of some 28,000 that were looked at")
  }

  /// All that a snapshot says.
  static func text(_ snapshot: Snapshot) -> [String] {
    let domains = snapshot.domains.map { sample in
      Field.table.map { "\($0.value(sample))" }.joined(separator: " ")
        + " \(sample.state) \(sample.health) \(sample.balloon) \(sample.reportAge as Any)"
        + " \(sample.promise) \(sample.id) \(Condition(sample).word == sample.word)"
    }
    return domains + ["\(snapshot.host)"] + snapshot.events.map { "\($0)" }
  }
}
