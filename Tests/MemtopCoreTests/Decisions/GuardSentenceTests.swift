import Testing

@testable import MemtopCore
@testable import TestSupport

/// What the guard says of a target, word by word, for each of its rules.
@Suite(.timeLimit(.minutes(30))) struct GuardSentenceTests {
  struct Sentence: Sendable, CustomTestStringConvertible {
    let rule: GuardRule
    let text: String
    let row: GuardCase
    var testDescription: String { row.testDescription }

    init(
      _ rule: GuardRule, _ what: String, _ domain: DomainSample = TestHost.guest(), to size: Bytes,
      _ text: String, _ change: (inout GuardCase) -> Void = { _ in }
    ) {
      (self.rule, self.text) = (rule, text)
      row = GuardCase("\(rule.rawValue): \(what)", domain, to: size, rule, .allow, change)
    }
  }

  @Test("each rule says one complete sentence", arguments: all)
  func sentence(_ sentence: Sentence) {
    let found = sentence.row.verdict.findings.filter { $0.rule == sentence.rule }
    #expect(found.map(\.text) == [sentence.text])
  }

  @Test("every rule of the guard is in the table")
  func complete() {
    // A domain that is not there has no sample that could stand in the table.
    let listed = Set(Self.all.map(\.rule)).union([.gone])
    #expect(Set(GuardRule.allCases).subtracting(listed) == [])
  }

  /// Words that leave a sentence open.
  private static let open: Set<Substring> = [
    "is", "are", "a", "an", "the", "its", "of", "to", "at", "in", "on", "and", "or", "but", "by",
    "so", "because", "than", "it", "only", "may", "for", "with", "",
  ]

  @Test("no sentence breaks off, whatever the rule is asked about", arguments: GuardTests.all)
  func ending(row: GuardCase) throws {
    for finding in row.verdict.findings {
      let last = finding.text.split(separator: " ", omittingEmptySubsequences: false).last ?? ""
      #expect(!Self.open.contains(last), "\(finding.text)")
      #expect(!finding.text.contains("  "), "\(finding.text)")
    }
  }

  static let all: [Sentence] = bounds + busy + reports + states + host

  private static let bounds: [Sentence] = [
    Sentence(.noSize, "nothing", to: .zero, "0 bytes is not a valid size"),
    Sentence(
      .aboveStaticMax, "5 GiB of 4", to: .gib(5),
      "g5 can have at most 4.00G while it runs (static-max)"),
    Sentence(.unchanged, "the present target", to: .gib(2), "g5 already has this target"),
    Sentence(
      .ended, "dying", TestHost.guest(5) { ($0.life, $0.state) = (.dying, .dying) }, to: .gib(3),
      "g5 is dying"),
    Sentence(
      .ended, "crashed", TestHost.guest(5) { ($0.life, $0.state) = (.shutDown(.crash), .crashed) },
      to: .gib(3), "g5 has crashed"),
    Sentence(
      .ended, "shut down",
      TestHost.guest(5) { ($0.life, $0.state) = (.shutDown(.poweroff), .shutdown) }, to: .gib(3),
      "g5 has shut down"),
  ]

  private static let busy: [Sentence] = [
    Sentence(
      .dom0Floor, "64 MiB", TestHost.dom0(), to: .mib(64),
      "dom0 cannot go below 128M: libxl refuses that"),
    Sentence(
      .dom0Reserve, "1 GiB", TestHost.dom0(), to: .gib(1),
      "dom0 has 1.00G busy; below 1.25G it may fail to serve its guests"),
    Sentence(
      .belowBusy, "1 GiB", to: .gib(1),
      "g5's programs and kernel hold 1.00G; below 1.06G its OOM killer may strike"),
    Sentence(
      .nearBusy, "1100 MiB", to: .mib(1100),
      "g5 would have only 76M to spare above the 1.00G in use; it may swap"),
  ]

  private static let reports: [Sentence] = [
    Sentence(
      .reportAgeUnknown, "lower", TestHost.guest(5) { $0.health = .unknownAge },
      to: GuardCase.lowered,
      "g5's report has not changed since memtop started, so its age is unknown"),
    Sentence(
      .reportStale, "a minute old",
      TestHost.guest(5) { ($0.health, $0.reportAge) = (.stale, .seconds(59)) },
      to: GuardCase.lowered, "g5's report is 59s old; its busy memory is unknown"),
    Sentence(
      .reportStale, "of unknown age",
      TestHost.guest(5) { ($0.health, $0.reportAge) = (.stale, nil) },
      to: GuardCase.lowered, "g5's report is stale; its busy memory is unknown"),
    Sentence(
      .reportSilent, "no report",
      TestHost.guest(5) { ($0.health, $0.busy, $0.report) = (.silent, nil, nil) },
      to: GuardCase.lowered, "g5 sends no report, so its busy memory is unknown"),
    Sentence(
      .reportSilent, "without busy", TestHost.guest(5) { $0.busy = nil }, to: GuardCase.lowered,
      "g5's report does not include its busy memory"),
    Sentence(
      .reportImplausible, "a lie",
      TestHost.guest(5) { $0.health = .implausible("claims 7.00G available but holds only 2.00G") },
      to: GuardCase.lowered,
      "g5's report is implausible: it claims 7.00G available but holds only 2.00G"),
    Sentence(
      .reportUnreadable, "noise",
      TestHost.guest(5) { $0.health = .unreadable("data/memtop has no available=") },
      to: GuardCase.lowered, "g5's report is unreadable: data/memtop has no available="),
  ]

  private static let states: [Sentence] = [
    Sentence(
      .unsettled, "booting", TestHost.guest(5) { $0.state = .booting }, to: .gib(3),
      "g5 is booting"),
    Sentence(
      .unsettled, "paused", TestHost.guest(5) { ($0.life, $0.state) = (.paused, .paused) },
      to: .gib(3), "g5 is paused and cannot follow"),
    Sentence(
      .unsettled, "suspended",
      TestHost.guest(5) { ($0.life, $0.state) = (.shutDown(.suspend), .migrating) },
      to: .gib(3), "g5 is being saved or migrated"),
    Sentence(
      .beingSaved, "while it runs", to: .gib(3),
      "g5 is being saved or migrated; a new target would break that or be lost"
    ) { $0.facts.isBeingSaved = true },
    Sentence(
      .stubDomain, "of nobody known", TestHost.guest(5) { $0.deviceModelOf = 3 }, to: .gib(3),
      "g5 is a stub domain: it runs the device model, and libxl cannot change its memory"),
    Sentence(
      .neverFollowed, "a guest", TestHost.guest(5) { $0.balloon.hasFollowed = false },
      to: .gib(3), "g5 was never seen to follow a target; it may have no balloon driver"),
    Sentence(
      .neverFollowed, "dom0",
      TestHost.dom0 { $0.balloon.hasFollowed = false }, to: .gib(3),
      "dom0 was never seen to follow a target; it may have no balloon driver"),
    Sentence(
      .stuck, "half way",
      TestHost.guest(5) {
        $0.target = .gib(4)
        $0.balloon.phase = .stuck(since: SteadyTime(milliseconds: 0))
      }, to: .gib(3), "g5 is stuck at 2.00G on its way to 4.00G"),
    Sentence(
      .populateOnDemand, "8 MiB short", TestHost.guest(5) { $0.balloon.hasFollowed = false },
      to: GuardCase.lowered,
      "g5 has 12M left to populate on demand, but Xen set aside only 4M for it, and it was"
        + " never seen to follow a target; Xen crashes the guest if it touches more"
    ) { $0.facts.populateOnDemand = .left(GuardTests.uncovered) },
    Sentence(
      .populateOnDemand, "not known", TestHost.guest(5) { $0.balloon.hasFollowed = false },
      to: GuardCase.lowered,
      "Xen does not say what g5 has left to populate on demand, and it was never seen to follow a"
        + " target; Xen crashes a guest that touches more than is set aside for it"
    ) { $0.facts.populateOnDemand = .notKnown },
    Sentence(
      .populateOnDemand, "8 MiB short, and it follows", to: GuardCase.lowered,
      "g5 has 12M left to populate on demand, but Xen set aside only 4M for it; Xen crashes the"
        + " guest if it touches more"
    ) { $0.facts.populateOnDemand = .left(GuardTests.uncovered) },
    Sentence(
      .regulated, "by root", TestHost.guest(5) { $0.regulation = .regulated(by: "root") },
      to: .gib(3), "g5 is regulated; a change by hand releases it from the regulator"),
  ]

  private static let host: [Sentence] = [
    Sentence(
      .hostShort, "half of it", to: .gib(3),
      "g5 needs 1.00G more, but the host has only 512M free (not promised);"
        + " F or memtop free can free some"
    ) { $0.free = .mib(512) },
    Sentence(
      .hostReserve, "all of it", to: .gib(3),
      "this leaves only 0 free on the host, less than 1.28G"
    ) { $0.free = .gib(1) },
    Sentence(
      .remoteMemory, "a node with half of it", to: .gib(3),
      "g5 needs 1.00G more, but its NUMA node 0 has only 512M free; the rest would be remote"
        + " memory, which is slower"
    ) { $0.facts.nodes = NodeRoom(nodes: [0], free: .mib(512)) },
    Sentence(
      .ownedByXAPI, "no range", to: .gib(3),
      "g5 has no dynamic range in xenstore, so XAPI does not manage it"
    ) { $0.owner = .xapi },
    Sentence(
      .ownedBySqueezed, "raise", to: .gib(3),
      "squeezed sets the targets here and would undo this; use: xe vm-memory-dynamic-range-set"
        + " uuid=\(TestHost.id(5).uuid) min=3221225472 max=3221225472"
    ) { $0.owner = .squeezed },
    Sentence(
      .ownedByQmemman, "raise", to: .gib(3),
      "qmemman sets the targets here and would undo this; use: qvm-prefs g5 maxmem 3072"
    ) { $0.owner = .qmemman },
  ]
}
