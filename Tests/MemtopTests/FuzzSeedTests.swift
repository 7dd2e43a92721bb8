import Testing

@testable import TestSupport

/// What `make fuzz` mutates, as it is: so the targets build and hold without libFuzzer, too.
@Suite("the targets of make fuzz", .timeLimit(.minutes(30))) struct FuzzSeedTests {
  @Test(
    "every parser takes its seeds, and the hostile corpus", arguments: FuzzTarget.table.map(\.name))
  func seeds(name: String) throws {
    let target = try #require(FuzzTarget.table.first { $0.name == name })
    #expect(!target.seeds.isEmpty)
    // A parser that makes something it may not ends the program.
    for bytes in target.seeds.map({ Array($0.utf8) }) + HostileCorpus.all.map(\.bytes) {
      target.run(bytes)
    }
  }
}
