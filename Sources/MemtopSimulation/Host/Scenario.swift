import MemtopCore

/// A simulated host and its guests, as they are written down.
package struct Scenario: Sendable {
  /// Its name after `--scenario`.
  package let id: String
  /// One line for `--help`.
  package let description: String
  package let hostname: String
  package let total: Bytes
  /// What Xen itself holds.
  package let xen: Bytes
  package let dom0: Bytes
  /// How much of its past has been lived when it is opened.
  package let history: Span
  package let guests: [GuestPlan]

  /// Every scenario; the first one is what `--demo` opens.
  package static let all: [Scenario] = [datacenter, small, calm, squeeze, relief, rack, crowd]
  package static let standard = datacenter

  package static func named(_ name: String) -> Scenario? { all.first { $0.id == name } }
}

extension Scenario {
  static let datacenter = Scenario(
    id: "datacenter", description: "one guest in every good or bad state",
    hostname: "xen1", total: .gib(64), xen: .mib(420), dom0: .gib(4), history: .minutes(10),
    guests: [
      GuestPlan(
        "web1", .gib(2), max: .gib(4), every: 2,
        .wave(low: .mib(700), high: .mib(1_150), period: .seconds(180)), files: .mib(500)),
      GuestPlan(
        "db2", kind: .pv, .gib(8), max: .gib(16), every: 2,
        .wave(low: .mib(9_000), high: .mib(9_300), period: .seconds(240)), swap: .gib(4),
        files: .mib(600), reads: .mib(30), hot: 160),
      GuestPlan(
        "files", .gib(10), max: .gib(16), .steady(.mib(900), jitter: .mib(20)), files: .gib(40),
        reads: .mib(60)),
      GuestPlan("mail", .gib(3), max: .gib(6), .leak(from: .mib(400), perMinute: .mib(9))),
      GuestPlan(
        "build7", .gib(6), max: .gib(8), every: 2,
        .burst(
          base: .mib(900), peak: .mib(4_600), period: .seconds(150), length: .seconds(55)),
        files: .gib(4), reads: .mib(80)),
      GuestPlan(
        "vpn", .gib(1), max: .gib(2), .steady(.mib(200), jitter: .mib(2)), files: .mib(120),
        traits: [.balloonStuck, .retargeted(at: -300, to: .gib(2))]),
      GuestPlan(
        "legacy", kind: .pv, .gib(4), max: .gib(4), says: nil, .steady(.gib(1), jitter: .zero),
        traits: [.noBalloonDriver]),
      GuestPlan(
        "wiki", .gib(2), max: .gib(4), .steady(.mib(600), jitter: .mib(8)),
        traits: [.agentDies(at: -240)]),
      GuestPlan(
        "tenant9", .gib(2), max: .gib(4), .steady(.mib(800), jitter: .mib(9)),
        traits: [.lies(.gib(6))]),
      GuestPlan(
        "work", .gib(3), max: .gib(6), says: .qubes, every: 1,
        .wave(low: .mib(900), high: .mib(1_500), period: .seconds(140)), system: "Fedora 41"),
      GuestPlan(
        "xcp-app", kind: .hvm, .gib(3), max: .gib(4), says: .xapi, every: 60,
        .wave(low: .mib(1_100), high: .mib(1_400), period: .seconds(400)),
        system: "Rocky Linux 9.4"),
      GuestPlan(
        "win2019", kind: .hvm, .gib(4), max: .gib(6), videoram: .mib(16), says: .xapi, every: 60,
        .steady(.mib(2_300), jitter: .mib(60)), system: "Windows Server 2019"),
      GuestPlan(
        "cache1", .gib(3), max: .gib(4), says: .xenballoond, every: 1,
        .wave(low: .mib(1_300), high: .mib(1_900), period: .seconds(90)), files: .mib(900)),
      GuestPlan(
        "test-vm", kind: .pv, .gib(1), max: .gib(2), says: nil, .steady(.mib(300), jitter: .zero),
        traits: [.paused]),
      GuestPlan(
        "ci-runner", .gib(2), max: .gib(4), .steady(.mib(500), jitter: .mib(30)),
        traits: [.boots(at: -12)]),
      GuestPlan(
        "web3", .gib(1), max: .gib(4), every: 2,
        .wave(low: .mib(560), high: .mib(835), period: .seconds(200)), swap: .mib(512),
        files: .mib(200), traits: [.quietBalloon, .reboots(at: 60)]),
      GuestPlan(
        "dns", kind: .pv, .mib(192), max: .mib(320), every: 10, .steady(.mib(52), jitter: .mib(1)),
        swap: .mib(64), files: .mib(40), traits: [.retargeted(at: 40, to: .mib(256))]),
    ])

