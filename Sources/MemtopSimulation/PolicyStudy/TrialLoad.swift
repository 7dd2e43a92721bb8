import MemtopCore

/// What the guests of a trial do all day.
///
/// These and the numbers in `Loads` were settled before any regulator was tuned on them, and a test
/// keeps a digest of each: who changes one makes every earlier figure worthless.
public enum TrialLoad: String, CaseIterable, Sendable {
  case quiet, office, burst, leak, cache, mixed

  /// One line for `--help` and memtop(8).
  public var description: String {
    switch self {
    case .quiet: "services with constant demand"
    case .office: "desktops: idle at night, three to five times as large in office hours"
    case .burst: "services that take 1 GiB at once every few hours, for some minutes"
    case .leak: "services that leak memory all day and are restarted each night"
    case .cache: "small programs that read far more files than fit into memory"
    case .mixed: "of 20 guests 8 office, 5 quiet, 3 burst, 2 leak, 2 cache"
    }
  }

  /// The guests of one trial: the same for the same seed, whatever their number.
  public func guests(count: Int, hours: Int, seed: UInt64) -> [TrialGuest] {
    (0..<count).map { number in
      let name = "\(kind(of: number).rawValue) \(number)"
      var random = SeededRandom(seed: SeededRandom.seed(of: name) ^ seed &* 0x9E37_79B9_7F4A_7C15)
      return guest(number, hours: hours, &random)
    }
  }

  /// A number that tells whether a load is still what it was: of some guests' first day.
  public var digest: UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    func mix(_ amounts: Int64...) {
      for amount in amounts { hash = (hash ^ UInt64(bitPattern: amount)) &* 0x100_0000_01B3 }
    }
    for guest in guests(count: self == .mixed ? 20 : 4, hours: 24, seed: 1) {
      mix(guest.memory.count, guest.staticMax.count, guest.swap.count, guest.fileSet.count)
      mix(guest.readRate.count, guest.hotPermille, guest.commitPermille)
      guest.series.digest(into: &hash)
    }
    return hash
  }

  private static let mixture: [TrialLoad] = [
    .office, .quiet, .office, .burst, .office, .cache, .quiet, .office, .leak, .quiet,
    .office, .burst, .office, .quiet, .cache, .office, .leak, .quiet, .office, .burst,
  ]

  private func kind(of number: Int) -> TrialLoad {
    self == .mixed ? Self.mixture[number % Self.mixture.count] : self
  }

  private func guest(_ number: Int, hours: Int, _ random: inout SeededRandom) -> TrialGuest {
    switch kind(of: number) {
    case .quiet: QuietLoad.guest(hours: hours, &random)
    case .office: OfficeLoad.guest(hours: hours, &random)
    case .burst: BurstLoad.guest(hours: hours, &random)
    case .leak: LeakLoad.guest(hours: hours, &random)
    case .cache: CacheLoad.guest(hours: hours, &random)
    case .mixed: preconditionFailure("a mixture is made of the others")
    }
  }
}

extension SeededRandom {
  /// Evenly from the range, both ends included.
  mutating func pick(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  mutating func pick<Element>(of choices: [Element]) -> Element {
    choices[Int(next() % UInt64(choices.count))]
  }

  mutating func mib(_ range: ClosedRange<Int>) -> Bytes { .mib(Int64(pick(range))) }
}

extension Bytes {
  /// So many thousandths of it.
  func permille(_ share: Int) -> Bytes { self / 1000 * Int64(share) }
}
