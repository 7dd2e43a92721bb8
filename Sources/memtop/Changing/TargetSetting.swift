import MemtopCore

/// Sets one domain's target: judged, agreed to, written, read back and, if wanted, followed.
struct TargetSetting {
  let session: ChangeSession
  let domain: DomainArgument
  let size: SizeExpression
  let consent: ChangeConsent
  let isForced: Bool
  /// How long to wait for the guest to arrive; nil is not at all.
  let patience: Span?
  /// What its uuid must be; nil is anything.
  var uuid: DomainUUID?
  /// What its target must be now; nil is anything.
  var from: PresentTarget?
  /// What its dynamic range must be now; nil is anything.
  var fromRange: DynamicRange?
  /// Since the session was begun, as long as it may take until it begins to be set; nil is for ever.
  var within: Span?
  /// Rules whose warnings are accepted beforehand.
  var accepted: Set<GuardRule> = []

  func perform() throws(Failure) {
    if !consent.isDryRun { session.prepare() }
    let (order, verdict, isThere, judged) = try judge()
    if isThere {
      let target = "\(order.name) already has the target \(order.to.short)"
      Output.standard.write(line: "\(target); nothing to do")
      return
    }
    VerdictLines.say(verdict, isForced: isForced)
    VerdictLines.say([order])
    if consent.isDryRun {
      let isAllowed = mayGoOn(verdict)
      let outcome = isAllowed ? "set" : "refused"
      Output.standard.write(line: "\(order.line) would be \(outcome) (dry run)")
      guard isAllowed else { throw Failure(line: "", status: .refused) }
      if wantsConsent(verdict) {
        throw Failure(
          line: "the real run would ask first; --yes accepts the warning", status: .refused)
      }
      return
    }
    let wasAsked = try agree(to: verdict, order)
    let run = ChangeRun(
      [(order: order, agreed: verdict)], isForced: isForced,
      patience: patience ?? .seconds(60), latest: within.map { session.begun + $0 })
    let driver = session.carryOut(
      run, follows: patience != nil, judged: wasAsked ? nil : judged)
    if let problem = session.logProblem { complain(problem) }
    try tell(driver)
  }

  /// - Returns: what is to be done, what the guard says, whether it is so already, and by what it was
  ///   judged.
  private typealias Judgement = (
    TargetOrder, Verdict, isThere: Bool, ChangeSession.Judged
  )

  private func judge() throws(Failure) -> Judgement {
    let (found, _) = try session.sample()
    let id = try domain.find(in: found).id
    if let uuid, id.uuid != uuid {
      throw Failure(
        line: "nothing was changed: domid \(id.domid) has the uuid \(id.uuid), not \(uuid)",
        status: .refused)
    }
    let hasWaited = try waitForReport(of: id, found)
    let (snapshot, facts) =
      try hasWaited ? session.sample([id]) : session.facts(of: [id], for: found)
    return try judge((snapshot, facts), id)
  }

  private func judge(_ judged: ChangeSession.Judged, _ id: DomainID) throws(Failure) -> Judgement {
    let (snapshot, facts) = judged
    guard let sample = snapshot.domain(id) else {
      throw Failure(line: "\(domain.text) has just gone", status: .failed)
    }
    let to = try resolve(sample)
    if let from, sample.size != from.size {
      let (present, wanted) = Bytes.apart(sample.size, from.size)
      throw Failure(
        line:
          "nothing was changed: \(sample.name) has \(present.map { "the target \($0)" } ?? "no target"); "
          + "--from expects \(wanted ?? "none")", status: .refused)
    }
    if let fromRange, sample.dynamicRange != fromRange {
      let present =
        sample.dynamicRange.map { "the dynamic range \($0.short)" } ?? "no dynamic range"
      throw Failure(
        line:
          "nothing was changed: \(sample.name) has \(present); --from-range expects \(fromRange.short)",
        status: .refused)
    }
    let order = TargetOrder(
      domain: id, name: sample.name, from: sample.size, to: to, reason: "memtop set"
    ).fitted(to: snapshot)
    let verdict = Guard.verdict(on: id, to: to, in: snapshot, facts: facts[id] ?? GuardFacts())
    if snapshot.isPartlyRead, verdict.findings.contains(where: { $0.rule.kind == .hostMemory }) {
      // What the others are promised was taken to be the most that it can be.
      return try judge(session.sampleOfEverything([id]), id)
    }
    let isThere =
      order.from == to && order.range.map { $0.from == $0.to } != false
      && sample.balloon.isSettled && verdict.severity == .allow
    return (order, verdict.withoutTrustInUnknownAge, isThere, (snapshot, facts))
  }

