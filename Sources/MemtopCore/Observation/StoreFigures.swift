/// The numbers in a domain's xenstore keys that the toolstack writes, parsed once a change: dom0's word, but
/// for the flags that a guest may write, too.
struct StoreFigures {
  var target: Bytes?
  private var staticMax: Bytes?
  private var hotplugMax: Bytes?
  var dynamicMin: Bytes?
  var dynamicMax: Bytes?
  var videoram = Bytes.zero
  var isSelfBallooning = false
  /// Its agent says that it has a balloon driver. xe-daemon writes "0" where there is none; squeezed takes
  /// the key's mere existence for a driver (squeeze_xen.ml), which is no proof.
  var hasBalloonFeature = false
  /// squeezed has given it up: it missed its target for 20 s.
  var isUncooperative = false
  var xapiFree: XAPIFreeFinding?
  var keptRange: KeptRange?
  /// It serves devices to other domains, and so lends pages to their grants.
  var isBackend = false
  /// The domid of the guest whose device model it runs.
  var stubTarget: UInt16?
  /// The domid of the stub domain that runs its device model.
  var deviceModel: UInt16?
  /// The toolstack asks it to suspend, or it says so itself (`SuspendRequest`).
  var isAskedToSuspend = false
  /// memtop's mark: what it set `memory/target` to last, and who did.
  var mark: ChangeMark?
  var regulation: [UInt8]?

  init() {}

  /// The most that it can have while it runs. Where memory is hot-plugged, static-max is only where the
  /// target is now.
  var ceiling: Bytes? { hotplugMax ?? staticMax }

  init(_ keys: StoreKeys) {
    xapiFree = XAPIFreeFinding(keys)
    for entry in keys.values.settled.entries {
      let value = entry.value
      switch entry.key {
      case .target: target = Bytes(storeKiB: value)
      case .staticMax: staticMax = Self.bound(value)
      case .dynamicMin: dynamicMin = Bytes(storeKiB: value)
      case .dynamicMax: dynamicMax = Bytes(storeKiB: value)
      case .videoram: videoram = Bytes(storeKiB: value) ?? .zero
      case .selfTarget: isSelfBallooning = true
      case .hotplugMax: hotplugMax = Self.bound(value)
      case .featureBalloon, .balloonActive:
        hasBalloonFeature =
          hasBalloonFeature || ReportText.trimmed(value[...]) == Array("1".utf8)[...]
      case .backend: isBackend = true
      case .stubTarget: stubTarget = Self.domid(value)
      case .deviceModelDomid: deviceModel = Self.domid(value)
      case .shutdownRequest: isAskedToSuspend = value == Array("suspend".utf8)
      case .changeMark: mark = Self.mark(value)
      case .regulation: regulation = value
      case .uncooperative: isUncooperative = true
      case .keptRange: keptRange = KeptRange(value)
      case .name, .memtopReport, .xapiTotal, .xapiFree, .xapiUpdated, .meminfo,
        .swapinfo, .vmstat, .agentMajor, .agentMinor, .osName, .osUname, .osDistro, .ipv4, .ipv6:
        break
      }
    }
  }

  private static func domid(_ value: [UInt8]) -> UInt16? {
    ReportText.number(ReportText.trimmed(value[...])).flatMap { UInt16(exactly: $0) }
  }

  /// nil where it bounds nothing: Xen's "no limit" is UINT_MAX pages, and libxl writes these as dom0's
  /// static-max where its command line has no `dom0_mem=max:` (libxl_mem.c,
  /// libxl__fill_dom0_memory_info).
  private static func bound(_ value: [UInt8]) -> Bytes? {
    Bytes(storeKiB: value).flatMap { $0 < .pages(Int64(UInt32.max)) ? $0 : nil }
  }

  fileprivate static func mark(_ value: [UInt8]) -> ChangeMark? {
    var words = Words(value[...])
    guard let digits = words.next(), let number = ReportText.number(digits),
      number <= ReportText.most, let author = words.next()
    else { return nil }
    let why = words.next().flatMap { deadline in
      value[deadline.endIndex...].dropFirst()
    }
    return ChangeMark(
      target: .kib(number), author: SafeText.escaped(Array(author), limit: 32),
      why: why.flatMap { $0.isEmpty ? nil : SafeText.escaped(Array($0), limit: 80) }, bytes: value)
  }
}

