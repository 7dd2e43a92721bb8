/// One domain in the regulator's hands.
struct RegulatedGuest: Sendable {
  /// Who handed it over.
  let by: String
  /// Which domain it was when it was seen last: a reboot makes another.
  private(set) var id: DomainID
  /// The SIZE that it is at by the regulator's knowledge; another one was set by somebody else.
  private(set) var expected: Bytes?
  /// A target that was just set may still be read as it was before.
  private var former: (size: Bytes, until: SteadyTime)?
  /// A target that may have been set, though it could not be read back.
  private var unconfirmed: (size: Bytes, until: SteadyTime)?
  /// Where XAPI owns the targets, its dynamic range is what counts.
  private(set) var ranges: GuestRanges
  private(set) var isWriting = false
  /// What its key was to say last, and when that was to be written.
  private var published: (setting: Regulation.Setting?, at: SteadyTime)?
  private var isSeenPublished = false
  /// Since when its key is gone; nil while it is there.
  private var unpublishedSince: SteadyTime?
  /// When its stuck balloon was nudged last.
  private var nudged: SteadyTime?
  /// Why it is left where it is; nil while nothing is in the way.
  private var standing: String?
  /// What was said of it while it could not be given more.
  var need = UnmetNeed()
  /// Someone else set its target, or its dynamic range, while it was being set here.
  private var isContested = false

  /// - Parameter left: what the regulator left when it let go of the domain before.
  init(_ sample: DomainSample, by: String, left: LeftRange? = nil) {
    self.by = by
    id = sample.id
    expected = sample.size
    ranges = GuestRanges(sample, left: left)
  }

  /// One whose key has just gone may be on its way to be taken back.
  var mayBeMoved: Bool { !isWriting && unpublishedSince == nil }

  /// A nudge helps at once or not at all, and the cause may be another than was thought.
  func mayBeNudged(at now: SteadyTime) -> Bool {
    mayBeMoved && nudged.map { now - $0 >= Self.betweenNudges } != false
  }

  private static let betweenNudges = Span.minutes(60)
  /// Until then it may look as if it had moved, and stick again.
  private static let nudgePatience = Span.seconds(60)

  enum Fate {
    case goesOn(news: String?, key: Regulation?)
    case takenBack(by: String)
    case released(String)
  }

  mutating func see(
    _ sample: DomainSample, _ snapshot: Snapshot, _ policy: MemoryPolicy, isDry: Bool
  ) -> Fate {
    var news: String?
    if sample.id != id {
      rebooted(as: sample)
      news = "rebooted; regulated again once it reports"
    }
    if let ending = ending(sample, snapshot, policy, isDry: isDry) { return ending }
    let key = keyToPublish(snapshot, seen: sample.regulation)
    return .goesOn(news: news ?? standingNews(sample, policy, snapshot.steady), key: key)
  }

  /// What its key is to say; nil while that was written.
  ///
  /// - Parameter seen: what it says; nil where that is not known any more.
  mutating func keyToPublish(_ snapshot: Snapshot, seen: Regulation? = nil) -> Regulation? {
    let setting = setting(snapshot.host.owner)
    guard isToBePublished(setting, seen, snapshot.steady) else { return nil }
    published = (setting, snapshot.steady)
    return .regulated(by: by, at: setting)
  }

  /// Once for each setting, and again where the write did not come through.
  private func isToBePublished(
    _ setting: Regulation.Setting?, _ seen: Regulation?, _ now: SteadyTime
  ) -> Bool {
    guard let published, published.setting == setting else { return true }
    guard now - published.at >= Regulator.settling else { return false }
    if case .regulated(_, let written) = seen, written != setting { return true }
    return !isSeenPublished
  }

  private func setting(_ owner: TargetOwner?) -> Regulation.Setting? {
    owner == .xapi ? ranges.expected.map { .range($0) } : expected.map { .target($0) }
  }

  private mutating func rebooted(as sample: DomainSample) {
    var ranges = ranges
    ranges.rebooted()
    self = RegulatedGuest(sample, by: by)
    self.ranges = ranges
  }

  /// Whether it is the regulator's no more.
  private mutating func ending(
    _ sample: DomainSample, _ snapshot: Snapshot, _ policy: MemoryPolicy, isDry: Bool
  ) -> Fate? {
    switch sample.regulation {
    case .unwanted(let operatorName): return .takenBack(by: operatorName)
    case .regulated: (isSeenPublished, unpublishedSince) = (true, nil)
    case .released, nil:
      if isRemoved(at: snapshot.steady), !isDry {
        return .takenBack(by: "someone, through xenstore")
      }
    // It was handed over again, by an operator who had not seen that it already was: this is confirmed, too.
    case .wanted: isSeenPublished = false
    }
    if expected == nil { expected = sample.size }
    let owner = snapshot.host.owner
    if let hindrance = Hindrance.lasting(sample, owner: owner, policy: policy) {
      return .released(hindrance.words)
    }
    if isContested { return .released(TargetOrder.contest(isRange: owner == .xapi)) }
    if owner == .xapi {
      guard !isWriting else { return nil }
      return ranges.overtaking(sample, now: snapshot.steady).map { .released($0) }
    }
    guard let size = sample.size, !isWriting else { return nil }
    if let landed = unconfirmed, size == landed.size, snapshot.steady < landed.until {
      (expected, unconfirmed) = (size, nil)
    }
    guard size != expected else {
      // It was seen: what is read from now on is newer.
      former = nil
      return nil
    }
    if let former, former.size == size, snapshot.steady < former.until { return nil }
    return .released(
      "\(Self.author(of: size, sample.id, snapshot)) set its target to \(size.short)")
  }

