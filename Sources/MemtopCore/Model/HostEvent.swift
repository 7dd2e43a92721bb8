/// Something that happened on the host, worth a line.
public struct HostEvent: Hashable, Sendable {
  /// When the sample that showed it was taken, by the wall clock; of `.gone`, 5 s later or more.
  public var time: WallTime
  /// Whose event it is; dom0's where it is about the host.
  public var domain: DomainID
  /// The domain's name at that moment, or the host's; safe to print.
  public var name: String
  /// What happened.
  public var kind: Kind

  /// What can happen. Targets in it are sizes: they include videoram, as `DomainSample.size` does.
  public enum Kind: Hashable, Sendable {
    case started
    case rebooted(formerDomid: UInt16)
    /// It has another name now; `from` is its former one.
    case renamed(from: String)
    case gone
    case crashed
    /// The toolstack has stopped its processors.
    case paused
    /// It runs again. `after` is how long it was paused; nil if the beginning was not seen.
    case unpaused(after: Span?)
    /// `by` is nil where the target was changed by somebody else; `why` is the author's reason, where he
    /// left one: "raised by keystroke".
    case targetChanged(from: Bytes?, to: Bytes, by: ChangeAuthor?, why: String? = nil)
    case targetReached(Bytes)
    case notFollowing(target: Bytes)
    /// Its pressure status changed.
    case pressure(PressureTurn)
    case reportStale
    /// It sends no report any more.
    case reportSilent
    case reportImplausible(String)
    case reportUnreadable(String)
    /// Its reports count again, and how long they did not; nil where nobody saw it begin.
    case reportBack(after: Span?)
    /// It is where its target puts it, or has another target, after it was stuck for so long.
    case stuckEnded(after: Span?)
    /// Less than the guard's reserve is free on the host, beside what is promised and claimed.
    case hostShort(free: Bytes, reserve: Bytes)
    case hostEnough(free: Bytes, after: Span?)
    /// One of several hosts gives no figures any more, and why.
    case hostLost(String)
    /// It gives figures again.
    case hostBack(after: Span?)
    /// So many changes of one domain that came too fast to be told one by one.
    case leftOut(Int)
    case changeFailed(String)
    /// The regulator has it; who handed it over.
    case regulated(by: String)
    /// The regulator released it, and why.
    case released(String)
    /// The regulator itself; of the host.
    case regulator(RegulatorTurn)
    /// What an operator wrote down, and who that was.
    case note(String, by: String)
  }

  /// Whose event one about the host is: dom0 is the domain that acts for it.
  public static let host = DomainID(domid: 0, uuid: .zero)

  /// It is about a host, whose name it then has, and not about that host's dom0.
  package var isAboutHost: Bool {
    switch kind {
    case .hostShort, .hostEnough, .hostLost, .hostBack, .regulator: true
    case .note, .leftOut: domain.isDom0 && name != "Domain-0"
    case .started, .rebooted, .renamed, .gone, .crashed, .paused, .unpaused, .targetChanged,
      .targetReached, .notFollowing, .pressure, .reportStale, .reportSilent, .reportImplausible,
      .reportUnreadable, .reportBack, .stuckEnded, .changeFailed, .regulated, .released:
      false
    }
  }

  /// The name of whom it tells of: a domain, with its host where there are several, or a host as the
  /// operator calls it.
  package var whose: String {
    isAboutHost ? domain.host.name ?? name : domain.named(name)
  }

  package init(time: WallTime, domain: DomainID, name: String, kind: Kind) {
    self.time = time
    self.domain = domain
    self.name = name
    self.kind = kind
  }
}

/// From one pressure status to another; nil is not known.
public struct PressureTurn: Hashable, Sendable {
  /// The status before. `.ok` also stands for an unknown one; a damaged recording may have nil.
  public var from: Pressure?
  /// The status now; nil where it is no longer known.
  public var to: Pressure?
  /// How long `from` lasted; nil where nobody saw it begin.
  public var after: Span?
  /// The figure that decided, in words: "swap-in 41M/s"; nil where it is not known.
  public var figure: String?

  package init(from: Pressure?, to: Pressure?, after: Span? = nil, figure: String? = nil) {
    (self.from, self.to) = (from, to)
    (self.after, self.figure) = (after, figure)
  }
}

/// Who changed a target through memtop.
public enum ChangeAuthor: Hashable, Sendable {
  /// The operator at this dashboard; in a recording, the one who recorded, whose login is not known.
  case you
  /// `memtop set`, `memtop free` or another dashboard's operator, by login name.
  case operatorNamed(String)
  case regulator

  /// What `memtop regulate` calls itself where logins are written; no login has a blank or a slash.
  public static let regulatorName = "memtop/regulate"

  package init(loginName: String) {
    self = loginName == Self.regulatorName ? .regulator : .operatorNamed(loginName)
  }
}

