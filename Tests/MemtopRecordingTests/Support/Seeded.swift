import MemtopCore
import MemtopSimulation

/// Random numbers that are the same in each run, by the name of what they are for.
struct Seeded: RandomNumberGenerator {
  private var random: SeededRandom

  init(_ seed: UInt64) { random = SeededRandom(seed: seed) }

  init(_ name: String) { self.init(SeededRandom.seed(of: name)) }

  mutating func next() -> UInt64 { random.next() }

  mutating func below(_ limit: Int) -> UInt32 { UInt32(next() % UInt64(max(1, limit))) }
}