  /// Gone after it was there: somebody removed it, which is as good as a word. A moment is waited,
  /// since a toolstack removes all keys of a domain that ends, and each is read by itself.
  private mutating func isRemoved(at now: SteadyTime) -> Bool {
    guard isSeenPublished else { return false }
    let since = unpublishedSince ?? now
    unpublishedSince = since
    return now - since >= Self.removal
  }

  private static let removal = Span.seconds(2)

  private static func author(of size: Bytes, _ id: DomainID, _ snapshot: Snapshot) -> String {
    for event in snapshot.events where event.domain == id {
      guard case .targetChanged(_, size, let by?, _) = event.kind else { continue }
      switch by {
      case .you: return "this memtop"
      case .operatorNamed(let name): return name
      case .regulator: return "another memtop regulate"
      }
    }
    return "someone else"
  }

  /// What there is to say of it that was not said already.
  private mutating func standingNews(
    _ sample: DomainSample, _ policy: MemoryPolicy, _ time: SteadyTime
  ) -> String? {
    if let nudged, time - nudged < Self.nudgePatience { return nil }
    let now = Self.hindrance(sample, policy)
    guard now != standing else { return nil }
    defer { standing = now }
    guard let now else { return "resumed" }
    return "left as it is: \(now)"
  }

  /// Why it is not to be moved now, where that lasts.
  private static func hindrance(_ sample: DomainSample, _ policy: MemoryPolicy) -> String? {
    if sample.balloon.isStuck { return Hindrance.stuck.words }
    return (Hindrance.report(sample) ?? Hindrance.figures(sample, policy: policy))?.words
  }

  /// Someone else's target or range was replaced, which they must be able to rely on.
  mutating func contest() {
    isContested = true
    ranges.contest()
  }

  /// A target is being set.
  mutating func begin() { isWriting = true }

  /// It was not even tried.
  mutating func leave() { isWriting = false }

  /// What became of it, by what was read back. What is neither where it was nor where it was to go is
  /// somebody else's by now, and told as such when it is seen.
  mutating func end(
    _ order: TargetOrder, _ size: Bytes?, range: DynamicRange?, now: SteadyTime
  ) {
    isWriting = false
    ranges.wrote(order, range, now: now)
    if order.nudge != nil { nudged = now }
    if size != nil { unconfirmed = nil }
    guard size == order.to, size != expected else { return }
    former = expected.map { (size: $0, until: now + Regulator.settling) }
    expected = size
  }
}

extension RegulatedGuest {
  /// An order was written, and what became of it could not be read.
  mutating func mayHaveLanded(_ order: TargetOrder, at now: SteadyTime) {
    unconfirmed = (size: order.to, until: now + Self.latestLanding)
  }

  /// The longest write, and the time in which an old target may still be read.
  private static let latestLanding = Span.seconds(90)
}

extension RegulatedGuest {
  /// Why a regulator that restarts releases a domain: someone else set its target, or its dynamic range, while
  /// no regulator ran. nil if both are as the regulator left them.
  ///
  /// - Parameter setting: what the domain's key says. The regulator may have been killed between a write and
  ///   its key, so what the writer noted before it counts, too: the mark, or the kept range.
  static func lost(
    _ sample: DomainSample, since setting: Regulation.Setting?, _ owner: TargetOwner?
  ) -> String? {
    let change: String
    if owner == .xapi {
      guard let range = sample.dynamicRange, setting != .range(range), sample.operatorRange == nil
      else { return nil }
      change = "someone else set its dynamic range to \(range.short)"
    } else {
      guard let size = sample.size, setting != .target(size) else { return nil }
      let author = sample.lastChange.flatMap { $0.target == sample.target ? $0.author : nil }
      if author == ChangeAuthor.regulatorName { return nil }
      change = "\(author ?? "someone else") set its target to \(size.short)"
    }
    // A key without a setting proves nothing.
    guard setting != nil else { return "it is not known whether someone else set its target" }
    return "\(change) while the regulator was not running"
  }
}

extension DomainSample {
  /// It lives, and its keys are there. libxl removes `/local/domain/N` first and destroys the domain
  /// after it (libxl_domain.c, devices_destroy_cb), which takes long for a large one; and it writes
  /// `memory/target` only when a domain is built (libxl_dom.c, libxl__build_post).
  var canBeRegulated: Bool {
    switch self.life {
    case .running, .paused, .shutDown(.suspend): self.target != nil
    case .dying, .shutDown: false
    }
  }

  /// When the report that it stands on arrived; nil while that is not fresh.
  func freshArrival(at now: SteadyTime) -> SteadyTime? {
    guard case .fresh = self.health else { return nil }
    return self.reportAge.map { now + $0 * -1 }
  }
}
