@testable import TestSupport
import Testing

@testable import MemtopCore

/// One row of the guard's table: a domain, a wanted size, and the only rule that speaks.
struct GuardCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let domain: DomainSample
  let size: Bytes
  /// The rule and its word; nil where every rule allows.
  let rule: GuardRule?
  let severity: Verdict.Severity
  var free = Bytes.gib(20)
  var others: [DomainSample] = []
  var facts = GuardFacts()
  var owner: TargetOwner?

  init(
    _ description: String, _ domain: DomainSample, to size: Bytes, _ rule: GuardRule?,
    _ severity: Verdict.Severity = .allow, _ change: (inout GuardCase) -> Void = { _ in }
  ) {
    (testDescription, self.domain, self.size) = (description, domain, size)
    (self.rule, self.severity) = (rule, severity)
    change(&self)
  }

  var verdict: Verdict {
    let domains = domain.id.isDom0 ? [domain] + others : [TestHost.dom0(), domain] + others
    let snapshot = TestHost.snapshot(domains, free: free) { $0.owner = owner }
    return Guard.verdict(on: domain.id, to: size, in: snapshot, facts: facts)
  }

  static let raised = Bytes.gib(3)
  static let lowered = Bytes.mib(1536)
}

@Suite(.timeLimit(.minutes(30))) struct GuardTests {
  @Test("each rule speaks for itself and no other does", arguments: all)
  func table(row: GuardCase) {
    let verdict = row.verdict
    #expect(verdict.severity == row.severity, "\(verdict)")
    let loud = verdict.findings.filter { $0.severity > .allow }
    #expect(loud.map(\.rule) == (row.rule.map { [$0] } ?? []))
    #expect(loud.allSatisfy { !$0.text.isEmpty })
  }

  @Test("no rule speaks harder than its table has it for the direction", arguments: all)
  func weights(row: GuardCase) {
    let present = row.domain.size ?? row.domain.allocation
    let direction: GuardRule.Direction =
      row.size == present ? .stay : row.size > present ? .raise : .lower
    for finding in row.verdict.findings {
      #expect(finding.severity <= finding.rule.severity(direction) ?? .allow, "\(finding)")
    }
  }

  @Test("rules are known to scripts by these names")
  func names() {
    #expect(
      GuardRule.allCases.map(\.rawValue) == [
        "gone", "ended", "no-size", "stub-domain", "above-static-max", "dom0-floor",
        "dom0-reserve", "below-busy", "near-busy", "report-age-unknown", "report-stale",
        "report-silent", "report-implausible", "report-unreadable", "host-short", "host-reserve",
        "being-saved", "remote-memory", "unsettled", "never-followed", "stuck",
        "populate-on-demand", "regulated", "owned-by-xapi", "owned-by-squeezed",
        "owned-by-qmemman", "unchanged",
      ])
  }

  static let all = plain + ended + bounds + busy + reports + states + balloons + host + owners

  static let plain = [
    GuardCase("a healthy raise", TestHost.guest(), to: GuardCase.raised, nil),
    GuardCase("a healthy lower", TestHost.guest(), to: GuardCase.lowered, nil),
    GuardCase("no change", TestHost.guest(), to: .gib(2), nil),
  ]

  static func both(
    _ description: String, _ rule: GuardRule, raise: Verdict.Severity, lower: Verdict.Severity,
    _ change: (inout DomainSample) -> Void
  ) -> [GuardCase] {
    [(GuardCase.raised, raise, "raise"), (GuardCase.lowered, lower, "lower")].map {
      let speaks = $0.1 > .allow
      return GuardCase(
        "\(description), \($0.2)", TestHost.guest(5, change), to: $0.0, speaks ? rule : nil, $0.1)
    }
  }

  static let ended: [GuardCase] =
    both("dying", .ended, raise: .never, lower: .never) { ($0.life, $0.state) = (.dying, .dying) }
    + both("crashed", .ended, raise: .never, lower: .never) {
      ($0.life, $0.state) = (.shutDown(.crash), .crashed)
    }
    + both("killed by its watchdog", .ended, raise: .never, lower: .never) {
      ($0.life, $0.state) = (.shutDown(.watchdog), .crashed)
    }
    + both("shut down", .ended, raise: .never, lower: .never) {
      ($0.life, $0.state) = (.shutDown(.poweroff), .shutdown)
    }

  static let bounds = [
    GuardCase("at static-max", TestHost.guest(), to: .gib(4), nil),
    GuardCase(
      "above static-max", TestHost.guest(), to: .gib(4) + .kib(4), .aboveStaticMax, .never),
    GuardCase(
      "dom0 at libxl's floor", TestHost.dom0 { $0.busy = nil }, to: .mib(128), .reportSilent,
      .refuse),
    GuardCase("a size of nothing", TestHost.guest(), to: .zero, .noSize, .never),
    GuardCase("a negative size", TestHost.guest(), to: .mib(-1), .noSize, .never),
    GuardCase("half a KiB", TestHost.guest(), to: .gib(2) + Bytes(512), .noSize, .never),
    GuardCase("more than any host has", TestHost.guest(), to: .gib(9_000_000), .noSize, .never),
    GuardCase(
      "nothing beside the videoram", TestHost.guest(5) { $0.videoram = .mib(16) }, to: .mib(16),
      .noSize, .never),
  ]

  /// Busy is 1 GiB: 1088 MiB is refused below, 1152 MiB warned of; dom0's line is at 1280 MiB.
  static let busy = [
    GuardCase("with twice the reserve", TestHost.guest(), to: .mib(1152), nil),
    GuardCase("just below twice", TestHost.guest(), to: .mib(1151), .nearBusy, .warn),
    GuardCase("with the reserve", TestHost.guest(), to: .mib(1088), .nearBusy, .warn),
    GuardCase("just below the reserve", TestHost.guest(), to: .mib(1087), .belowBusy, .refuse),
    GuardCase("the killer of 192 MiB guests", small, to: .mib(8), .belowBusy, .refuse),
    GuardCase("a small guest's least", small, to: .mib(116), .nearBusy, .warn),
    GuardCase("a small guest's comfort", small, to: .mib(132), nil),
    GuardCase("videoram counts on top", withVideoram, to: .mib(1168), nil),
    GuardCase("short by its videoram", withVideoram, to: .mib(1103), .belowBusy, .refuse),
    GuardCase(
      "an offset below the target counts on top", withOffset(-.mib(16)), to: .mib(1168), nil),
    GuardCase(
      "short by its offset", withOffset(-.mib(16)), to: .mib(1103), .belowBusy, .refuse),
    GuardCase(
      "an offset above it is a guess", withOffset(.mib(20)), to: .mib(1087), .belowBusy, .refuse),
    GuardCase("a MiB kept back is within the reserve", withOffset(-.mib(1)), to: .mib(1152), nil),
    GuardCase("videoram that it holds is busy already", holdingVideoram, to: .mib(1152), nil),
    GuardCase("and no more than that", holdingVideoram, to: .mib(1087), .belowBusy, .refuse),
    GuardCase("dom0 with its reserve", TestHost.dom0(), to: .mib(1280), nil),
    GuardCase("dom0 short of it", TestHost.dom0(), to: .mib(1279), .dom0Reserve, .refuse),
    GuardCase(
      "big dom0 keeps an eighth", TestHost.dom0 { $0.busy = .gib(3) }, to: .mib(3455),
      .dom0Reserve, .refuse),
    GuardCase("big dom0 with an eighth", TestHost.dom0 { $0.busy = .gib(3) }, to: .mib(3456), nil),
    GuardCase(
      "a raise that stays below busy still helps", TestHost.guest(5, size: .mib(900)),
      to: .mib(950), nil),
  ]

  static let small = TestHost.guest(5, size: .mib(192), busy: .mib(100))
  static let withVideoram = TestHost.guest(5) { sample in
    sample.videoram = .mib(16)
    sample.target = .gib(2) - .mib(16)
  }

  static let holdingVideoram = TestHost.guest(5) { sample in
    sample.videoram = .mib(16)
    sample.target = .gib(2) - .mib(16)
    sample.balloon.offset = .mib(16)
  }
  static func withOffset(_ offset: Bytes) -> DomainSample {
    TestHost.guest(5) { $0.balloon.offset = offset }
  }

  static let reports: [GuardCase] =
    both("of unknown age", .reportAgeUnknown, raise: .allow, lower: .warn) {
      ($0.health, $0.reportAge) = (.unknownAge, nil)
    }
    + both("stale", .reportStale, raise: .warn, lower: .refuse) { $0.health = .stale }
    + both("silent", .reportSilent, raise: .warn, lower: .refuse) {
      ($0.health, $0.busy, $0.report) = (.silent, nil, nil)
    }
    + both("implausible", .reportImplausible, raise: .warn, lower: .refuse) {
      ($0.health, $0.busy) = (.implausible("lies"), nil)
    }
    + both("unreadable", .reportUnreadable, raise: .warn, lower: .refuse) {
      ($0.health, $0.busy) = (.unreadable("data/memtop has no available="), nil)
    }
    + both("fresh, and silent on what is busy", .reportSilent, raise: .warn, lower: .refuse) {
      $0.busy = nil
    }

  static let states: [GuardCase] =
    both("booting", .unsettled, raise: .refuse, lower: .refuse) { $0.state = .booting }
    + both("being built or received", .unsettled, raise: .refuse, lower: .refuse) {
      ($0.life, $0.state, $0.target) = (.paused, .building, nil)
    }
    + both("paused", .unsettled, raise: .refuse, lower: .refuse) {
      ($0.life, $0.state) = (.paused, .paused)
    }
    + both("suspended, for a save or migration", .unsettled, raise: .refuse, lower: .refuse) {
      ($0.life, $0.state) = (.shutDown(.suspend), .migrating)
    }

  static let balloons: [GuardCase] =
    both("never seen to follow", .neverFollowed, raise: .warn, lower: .warn) {
      $0.balloon.hasFollowed = false
    }
    + both("stuck", .stuck, raise: .warn, lower: .warn) {
      $0.balloon.phase = .stuck(since: SteadyTime(milliseconds: 0))
      $0.state = .stuck
    }
    + [
      GuardCase(
        "more on demand than there is, and it follows", TestHost.guest(), to: GuardCase.lowered,
        .populateOnDemand, .warn
      ) { $0.facts.populateOnDemand = .left(uncovered) },
      GuardCase("all on demand is there", TestHost.guest(), to: GuardCase.lowered, nil) {
        $0.facts.populateOnDemand = .left(PopulateOnDemand(entries: .mib(9), cache: .mib(9)))
      },
      GuardCase(
        "Xen does not say what is on demand, and it follows", TestHost.guest(),
        to: GuardCase.lowered, nil
      ) { $0.facts.populateOnDemand = .notKnown },
      GuardCase("none on demand any more", unproven, to: .gib(2), nil) {
        $0.facts.populateOnDemand = .left(PopulateOnDemand(entries: .zero, cache: .zero))
      },
    ]

  static let uncovered = PopulateOnDemand(entries: .mib(12), cache: .mib(4))
  /// Settled 480 MiB below its target, of which at most 32 MiB are sure to stay away.
  static let resting = TestHost.guest(5) {
    $0.allocation = .gib(2) - .mib(480)
    $0.balloon.offset = .zero - .mib(480)
  }
  static let unproven = TestHost.guest(5) { $0.balloon.hasFollowed = false }

  /// 2 GiB → 3 GiB takes 1 GiB; the host of 64 GiB should keep 2 % of it, 1,310.72 MiB.
  static let host: [GuardCase] = [
    GuardCase("exactly what is free", TestHost.guest(), to: .gib(3), .hostReserve, .warn) {
      $0.free = .gib(1)
    },
    GuardCase("a page more than is free", TestHost.guest(), to: .gib(3), .hostShort, .refuse) {
      $0.free = .gib(1) - .kib(4)
    },
    GuardCase("its NUMA node has less", TestHost.guest(), to: .gib(3), .remoteMemory, .warn) {
      $0.facts.nodes = NodeRoom(nodes: [0], free: .gib(1) - .kib(4))
    },
    GuardCase("its NUMA node has as much", TestHost.guest(), to: .gib(3), nil) {
      $0.facts.nodes = NodeRoom(nodes: [0], free: .gib(1))
    },
    GuardCase("the regulator may use others", TestHost.guest(), to: .gib(3), nil) {
      ($0.facts.nodes, $0.facts.isRegulator) = (NodeRoom(nodes: [0], free: .zero), true)
    },
    GuardCase("a NUMA node is no matter of a lower", TestHost.guest(), to: GuardCase.lowered, nil) {
      $0.facts.nodes = NodeRoom(nodes: [0], free: .zero)
    },
    GuardCase("it may take back what it rests below", resting, to: .gib(3), .hostShort, .refuse) {
      $0.free = .gib(1) + .mib(300)
    },
    GuardCase("there is as much as it may take back", resting, to: .gib(3), .hostReserve, .warn) {
      $0.free = .gib(1) + .mib(448)
    },
    GuardCase("the reserve stays", TestHost.guest(), to: .gib(3), nil) {
      $0.free = .gib(1) + HostMemory.reserve(total: .gib(64))
    },
    GuardCase("a page of it goes", TestHost.guest(), to: .gib(3), .hostReserve, .warn) {
      $0.free = .gib(1) + HostMemory.reserve(total: .gib(64)) - .kib(4)
    },
    GuardCase("promised to another", TestHost.guest(), to: .gib(3), .hostShort, .refuse) {
      $0.free = .gib(3)
      $0.others = [TestHost.guest(6) { $0.target = .gib(5) }]
    },
    GuardCase(
      "promised to one that is received", TestHost.guest(), to: .gib(3), .hostShort, .refuse
    ) {
      $0.free = .gib(3)
      $0.others = [
        TestHost.guest(6) {
          ($0.target, $0.limit, $0.life, $0.state) = (nil, .gib(5), .paused, .building)
        }
      ]
    },
    GuardCase("a dying one asks for nothing", TestHost.guest(), to: .gib(3), nil) {
      $0.free = .gib(3)
      $0.others = [
        TestHost.guest(6) { ($0.target, $0.life, $0.state) = (.gib(5), .dying, .dying) }
      ]
    },
    GuardCase("agreed for another", TestHost.guest(), to: .gib(3), .hostShort, .refuse) {
      $0.free = .gib(3)
      $0.others = [TestHost.guest(6)]
      $0.facts.agreed = [TestHost.id(6): .gib(5)]
    },
    GuardCase(
      "a gift agreed is not there yet", TestHost.guest(), to: .gib(3), .hostShort, .refuse
    ) {
      $0.free = .mib(512)
      $0.others = [TestHost.guest(6)]
      $0.facts.agreed = [TestHost.id(6): .gib(1)]
    },
    GuardCase(
      "its own old promise is its own", TestHost.guest(5) { $0.target = .gib(3) },
      to: .mib(3584), nil
    ) { $0.free = .gib(3) },
    GuardCase(
      "the toolstack's offset is no demand",
      TestHost.guest(5) { ($0.balloon.offset, $0.target) = (-.mib(16), .gib(2) + .mib(16)) },
      to: .gib(3) + .mib(16), .hostReserve, .warn
    ) { $0.free = .gib(1) },
    GuardCase(
      "held already", TestHost.guest(5) { $0.target = .gib(1) + .mib(512) }, to: .gib(2), nil
    ) { $0.free = .zero },
    GuardCase("a lower needs nothing", TestHost.guest(), to: .mib(1536), nil) { $0.free = .zero },
  ]

  static let owners: [GuardCase] = [TargetOwner.squeezed, .qmemman].flatMap { owner in
    [GuardCase.raised, GuardCase.lowered].map { size in
      GuardCase(
        "\(owner.rawValue), to \(size.short)", TestHost.guest(), to: size,
        owner == .squeezed ? .ownedBySqueezed : .ownedByQmemman, .refuse
      ) { $0.owner = owner }
    }
  }
}
