import MemtopCore

/// What stands for it in the text columns of recordings: literals, so that no case can be renamed in the
/// file. A word that is not known is nil.
protocol StoredWord: CaseIterable {
  var stored: String { get }
}

extension StoredWord {
  init?(stored: String) {
    guard let found = Self.allCases.first(where: { $0.stored == stored }) else { return nil }
    self = found
  }
}

/// `identity.kind`.
extension DomainKind: StoredWord {
  var stored: String {
    switch self {
    case .pv: "pv"
    case .hvm: "hvm"
    case .pvh: "pvh"
    }
  }
}

/// `identity.dialect`.
extension ReportDialect: StoredWord {
  var stored: String {
    switch self {
    case .memtop: "memtop"
    case .xenballoond: "xenballoond"
    case .qubes: "qubes"
    case .xapi: "xapi"
    case .proc: "proc"
    }
  }
}

/// `host.owner`.
extension TargetOwner: StoredWord {
  var stored: String {
    switch self {
    case .squeezed: "squeezed"
    case .qmemman: "qmemman"
    case .xapi: "xapi"
    }
  }
}

/// `event.detail` of an event `regulator`.
extension RegulatorTurn: StoredWord {
  var stored: String {
    switch self {
    case .started: "started"
    case .ended: "ended"
    case .silent: "silent"
    case .back: "back"
    }
  }
}

/// `identity.health`, with the reason that stands in `health_reason`.
extension ReportHealth {
  var stored: String {
    switch self {
    case .fresh: "fresh"
    case .unknownAge: "unknown age"
    case .stale: "stale"
    case .silent: "silent"
    case .implausible: "implausible"
    case .unreadable: "unreadable"
    }
  }

  /// What is not known is silent.
  init(stored: String, reason: String) {
    let all = [Self.fresh, .unknownAge, .stale, .implausible(reason), .unreadable(reason)]
    self = all.first { $0.stored == stored } ?? .silent
  }
}

/// `identity.life`; Xen's own number follows "shutdown".
extension DomainLife {
  var stored: String {
    switch self {
    case .running: "running"
    case .paused: "paused"
    case .dying: "dying"
    case .shutDown(let reason): "shutdown \(reason.rawValue)"
    }
  }

  /// What is not known is running.
  init(stored: String) {
    let all = [Self.running, .paused, .dying] + ShutdownReason.allCases.map { Self.shutDown($0) }
    self = all.first { $0.stored == stored } ?? .running
  }
}
