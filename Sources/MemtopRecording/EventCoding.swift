import MemtopCore

/// What happened, as a number; the file has the words in `event_kind`. Numbers are for ever.
enum EventCode: Int64, CaseIterable {
  case started = 1
  case rebooted = 2
  case gone = 3
  case crashed = 4
  case target = 5
  case arrived = 6
  case notFollowing = 7
  case stale = 8
  case implausible = 9
  case unreadable = 10
  case reportBack = 11
  case changeFailed = 12
  case note = 13
  case regulated = 14
  case released = 15
  case regulator = 16

  var word: String {
    switch self {
    case .started: "started"
    case .rebooted: "rebooted"
    case .gone: "gone"
    case .crashed: "crashed"
    case .target: "target"
    case .arrived: "arrived"
    case .notFollowing: "not following"
    case .stale: "report stale"
    case .implausible: "report implausible"
    case .unreadable: "report unreadable"
    case .reportBack: "report back"
    case .changeFailed: "change failed"
    case .note: "note"
    case .regulated: "regulated"
    case .released: "released"
    case .regulator: "regulator"
    }
  }
}

/// One row of `event`, without where it stands.
struct EventRow: Equatable {
  var code: EventCode
  /// Amounts in bytes; for a reboot, the domid before.
  var before: Int64?
  var after: Int64?
  var author: Int64?
  var who: String?
  var detail: String?

  init(_ code: EventCode) { self.code = code }
}

extension EventRow {
  /// - Parameter recorder: who `you` is: the operator whose screen records.
  init(_ kind: HostEvent.Kind, recorder: String) {
    switch kind {
    case .started: self.init(.started)
    case .rebooted(let domid):
      self.init(.rebooted)
      before = Int64(domid)
    case .gone: self.init(.gone)
    case .crashed: self.init(.crashed)
    case .targetChanged(let from, let to, let by, let why):
      self.init(.target)
      detail = why
      (before, after) = (from?.count, to.count)
      (author, who) = Self.author(by, recorder: recorder)
    case .targetReached(let target):
      self.init(.arrived)
      after = target.count
    case .notFollowing(let target):
      self.init(.notFollowing)
      after = target.count
    case .reportStale: self.init(.stale)
    case .reportImplausible(let why): self.init(.implausible, detail: why)
    case .reportUnreadable(let why): self.init(.unreadable, detail: why)
    case .reportBack: self.init(.reportBack)
    case .changeFailed(let why): self.init(.changeFailed, detail: why)
    case .note(let text, let by):
      self.init(.note, detail: text)
      who = by
    case .regulated(let by):
      self.init(.regulated)
      who = by
    case .released(let why): self.init(.released, detail: why)
    case .regulator(let turn): self.init(.regulator, detail: turn.rawValue)
    }
  }

  private init(_ code: EventCode, detail: String) {
    self.init(code)
    self.detail = detail
  }

  private static func author(_ author: ChangeAuthor?, recorder: String) -> (Int64?, String?) {
    switch author {
    case nil: (nil, nil)
    case .you: (1, recorder)
    case .operatorNamed(let name): (2, name)
    case .regulator: (3, nil)
    }
  }

  /// What it tells of; whatever a damaged file holds, it is something that can be shown.
  var kind: HostEvent.Kind {
    let text = detail.map { SafeText.escaped(Array($0.utf8), limit: 500) } ?? ""
    switch code {
    case .started: return .started
    case .rebooted: return .rebooted(formerDomid: UInt16(clamping: before ?? 0))
    case .gone: return .gone
    case .crashed: return .crashed
    case .target:
      return .targetChanged(
        from: before.map { Bytes($0) }, to: Bytes(after ?? 0), by: changeAuthor,
        why: detail == nil ? nil : text)
    case .arrived: return .targetReached(Bytes(after ?? 0))
    case .notFollowing: return .notFollowing(target: Bytes(after ?? 0))
    case .stale: return .reportStale
    case .implausible: return .reportImplausible(text)
    case .unreadable: return .reportUnreadable(text)
    case .reportBack: return .reportBack
    case .changeFailed: return .changeFailed(text)
    case .note: return .note(text, by: safeWho)
    case .regulated: return .regulated(by: safeWho)
    case .released: return .released(text)
    case .regulator: return .regulator(RegulatorTurn(rawValue: text) ?? .silent)
    }
  }

  private var safeWho: String { SafeText.escaped(Array((who ?? "").utf8), limit: 32) }

  private var changeAuthor: ChangeAuthor? {
    switch author {
    case 1: .you
    case 2: .operatorNamed(safeWho)
    case 3: .regulator
    default: nil
    }
  }
}
