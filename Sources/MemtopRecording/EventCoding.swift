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
  case pressureOver = 17
  case tight = 18
  case short = 19
  case thrashing = 20
  case pressureUnknown = 21
  case silent = 22
  case stuckEnded = 23
  case hostShort = 24
  case hostEnough = 25
  case leftOut = 26
  case renamed = 27
  case paused = 28
  case unpaused = 29
  case hostLost = 30
  case hostBack = 31

  var word: String {
    switch self {
    case .started: "started"
    case .rebooted: "rebooted"
    case .gone: "ended"
    case .crashed: "crashed"
    case .target: "target"
    case .arrived: "reached"
    case .notFollowing: "stuck"
    case .stale: "report stale"
    case .implausible: "report implausible"
    case .unreadable: "report unreadable"
    case .reportBack: "report fresh"
    case .changeFailed: "change failed"
    case .note: "note"
    case .regulated: "regulated"
    case .released: "released"
    case .regulator: "regulator"
    case .pressureOver: "pressure over"
    case .tight: "tight"
    case .short: "short"
    case .thrashing: "thrashing"
    case .pressureUnknown: "pressure unknown"
    case .silent: "report silent"
    case .stuckEnded: "no longer stuck"
    case .hostShort: "host short"
    case .hostEnough: "host no longer short"
    case .leftOut: "left out"
    case .renamed: "renamed"
    case .paused: "paused"
    case .unpaused: "unpaused"
    case .hostLost: "host lost"
    case .hostBack: "host back"
    }
  }

  init(_ pressure: Pressure?) {
    switch pressure {
    case nil: self = .pressureUnknown
    case .ok: self = .pressureOver
    case .tight: self = .tight
    case .short: self = .short
    case .thrashing: self = .thrashing
    }
  }

  init(_ kind: HostEvent.Kind) { self = EventRow(kind, recorder: "").code }

  /// Whether `before` and `after` are amounts, which the file has in KiB, or numbers as they are.
  var hasAmounts: (before: Bool, after: Bool) {
    switch self {
    case .rebooted: (false, true)
    case .pressureOver, .tight, .short, .thrashing, .pressureUnknown, .reportBack, .stuckEnded,
      .leftOut, .unpaused, .hostLost, .hostBack:
      (false, false)
    case .hostEnough: (true, false)
    case .started, .gone, .crashed, .target, .arrived, .notFollowing, .stale, .implausible,
      .unreadable, .changeFailed, .note, .regulated, .released, .regulator, .silent, .hostShort,
      .renamed, .paused:
      (true, true)
    }
  }
}

/// One row of `event`, without where it stands.
struct EventRow: Equatable {
  var code: EventCode
  /// Amounts in bytes, or numbers (`EventCode.hasAmounts`).
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
    case .renamed(let former): self.init(.renamed, detail: former)
    case .gone: self.init(.gone)
    case .crashed: self.init(.crashed)
    case .paused: self.init(.paused)
    case .unpaused(let span): self.init(.unpaused, lasted: span)
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
    case .reportBack(let span): self.init(.reportBack, lasted: span)
    case .pressure(let turn):
      self.init(EventCode(turn.to), lasted: turn.after)
      before = turn.from.map { Int64($0.rawValue) }
      detail = turn.figure
    case .reportSilent: self.init(.silent)
    case .stuckEnded(let span): self.init(.stuckEnded, lasted: span)
    case .hostShort(let free, let reserve):
      self.init(.hostShort)
      (before, after) = (reserve.count, free.count)
    case .hostEnough(let free, let span):
      self.init(.hostEnough, lasted: span)
      before = free.count
    case .hostLost(let why): self.init(.hostLost, detail: why)
    case .hostBack(let span): self.init(.hostBack, lasted: span)
    case .leftOut(let count):
      self.init(.leftOut)
      after = Int64(count)
    case .changeFailed(let why): self.init(.changeFailed, detail: why)
    case .note(let text, let by):
      self.init(.note, detail: text)
      who = by
    case .regulated(let by):
      self.init(.regulated)
      who = by
    case .released(let why): self.init(.released, detail: why)
    case .regulator(let turn): self.init(.regulator, detail: turn.stored)
    }
  }

  private init(_ code: EventCode, lasted: Span?) {
    self.init(code)
    after = lasted?.milliseconds
  }

  private init(_ code: EventCode, detail: String) {
    self.init(code)
    self.detail = detail
  }

  private static func author(_ author: ChangeAuthor?, recorder: String) -> (Int64?, String?) {
    switch author {
    case nil: (nil, nil)
    case .you: (1, recorder)
    case .operatorNamed(let name): (name == recorder ? 1 : 2, name)
    case .regulator: (3, nil)
    }
  }

  /// What it tells of; whatever a damaged file holds, it is something that can be shown.
  var kind: HostEvent.Kind {
    let text = detail.map { SafeText.escaped(Array($0.utf8), limit: 500) } ?? ""
    switch code {
    case .started: return .started
    case .rebooted: return .rebooted(formerDomid: UInt16(clamping: before ?? 0))
    case .renamed: return .renamed(from: Identity.safe(detail ?? "", 64))
    case .gone: return .gone
    case .crashed: return .crashed
    case .paused: return .paused
    case .unpaused: return .unpaused(after: lasted)
    case .target:
      return .targetChanged(
        from: before.map { Bytes($0) }, to: Bytes(after ?? 0), by: changeAuthor,
        why: detail == nil ? nil : text)
    case .arrived: return .targetReached(Bytes(after ?? 0))
    case .notFollowing: return .notFollowing(target: Bytes(after ?? 0))
    case .stale: return .reportStale
    case .implausible: return .reportImplausible(text)
    case .unreadable: return .reportUnreadable(text)
    case .reportBack: return .reportBack(after: lasted)
    case .pressureOver: return pressure(.ok)
    case .tight: return pressure(.tight)
    case .short: return pressure(.short)
    case .thrashing: return pressure(.thrashing)
    case .pressureUnknown: return pressure(nil)
    case .silent: return .reportSilent
    case .stuckEnded: return .stuckEnded(after: lasted)
    case .hostShort: return .hostShort(free: Bytes(after ?? 0), reserve: Bytes(before ?? 0))
    case .hostEnough: return .hostEnough(free: Bytes(before ?? 0), after: lasted)
    case .hostLost: return .hostLost(text)
    case .hostBack: return .hostBack(after: lasted)
    case .leftOut: return .leftOut(Int(clamping: max(0, after ?? 0)))
    case .changeFailed: return .changeFailed(text)
    case .note: return .note(text, by: safeWho)
    case .regulated: return .regulated(by: safeWho)
    case .released: return .released(text)
    case .regulator: return .regulator(RegulatorTurn(stored: text) ?? .silent)
    }
  }

  private var lasted: Span? {
    after.map { Span(milliseconds: max(0, $0)) }
  }

  private func pressure(_ word: Pressure?) -> HostEvent.Kind {
    let from = before.flatMap { Pressure(rawValue: UInt8(clamping: $0)) }
    let figure = detail.map { SafeText.escaped(Array($0.utf8), limit: 80) }
    return .pressure(PressureTurn(from: from, to: word, after: lasted, figure: figure))
  }

  private var safeWho: String { SafeText.escaped(Array((who ?? "").utf8), limit: 32) }

  /// The reader of a recording need not be the operator who made it.
  private var changeAuthor: ChangeAuthor? {
    switch author {
    case 1: safeWho.isEmpty ? .you : .operatorNamed(safeWho)
    case 2: .operatorNamed(safeWho)
    case 3: .regulator
    default: nil
    }
  }
}