extension Bytes {
  /// A number of KiB as the toolstack writes it to xenstore; nil for anything else.
  package init?(storeKiB value: [UInt8]) {
    guard let number = ReportText.number(ReportText.trimmed(value[...])),
      number <= ReportText.most
    else { return nil }
    self = .kib(number)
  }
}

extension DomainFacts {
  /// The keys whose text it shows.
  private static let sources: [StoreKey] = [.name, .osName, .osUname, .osDistro, .ipv4, .ipv6]

  private static let unnamed = "(unnamed)"

  var isNamed: Bool { name != Self.unnamed }

  convenience init(_ keys: StoreKeys) {
    func text(_ key: StoreKey, limit: Int) -> String? {
      keys[key].flatMap { $0.isEmpty ? nil : SafeText.escaped($0, limit: limit) }
    }
    self.init(
      name: keys[.name].flatMap { $0.isEmpty ? nil : SafeText.name($0) } ?? Self.unnamed,
      osName: text(.osName, limit: 80) ?? text(.osDistro, limit: 80),
      kernel: text(.osUname, limit: 40), ipv4: text(.ipv4, limit: 40),
      ipv6: text(.ipv6, limit: 48), startedAt: keys.startedAt)
  }

  /// Whether nothing that it shows changed between the two.
  func isMade(of keys: StoreKeys, like before: StoreKeys?) -> Bool {
    guard let before, keys.startedAt == before.startedAt else { return false }
    return Self.sources.allSatisfy { keys[$0] == before[$0] }
  }
}

/// Whose change of a target it was: this memtop's own, another memtop's by its mark, or
/// somebody else's.
struct AuthorTracker {
  /// An order that has not shown by now never will; its deadline is seconds away when it is given.
  private static let longestWait = Span.seconds(60)

  private var expected: (order: TargetOrder, author: ChangeAuthor, since: SteadyTime)?
  /// A mark speaks for one change: left behind, it would claim somebody else's for its author.
  private var spentMark: [UInt8]?

  mutating func expect(_ order: TargetOrder, by author: ChangeAuthor, now: SteadyTime) {
    expected = (order, author, now)
  }

  mutating func withdraw(_ order: TargetOrder) {
    if expected?.order == order { expected = nil }
  }

  /// A mark that was found is of a change that nobody saw.
  mutating func begin(_ mark: ChangeMark?) { spentMark = mark?.bytes }

  /// Whose a change is; nil is somebody else's.
  struct Origin {
    var author: ChangeAuthor?
    var why: String?
  }

  /// Who set `memory/target` to `target`, and why.
  mutating func author(
    of target: Bytes, size: Bytes, mark: ChangeMark?, now: SteadyTime
  ) -> Origin {
    let isMarked = mark?.target == target && mark?.bytes != spentMark
    if isMarked { spentMark = mark?.bytes }
    if let expected, expected.order.to == size {
      self.expected = nil
      if now - expected.since <= Self.longestWait {
        return Origin(author: expected.author, why: expected.order.reason)
      }
    }
    guard isMarked, let mark else { return Origin() }
    return Origin(author: ChangeAuthor(loginName: mark.author), why: mark.why)
  }
}

/// What follows from them together with the reading that they are of.
extension StoreFigures {
  /// memtop changed the domain's target once, and it is exactly there.
  func haveLed(_ reading: DomainReading) -> Bool {
    guard !reading.isPopulating, let mark, let target, mark.target == target else { return false }
    let near = BalloonFollower.tolerance * 2
    let distance = reading.allocation - target
    return distance.magnitude <= near || (distance - videoram).magnitude <= near
  }

  /// Before dom0's target is first set it has no static-max: libxl then writes Xen's limit, from
  /// `dom0_mem=max:`, and refuses more (libxl_mem.c, libxl__fill_dom0_memory_info).
  func dom0Ceiling(_ reading: DomainReading) -> Bytes? {
    reading.id.isDom0 && target == nil && reading.keys[.staticMax] == nil ? reading.limit : nil
  }
}
