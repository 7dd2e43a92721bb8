import MemtopCore

/// A small wandering of what programs use: another value every twenty seconds, the same for the same seed.
struct Jitter {
  private let seed: UInt64
  private let permille: Int

  /// - Parameter permille: how far up and down it goes, of what it is applied to.
  init(permille: Int, _ random: inout SeededRandom) {
    seed = random.next()
    self.permille = permille
  }

  func applied(to level: Bytes, at second: Int) -> Bytes {
    var random = SeededRandom(seed: seed ^ UInt64(second / 20) &* 0xD134_2543_DE82_EF95)
    return level + level.permille(random.pick(-permille...permille))
  }
}