  private func resolve(_ sample: DomainSample) throws(Failure) -> Bytes {
    do throws(SizeError) {
      return try size.resolve(for: sample, isExact: from != nil || fromRange != nil)
    } catch {
      throw Failure(line: error.description, status: .failed)
    }
  }

  /// To take memory away by a report that may be of yesterday would be a gamble; the next is awaited,
  /// unless no report makes it possible.
  ///
  /// - Returns: whether time has passed since the sample.
  private func waitForReport(of id: DomainID, _ snapshot: Snapshot) throws(Failure) -> Bool {
    guard let sample = snapshot.domain(id), sample.health == .unknownAge else { return false }
    let to = try resolve(sample)
    guard to < sample.size ?? sample.allocation,
      Guard.verdict(on: id, to: to, in: snapshot).severity < .never
    else { return false }
    var span = ReportWait.span(for: sample)
    if let within { span = min(span, max(.zero, within - session.elapsed)) }
    complain("waiting up to \(span.wholeSeconds) s for a report from \(sample.name)")
    _ = try session.watch(for: span) { $0.domain(id)?.health != .unknownAge }
    return true
  }

  private func mayGoOn(_ verdict: Verdict) -> Bool {
    Agreement(to: verdict, isForced: isForced).objection(to: verdict) == nil
  }

  /// A warning that nobody has agreed to beforehand.
  private func wantsConsent(_ verdict: Verdict) -> Bool {
    verdict.severity == .warn && !consent.agrees && !isForced
      && verdict.findings.contains { $0.severity == .warn && !accepted.contains($0.rule) }
  }

  /// - Returns: whether time has passed while the operator was asked.
  private func agree(to verdict: Verdict, _ order: TargetOrder) throws(Failure) -> Bool {
    if !mayGoOn(verdict) { session.countRefusal(verdict) }
    // That it is impossible has been said, and says that nothing was changed.
    if verdict.severity == .never { throw Failure(line: "", status: .refused) }
    guard mayGoOn(verdict) else {
      throw Failure(
        line: "nothing was changed: the guard refuses; --force overrides", status: .refused)
    }
    guard wantsConsent(verdict) else { return false }
    try Consent.require("\(order.line).", .warning)
    return true
  }

  private func tell(_ driver: ChangeDriver) throws(Failure) {
    guard let item = driver.run.items.first else { return }
    guard let status = item.state.failure else {
      Output.standard.write(line: item.line)
      return try session.endIfInterrupted()
    }
    if case .pending = item.state { try session.endIfInterrupted() }
    if let within, driver.run.hasExpired {
      throw Failure(
        line: "nothing was changed: it could not be set within \(within.wholeSeconds) s",
        status: .refused)
    }
    let isRefused = driver.wasJudgedAnew && status == .failed
    throw Failure(line: item.line, status: isRefused ? .refused : status)
  }
}

extension Verdict {
  /// A script looks at no screen on which a report could be seen to live: where none came within
  /// the wait, its age stays unknown and the change is refused.
  fileprivate var withoutTrustInUnknownAge: Verdict {
    Verdict(
      findings: findings.map { finding in
        guard finding.rule == .reportAgeUnknown else { return finding }
        return Finding(severity: .refuse, rule: finding.rule, text: finding.text)
      })
  }
}

