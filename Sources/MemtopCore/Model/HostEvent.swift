/// Something that happened on the host, worth a line.
public struct HostEvent: Hashable, Sendable {
  public var time: WallTime
  /// Whose event it is; dom0's where it is about the host.
  public var domain: DomainID
  /// The domain's name at that moment, or the host's; safe to print.
  public var name: String
  public var kind: Kind

  public enum Kind: Hashable, Sendable {
    case started
    case rebooted(formerDomid: UInt16)
    case gone
    case crashed
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

  public init(time: WallTime, domain: DomainID, name: String, kind: Kind) {
    self.time = time
    self.domain = domain
    self.name = name
    self.kind = kind
  }
}

/// From one pressure status to another; nil is not known.
public struct PressureTurn: Hashable, Sendable {
  public var from: Pressure?
  public var to: Pressure?
  /// How long `from` lasted; nil where nobody saw it begin.
  public var after: Span?
  /// The figure that decided, in words: "swap-in 41M/s"; nil where it is not known.
  public var figure: String?

  public init(from: Pressure?, to: Pressure?, after: Span? = nil, figure: String? = nil) {
    (self.from, self.to) = (from, to)
    (self.after, self.figure) = (after, figure)
  }
}

/// Who changed a target through memtop.
public enum ChangeAuthor: Hashable, Sendable {
  /// The operator at this dashboard.
  case you
  /// `memtop set`, `memtop free` or another dashboard's operator, by login name.
  case operatorNamed(String)
  case regulator

  /// What `memtop regulate` calls itself where logins are written; no login has a blank or a slash.
  public static let regulatorName = "memtop/regulate"

  public init(loginName: String) {
    self = loginName == Self.regulatorName ? .regulator : .operatorNamed(loginName)
  }
}
