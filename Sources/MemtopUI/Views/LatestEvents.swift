import MemtopCore

/// What is worth one of the few lines below the list: the newest, and of what a domain is in only the
/// last word, so that one whose words change often does not push all others out.
enum LatestEvents {
  /// So many are looked at.
  static let looked = 24

  static func of(_ history: any HistoryReader, until: SteadyTime) -> [HostEvent] {
    var seen: Set<Subject> = []
    return history.events(of: nil, until: until, limit: looked).filter { event in
      guard let topic = event.kind.topic else { return true }
      return seen.insert(Subject(domain: event.domain, topic: topic)).inserted
    }
  }

  private struct Subject: Hashable {
    var domain: DomainID
    var topic: HostEvent.Kind.Topic
  }
}

extension HostEvent.Kind {
  /// What it begins or ends; nil for what stands by itself.
  enum Topic: Hashable { case pressure, report, balloon, host }

  var topic: Topic? {
    switch self {
    case .pressure: .pressure
    case .reportStale, .reportSilent, .reportImplausible, .reportUnreadable, .reportBack: .report
    case .notFollowing, .stuckEnded: .balloon
    case .hostShort, .hostEnough: .host
    case .started, .rebooted, .gone, .crashed, .targetChanged, .targetReached, .leftOut,
      .changeFailed, .regulated, .released, .regulator, .note:
      nil
    }
  }
}