/// A domain as it is named on the command line: by domid, uuid or name.
struct DomainArgument {
  let text: String

  func find(in snapshot: Snapshot) throws(Failure) -> DomainSample {
    let found = matches(in: snapshot)
    if found.count == 1 { return found[0] }
    let shown = SafeText.escaped(Array(text.utf8))
    guard found.isEmpty else {
      let ids = found.map { String($0.id.domid) }.joined(separator: ", ")
      let what = isUUID(of: found) ? "have the uuid \(shown)" : "are named \"\(shown)\""
      let hint = isUUID(of: found) ? "domid" : "domid or uuid"
      throw Failure(
        line: "\(found.count) domains \(what): \(ids); give a \(hint)", status: .failed)
    }
    let hint =
      Suggestion.nearest(to: shown, in: snapshot.domains.map(\.name))
      .map { "did you mean \($0)?" } ?? "memtop -b -n 1 lists the domains"
    throw Failure(line: "no domain \"\(shown)\"; \(hint)", status: .failed)
  }

  /// A number is a domid first, as it is to xl.
  private func matches(in snapshot: Snapshot) -> [DomainSample] {
    if let domid = UInt16(text), let sample = snapshot.domain(domid: domid) { return [sample] }
    let named = snapshot.domains.filter { isNamed(by: $0) }
    // What everybody calls it; a guest of that name makes it ambiguous.
    if text == "dom0" { return snapshot.domains.filter(\.id.isDom0) + named }
    let bearers = DomainUUID(text).map { snapshot.domains(uuid: $0) } ?? []
    return bearers.isEmpty ? named : bearers
  }

  private func isUUID(of found: [DomainSample]) -> Bool {
    DomainUUID(text).map { uuid in found.allSatisfy { $0.id.uuid == uuid } } ?? false
  }

  private func isNamed(by sample: DomainSample) -> Bool {
    sample.name == text || sample.name == SafeText.name(Array(text.utf8))
  }
}

/// What a target must be, for it to be changed.
enum PresentTarget: Equatable {
  case size(Bytes)
  /// The domain has none.
  case none

  var size: Bytes? { if case .size(let size) = self { size } else { nil } }
}

/// How long to wait for a guest to report once: xenstore values carry no time, so one that was found
/// there may be of yesterday.
enum ReportWait {
  /// Twice the interval of the dialect; never longer than `most`.
  static func span(for sample: DomainSample, most: Span = .minutes(5)) -> Span {
    guard let report = sample.report else { return .zero }
    let interval: Span =
      switch report.dialect {
      case .memtop: report.interval ?? .seconds(10)
      case .xenballoond, .proc: .seconds(1)
      // It writes only when something changed.
      case .qubes: .seconds(5)
      case .xapi: .seconds(120)
      }
    return min(interval * 2 + .seconds(1), most)
  }
}

extension ChangeSession {
  /// Guests that report more seldom than this are not waited for, unless said.
  static let longestReportWait = Span.seconds(25)

  /// Reports found at the start may be old; those that can come soon are awaited.
  ///
  /// - Parameter tell: is told how long that may take.
  /// - Returns: the last sample, in which the reports that were awaited in vain are stale.
  func awaitReports(
    since first: Snapshot, longest: Span = longestReportWait, tell: (Span) -> Void = { _ in }
  ) throws(Failure) -> Snapshot {
    func isAwaited(_ sample: DomainSample) -> Bool {
      sample.health == .unknownAge && ReportWait.span(for: sample) <= longest
    }
    let span = first.domains.filter(isAwaited).map { ReportWait.span(for: $0) }.max()
    guard let span else { return first }
    tell(span)
    var last = try watch(for: span) { !$0.domains.contains(where: isAwaited) }
    last.domains = DomainSamples(
      last.domains.map { sample in
        // A dialect that is written only on change is never late.
        guard isAwaited(sample), sample.report?.dialect.isStanding == false else { return sample }
        var late = sample
        late.health = .stale
        return late
      })
    return last
  }
}
