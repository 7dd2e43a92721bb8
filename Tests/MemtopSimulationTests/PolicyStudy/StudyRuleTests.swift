import Testing

@testable import MemtopCore
@testable import MemtopSimulation

@Suite("Others' rules", .timeLimit(.minutes(30))) struct StudyRuleTests {
  @Test(
    "xenballoond's floor by size, in MiB",
    arguments: [
      (64, 40), (124, 70), (128, 72), (400, 140), (512, 168), (1024, 232), (2048, 360),
      (8192, 552), (32_768, 1_320),
    ])
  func floor(size: Int64, floor: Int64) {
    #expect(SelfBallooning.floor(size: .mib(size)) == .mib(floor))
  }

  @Test("xenballoond grows at once, and shrinks by a tenth of the gap")
  func hysteresis() {
    func target(_ committed: Int64, _ total: Int64) -> Bytes {
      SelfBallooning.target(committed: .mib(committed), total: .mib(total), size: .gib(2))
    }
    #expect(target(1_500, 500) == .mib(1_500))
    #expect(target(500, 1_500) == .mib(1_400))
    // Not below the floor of 2 GiB.
    #expect(target(100, 360) == .mib(360))
    #expect(target(100, 460) == .mib(450))
  }

  @Test("squeezed gives each the same share of its range")
  func squeezed() {
    #expect(Squeezed.gamma(surplus: .gib(5), range: .gib(10)) == 0.5)
    #expect(Squeezed.gamma(surplus: .gib(50), range: .gib(10)) == 1)
    #expect(Squeezed.gamma(surplus: .gib(-5), range: .gib(10)) == 0)
    #expect(Squeezed.target(least: .gib(1), most: .gib(3), gamma: 0.5) == .gib(2))
    #expect(Squeezed.target(least: .gib(1), most: .gib(3), gamma: 0) == .gib(1))
  }

  private static func guest(
    used: Int64, holds: Int64, target: Int64? = nil, max: Int64 = 4000
  ) -> Qmemman.Guest {
    Qmemman.Guest(
      used: .mib(used), allocation: .mib(holds), target: .mib(target ?? holds), most: .mib(max))
  }

  @Test(
    "qmemman prefers 1.3 times what is used, 200 MiB at least, static-max at most",
    arguments: [(100, 4000, 200), (1000, 4000, 1300), (3500, 4000, 4000)])
  func preferred(used: Int64, max: Int64, preferred: Int64) {
    #expect(Self.guest(used: used, holds: 500, max: max).preferred == .mib(preferred))
  }

  private static func balance(_ guests: [Qmemman.Guest], free: Int64) -> [Double] {
    var targets: [Bytes] = []
    Qmemman.balance(guests, free: .mib(free), into: &targets)
    return targets.map { Double($0.kib) / 1024 }
  }

  @Test("with plenty, qmemman gives all that is free in proportion to what is preferred")
  func plenty() {
    let guests = [Self.guest(used: 1000, holds: 1300), Self.guest(used: 500, holds: 650)]
    let targets = Self.balance(guests, free: 1950)
    // 1,300 + 2/3 of 1,950 and 650 + 1/3 of it, less a thousandth.
    #expect(abs(targets[0] - 2597.4) < 0.1)
    #expect(abs(targets[1] - 1298.7) < 0.1)
  }

  @Test("what static-max keeps from one goes to the others")
  func leftOver() {
    let guests = [
      Self.guest(used: 1000, holds: 1300, max: 1500), Self.guest(used: 500, holds: 650),
    ]
    let targets = Self.balance(guests, free: 1950)
    #expect(targets[0] == 1500)
    #expect(targets[1] > 2380 && targets[1] <= 2400)
  }

  @Test("when short, qmemman takes from those that have more than they prefer")
  func short() {
    let guests = [Self.guest(used: 1000, holds: 2000), Self.guest(used: 3000, holds: 1000)]
    #expect(Self.balance(guests, free: 0)[0] == 1300)
    // Nobody can give: the free memory goes to those that lack.
    let needy = [Self.guest(used: 1000, holds: 1000), Self.guest(used: 1000, holds: 1000)]
    let targets = Self.balance(needy, free: 200)
    #expect(targets.allSatisfy { abs($0 - 0.999 * 1100) < 0.1 })
  }

  @Test("qmemman acts on more than 150 MiB in all, or 15 MiB for one that lacks memory")
  func worth() {
    func isWorthIt(_ guest: Qmemman.Guest, _ target: Int64, free: Int64 = 50) -> Bool {
      Qmemman.isWorthIt([guest], [.mib(target)], free: .mib(free))
    }
    let content = Self.guest(used: 500, holds: 1000)
    #expect(!isWorthIt(content, 1100))
    #expect(isWorthIt(content, 1200))
    #expect(isWorthIt(content, 1100, free: 110))
    #expect(isWorthIt(content, 1000, free: 30))
    let needy = Self.guest(used: 1000, holds: 1000)
    #expect(isWorthIt(needy, 1016))
    #expect(!isWorthIt(needy, 1015))
  }
}