/// An event in words.
extension HostEvent.Kind {
  /// What kind of event it is; the same word in recordings, in `dump --events` and for the filter.
  public var word: String {
    switch self {
    case .started: "started"
    case .rebooted: "rebooted"
    case .renamed: "renamed"
    case .gone: "ended"
    case .crashed: "crashed"
    case .paused: "paused"
    case .unpaused: "unpaused"
    case .targetChanged: "target"
    case .targetReached: "reached"
    case .notFollowing: "stuck"
    case .pressure(let turn): turn.word
    case .reportStale: "report stale"
    case .reportSilent: "report silent"
    case .reportImplausible: "report implausible"
    case .reportUnreadable: "report unreadable"
    case .reportBack: "report fresh"
    case .stuckEnded: "no longer stuck"
    case .hostShort: "host short"
    case .hostEnough: "host no longer short"
    case .hostLost: "host lost"
    case .hostBack: "host back"
    case .leftOut: "left out"
    case .changeFailed: "change failed"
    case .regulated: "regulated"
    case .released: "released"
    case .regulator: "regulator"
    case .note: "note"
    }
  }

  /// How long what it ends had lasted; nil where it ends nothing, or nobody saw that begin.
  public var lasted: Span? {
    switch self {
    case .pressure(let turn): turn.after
    case .reportBack(let after), .stuckEnded(let after), .hostEnough(_, let after),
      .unpaused(let after), .hostBack(let after):
      after
    case .started, .rebooted, .renamed, .gone, .crashed, .paused, .targetChanged, .targetReached,
      .notFollowing, .reportStale, .reportSilent, .reportImplausible, .reportUnreadable, .hostShort,
      .hostLost, .leftOut, .changeFailed, .regulated, .released, .regulator, .note:
      nil
    }
  }

  /// What happened, after the name of whom it happened to.
  ///
  /// - Parameter arrow: leads from an old value to a new one.
  public func text(arrow: String) -> String {
    switch self {
    case .started: "started"
    case .rebooted(let former): "rebooted, was domain \(former)"
    case .renamed(let former): "renamed, was \(former)"
    case .gone: "ended"
    case .crashed: "crashed"
    case .paused: "paused"
    case .unpaused(let after): "unpaused" + Self.since(after)
    case .targetChanged(let from, let to, .regulator, let why?):
      "target \(Self.change(from, to, arrow)) (regulator: \(why))"
    case .targetChanged(let from, let to, let by, _):
      "target \(Self.change(from, to, arrow)) (\(Self.author(by)))"
    case .targetReached(let target): "reached \(target.short)"
    case .notFollowing(let target): "stuck: does not follow its target \(target.short)"
    case .pressure(let turn): turn.text
    case .reportStale: "stale: stopped reporting"
    case .reportSilent: "silent: sends no report any more"
    case .reportImplausible(let why): "implausible: \(why)"
    case .reportUnreadable(let why): "unreadable: \(why)"
    case .reportBack(let after): "report fresh again" + Self.since(after)
    case .stuckEnded(let after): "no longer stuck" + Self.since(after)
    case .hostShort(let free, let reserve):
      "host short: \(free.short) free, less than the reserve of \(reserve.short)"
    case .hostEnough(let free, let after):
      "host no longer short: \(free.short) free" + Self.since(after)
    case .hostLost(let why): "does not respond: \(why)"
    case .hostBack(let after): "responds again" + Self.since(after)
    case .leftOut(let count): "\(count) more changes not listed: too many in a short time"
    case .changeFailed(let why): "change failed: \(why)"
    case .regulated(let by): "handed to the regulator by \(by)"
    case .released(let why): "released from the regulator: \(why)"
    case .regulator(.started): "memtop regulate started"
    case .regulator(.ended): "memtop regulate ended"
    case .regulator(.silent): "memtop regulate does not respond"
    case .regulator(.back): "memtop regulate responds again"
    case .note(let text, let by): "note: \(text) (\(by))"
    }
  }

  package static func change(_ from: Bytes?, _ to: Bytes, _ arrow: String) -> String {
    let (before, after) = Bytes.apart(from, to)
    return (before.map { $0 + " " } ?? "") + "\(arrow) \(after ?? to.short)"
  }

  private static func since(_ span: Span?) -> String { span.map { " after \($0.short)" } ?? "" }

  private static func author(_ author: ChangeAuthor?) -> String {
    switch author {
    case nil: "not memtop"
    case .you: "you"
    case .operatorNamed(let name): name
    case .regulator: "regulator"
    }
  }
}

extension PressureTurn {
  /// It is worse than before.
  public var isWorse: Bool { (to ?? .ok) > (from ?? .ok) }

  /// What it is now.
  var word: String {
    switch to {
    case nil: "pressure unknown"
    case .ok: "pressure over"
    case .tight, .short, .thrashing: to!.word
    }
  }

  var text: String {
    let reason = figure.map { ": " + $0 } ?? ""
    switch to {
    case nil: return "pressure unknown" + former
    case .ok: return "ok again" + former
    case let to?: return to.word + (isWorse ? reason : "") + former
    }
  }

  /// ", was tight for 58s"; of what was well nothing needs to be said.
  private var former: String {
    guard let from, from > .ok else { return "" }
    return ", was \(from.word)" + (after.map { " for \($0.short)" } ?? "")
  }
}
