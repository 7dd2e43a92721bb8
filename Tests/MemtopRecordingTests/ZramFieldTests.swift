import MemtopCore
import MemtopRecording
import Testing

@Suite("The field zram", .timeLimit(.minutes(30))) struct ZramFieldTests {
  private static func domain(_ zram: Bytes?) -> DomainSample {
    var domain = Handmade.domain(.gib(1), busy: .mib(700), available: .mib(300))
    domain.report?.zramUsed = zram
    return domain
  }

  @Test("shows what is on zram; ? where the agent does not say")
  func shown() {
    let field = Field.of("zram")
    #expect(field.value(Self.domain(.mib(64))) == .bytes(.mib(64)))
    #expect(field.value(Self.domain(nil)) == .unreported)
  }

  @Test("is recorded as it changes, and NULL before it was known")
  func recorded() throws {
    let scratch = Scratch(fast: true)
    let path = scratch.file("a.memtop")
    let levels: [Bytes?] = [nil, .mib(64), .mib(64), .mib(80), .zero]
    try record(
      levels.enumerated().map { Handmade.snapshot(Double($0 + 1), [Self.domain($1)]) }, path)
    let found = try Extract(RecordingFile(path)).snapshots().map { $0.domains[0].report?.zramUsed }
    #expect(found == levels)
  }
}
