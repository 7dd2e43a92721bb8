import MemtopCore

/// What the guests of a study do all day.
///
/// These and the numbers in `Loads` were settled before any regulator was tuned on them, and a test
/// keeps a digest of each: who changes one makes every earlier figure worthless.
package enum StudyLoad: String, CaseIterable, Sendable {
  case quiet, office, burst, leak, cache, mixed

  /// One line for `--help` and memtop(8).
  package var description: String {
    switch self {
    case .quiet: "services with constant demand"
    case .office: "desktops: idle at night, three to five times as large in office hours"
    case .burst: "services that take 1 GiB at once every few hours, for some minutes"
    case .leak: "services that leak memory all day and are restarted each night"
    case .cache: "small programs that read far more files than fit into memory"
    case .mixed: "of 20 guests 8 office, 5 quiet, 3 burst, 2 leak, 2 cache"
    }
  }

  /// The guests of one study: the same for the same seed, whatever their number.
  package func guests(count: Int, hours: Int, seed: UInt64) -> [StudyGuest] {
    (0..<count).map { number in
      let name = "\(kind(of: number).rawValue) \(number)"
      var random = SeededRandom(seed: SeededRandom.seed(of: name) ^ seed &* 0x9E37_79B9_7F4A_7C15)
      return guest(number, hours: hours, &random)
    }
  }

  /// A number that tells whether a load is still what it was: of some guests' first day.
  package var digest: UInt64 {
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

  private static let mixture: [StudyLoad] = [
    .office, .quiet, .office, .burst, .office, .cache, .quiet, .office, .leak, .quiet,
    .office, .burst, .office, .quiet, .cache, .office, .leak, .quiet, .office, .burst,
  ]

  private func kind(of number: Int) -> StudyLoad {
    self == .mixed ? Self.mixture[number % Self.mixture.count] : self
  }

  private func guest(_ number: Int, hours: Int, _ random: inout SeededRandom) -> StudyGuest {
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

/// What a guest's programs want and read, in steps of five seconds from the start of a study.
package struct DemandSeries: Sendable {
  /// A program that loses memory, on top of the steps: it begins anew whenever it is started.
  package struct Leak: Sendable {
    package var perHour: Bytes
    /// How long it had been running when the study began, in seconds.
    package var age: Int
    /// When it is started anew as a matter of routine; ascending seconds.
    package var restarts: [Int]
  }

  /// Seconds that a step lasts.
  package static let step = 5

  /// Anonymous memory in KiB.
  package private(set) var demand: [Int32]
  /// How busily files are read, in hundredths of the guest's rate.
  package private(set) var reading: [UInt8]
  package var leak: Leak?

  /// Seconds that the first step is shorter by, so that not all guests move in the same second.
  package var phase: Int

  init(hours: Int, phase: Int, demand: (Int) -> Bytes, reading: (Int) -> Int) {
    let count = (hours * 3600 + phase) / Self.step + 1
    self.phase = phase
    self.demand = (0..<count).map { Int32(clamping: demand($0 * Self.step).kib) }
    self.reading = (0..<count).map { UInt8(clamping: reading($0 * Self.step)) }
  }

  /// A number that this series always has, and hardly any other: FNV-1a.
  func digest(into hash: inout UInt64) {
    func mix(_ number: UInt64) { hash = (hash ^ number) &* 0x100_0000_01B3 }
    for value in demand { mix(UInt64(bitPattern: Int64(value))) }
    for value in reading { mix(UInt64(value)) }
    mix(UInt64(phase))
    guard let leak else { return }
    mix(UInt64(leak.perHour.kib))
    mix(UInt64(leak.age))
    for second in leak.restarts { mix(UInt64(second)) }
  }
}

/// The time of day in a study, which begins at seven in the morning: a short one has people in it.
enum DayClock {
  static let beginning = 7 * 3600
  static let day = 86_400

  /// Seconds since midnight.
  static func time(at second: Int) -> Int { (beginning + second) % day }
  /// Days since that of the beginning.
  static func date(at second: Int) -> Int { (beginning + second) / day }
  /// The second of the study that is this time on that day; negative before the beginning.
  static func second(of time: Int, on date: Int) -> Int { date * day + time - beginning }
  /// How many days a study of so many hours sees.
  static func dates(in hours: Int) -> Range<Int> { 0..<(date(at: hours * 3600) + 1) }
}

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