  static let small = Scenario(
    id: "small", description: "three guests on a small host",
    hostname: "edge4", total: .gib(8), xen: .mib(180), dom0: .gib(1), history: .minutes(10),
    guests: [
      GuestPlan(
        "router", kind: .pv, .mib(512), max: .gib(1), .steady(.mib(180), jitter: .mib(4)),
        swap: .mib(128), files: .mib(150)),
      GuestPlan(
        "home", .gib(2), max: .gib(4), every: 2,
        .wave(low: .mib(700), high: .mib(1_300), period: .seconds(120))),
      GuestPlan(
        "media", .gib(2), max: .gib(3), .steady(.mib(400), jitter: .mib(9)), files: .gib(9)),
    ])

  static let calm = Scenario(
    id: "calm", description: "eight quiet guests",
    hostname: "xen2", total: .gib(32), xen: .mib(300), dom0: .gib(2), history: .minutes(10),
    guests: (1...8).map { number in
      GuestPlan(
        "app\(number)", .gib(2), max: .gib(4), every: 10,
        .steady(.mib(500 + Int64(number) * 40), jitter: .mib(6)), files: .mib(700))
    })

  static let squeeze = Scenario(
    id: "squeeze",
    description: "a nearly full host whose guests have more than they need",
    hostname: "xen3", total: .gib(32), xen: .mib(300), dom0: .gib(2), history: .minutes(10),
    guests: [
      GuestPlan(
        "shop1", .gib(8), max: .gib(8), every: 5, .steady(.gib(2), jitter: .mib(30)),
        files: .gib(20), reads: .mib(40)),
      GuestPlan(
        "shop2", .gib(6), max: .gib(8), every: 5, .steady(.mib(1_500), jitter: .mib(30)),
        files: .gib(20), reads: .mib(40)),
      GuestPlan(
        "search", .gib(6), max: .gib(12), every: 2,
        .wave(low: .mib(5_200), high: .mib(5_700), period: .seconds(150)), swap: .gib(2),
        files: .gib(1), hot: 120),
      GuestPlan(
        "queue", .gib(4), max: .gib(4), every: 5, .steady(.mib(900), jitter: .mib(12)),
        files: .gib(5)),
      GuestPlan("old-erp", .gib(4), max: .gib(4), says: nil, .steady(.gib(2), jitter: .zero)),
    ])

  static let relief = Scenario(
    id: "relief",
    description:
      "a guest that thrashes, is given more after 75 s and is ok after 155 s, to try alerts with",
    hostname: "xen4", total: .gib(32), xen: .mib(300), dom0: .gib(2), history: .minutes(10),
    guests: [
      GuestPlan(
        "db1", .gib(4), max: .gib(8), every: 2,
        .wave(low: .mib(4_500), high: .mib(4_650), period: .seconds(240)), swap: .gib(2),
        files: .mib(300), reads: .mib(30), hot: 160, traits: [.retargeted(at: 75, to: .gib(7))]),
      GuestPlan("web1", .gib(2), max: .gib(4), .steady(.mib(700), jitter: .mib(12))),
    ])

  static let rack = Scenario(
    id: "rack", description: "fifty guests that report every two seconds",
    hostname: "xen5", total: .gib(128), xen: .gib(1), dom0: .gib(4), history: .minutes(1),
    guests: (0..<50).map { number in
      GuestPlan(
        "vm\(number)", .gib(2), max: .gib(4), every: 2,
        .wave(
          low: .mib(700), high: .mib(1_200 + Int64(number) * 9),
          period: .seconds(60 + Int64(number % 17))),
        swap: .gib(1), files: .gib(1), reads: .mib(2))
    })

  static let crowd = Scenario(
    id: "crowd", description: "a thousand small guests",
    hostname: "xen9", total: .gib(320), xen: .gib(2), dom0: .gib(4), history: .minutes(1),
    guests: (0..<1_000).map { number in
      GuestPlan(
        "vm\(number)", kind: .pv, .mib(256), max: .mib(512), every: 10,
        .wave(low: .mib(90), high: .mib(150), period: .seconds(60 + Int64(number % 97))),
        swap: .mib(64), files: .mib(60), reads: .mib(2))
    })
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, quick, and the same everywhere.
package struct SeededRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// Evenly from −1 to 1.
  mutating func swing() -> Double { Double(Int64(bitPattern: next()) >> 11) / Double(1 << 52) }

  /// A number that a text always has: FNV-1a.
  package static func seed(of text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
