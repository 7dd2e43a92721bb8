/// A domain's overall status: the worst of its state, report and pressure.
package struct Condition: Hashable, Sendable {
  /// From harmless to alarming; the default order of the list goes down from the worst.
  package enum Word: UInt8, CaseIterable, Comparable, Hashable, Sendable {
    case ok, shutdown, dying, paused, migrating, building, reading, booting
    case silent, stale, unreadable, implausible
    case tight, stuck, short, thrashing, crashed

    package static func < (a: Word, b: Word) -> Bool { a.rawValue < b.rawValue }
  }

  package let word: Word
  /// The word rests on a report whose age nobody knows.
  package let isUncertain: Bool

  package init(_ sample: DomainSample) { self.init(sample.shared.findings) }

  init(_ findings: DomainSample.Findings) {
    self.init(
      state: findings.state, health: findings.health, pressure: findings.pressure,
      isStub: findings.deviceModelOf != nil)
  }

  private init(state: DomainState, health: ReportHealth, pressure: Pressure?, isStub: Bool) {
    let ofReport =
      Self.needsNoReport(state, health, isStub: isStub) ? .ok : Self.ofReport(health, pressure)
    word = max(Self.ofState(state), ofReport)
    isUncertain = health == .unknownAge && word == ofReport
  }

  /// Shown as "tight", or "tight?" on a report of unknown age.
  package var text: String { isUncertain ? Self.uncertain[Int(word.rawValue)] : word.text }

  private static let uncertain = Word.allCases.map { $0.text + "?" }

  private static func ofState(_ state: DomainState) -> Word {
    switch state {
    case .running: .ok
    case .paused: .paused
    case .booting: .booting
    case .crashed: .crashed
    case .dying: .dying
    case .shutdown: .shutdown
    case .migrating: .migrating
    case .building: .building
    case .reading: .reading
    case .stuck: .stuck
    }
  }

  /// Whether a report that is missing or old is normal: a missing one in a stub domain, and in one that
  /// boots, is paused or ends; an old one in a domain that does not run. Its state is shown instead of
  /// *silent* or *stale*.
  package static func needsNoReport(
    _ state: DomainState, _ health: ReportHealth, isStub: Bool = false
  ) -> Bool {
    switch health {
    case .silent where isStub: return true
    case .silent, .stale: break
    case .fresh, .unknownAge, .implausible, .unreadable: return false
    }
    switch state {
    case .running, .stuck: return false
    case .paused, .crashed, .dying, .shutdown: return true
    case .booting, .building, .reading, .migrating: return health == .silent
    }
  }

  private static func ofReport(_ health: ReportHealth, _ pressure: Pressure?) -> Word {
    switch health {
    case .fresh, .unknownAge: ofPressure(pressure)
    case .stale: .stale
    case .silent: .silent
    case .implausible: .implausible
    case .unreadable: .unreadable
    }
  }

  private static func ofPressure(_ pressure: Pressure?) -> Word {
    switch pressure {
    case nil, .ok: .ok
    case .tight: .tight
    case .short: .short
    case .thrashing: .thrashing
    }
  }
}

extension Condition.Word {
  package var text: String {
    switch self {
    case .ok: "ok"
    case .shutdown: "shutdown"
    case .dying: "dying"
    case .paused: "paused"
    case .migrating: "migrating"
    case .building: "building"
    case .reading: "reading"
    case .booting: "booting"
    case .silent: "silent"
    case .stale: "stale"
    case .unreadable: "unreadable"
    case .implausible: "implausible"
    case .tight: "tight"
    case .stuck: "stuck"
    case .short: "short"
    case .thrashing: "thrashing"
    case .crashed: "crashed"
    }
  }

  /// How loudly it is drawn.
  package var alarm: Alarm {
    switch self {
    case .ok: .none
    case .shutdown, .dying, .paused, .migrating, .building, .reading, .booting, .silent: .quiet
    case .stale, .unreadable, .implausible, .tight, .stuck: .warning
    case .short, .thrashing, .crashed: .danger
    }
  }
}

/// How loudly something is drawn.
package enum Alarm: UInt8, Comparable, Hashable, Sendable {
  case none, quiet, warning, danger
  package static func < (a: Alarm, b: Alarm) -> Bool { a.rawValue < b.rawValue }
}
