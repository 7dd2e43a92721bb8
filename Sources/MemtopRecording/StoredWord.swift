import MemtopCore

/// What stands for it in the text columns of recordings: literals, so that no case can be renamed in the
/// file. A word that is not known is nil.
protocol StoredWord {
  static var all: [Self] { get }
  var stored: String { get }
}

extension StoredWord {
  init?(stored: String) {
    guard let found = Self.all.first(where: { $0.stored == stored }) else { return nil }
    self = found
  }
}

/// `identity.kind`.
extension DomainKind: StoredWord {
  static let all: [DomainKind] = [.pv, .hvm, .pvh]

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
  static let all = allCases

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
  static let all: [TargetOwner] = [.squeezed, .qmemman, .xapi]

  var stored: String {
    switch self {
    case .xapi: "xapi"
    case .squeezed: "squeezed"
    case .qmemman: "qmemman"
    }
  }
}

/// `event.detail` of an event `regulator`.
extension RegulatorTurn: StoredWord {
  static let all = allCases

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

  init(stored: String, reason: String) {
    self =
      switch stored {
      case "fresh": .fresh
      case "unknown age": .unknownAge
      case "stale": .stale
      case "implausible": .implausible(reason)
      case "unreadable": .unreadable(reason)
      default: .silent
      }
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

  init(stored: String) {
    switch stored {
    case "running": self = .running
    case "paused": self = .paused
    case "dying": self = .dying
    default:
      let code = stored.split(separator: " ").last.flatMap { UInt8($0) }
      self = code.flatMap(ShutdownReason.init).map { .shutDown($0) } ?? .running
    }
  }
}
