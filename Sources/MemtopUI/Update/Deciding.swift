import MemtopCore

extension AppState {
  /// Agrees to the review, once all of it has been on the screen.
  mutating func agreeIfSeen(_ history: any HistoryReader) -> [Effect] {
    guard isSeenToItsEnd(history) else {
      move(.pageDown, history)
      say("Scroll to the end first, then y applies", .warning)
      return []
    }
    return agree()
  }

  /// Leaves in the review, and staged, only what the guard lets pass.
  mutating func dropRefused() {
    guard case .review(var review) = pages.layers.last, review.stage == .ready, review.isMixed
    else {
      return
    }
    review.rows.removeAll { $0.verdict.severity >= .refuse }
    review.plan = nil
    review.top = 0
    let kept = Set(review.rows.map(\.order.domain))
    staging.keep { kept.contains($0.domain) }
    pages.replace(with: .review(review))
  }

  /// - Parameter plan: where the staged orders came from, if from a plan.
  mutating func openReview(of plan: FreePlan? = nil) -> [Effect] {
    if let reason = figuresProblem {
      say(reason, .warning)
      return []
    }
    if staging.isChanging {
      say("Wait until the change is finished", .warning)
      return []
    }
    let rows = judged(staging.orders, live!, [:])
    pages.open(.review(Review(rows: rows, stage: .reading, askedAt: now, plan: plan)))
    return [.flushInput, .readForChange(staging.orders.map(\.domain))]
  }

  /// The guard's word on each order, as one batch: each raise must find its memory beside all the
  /// others, and may count on what the lowered ones will give: it is written once that is there
  /// (`ChangeRun`, which judges by what is there then).
  func judged(
    _ orders: [TargetOrder], _ snapshot: Snapshot, _ facts: [DomainID: GuardFacts]
  ) -> [Review.Row] {
    var agreed: [DomainID: Bytes] = [:]
    for order in orders where !order.isLower { agreed[order.domain] = order.to }
    func row(_ order: TargetOrder, _ snapshot: Snapshot) -> Review.Row {
      var known = facts[order.domain] ?? GuardFacts()
      known.agreed = agreed
      let verdict = Guard.verdict(on: order, in: snapshot, facts: known)
      return Review.Row(order: order.fitted(to: snapshot), verdict: verdict)
    }
    var (now, afterwards): ([HostNumber: Snapshot], [HostNumber: Snapshot]) = ([:], [:])
    for host in Set(orders.map(\.domain.host)) { now[host] = snapshot.of(host) }
    afterwards = now
    let lowered = orders.filter(\.isLower).map { row($0, now[$0.domain.host]!) }
    for lower in lowered where lower.verdict.severity < .refuse {
      afterwards[lower.order.domain.host]!.host.free += snapshot.gift(of: lower.order)
    }
    return orders.map { row($0, ($0.isLower ? now : afterwards)[$0.domain.host]!) }
  }

  /// Of what is staged, how much the guard refuses: as the review says while one is open, else by the
  /// figures on the screen.
  var refusedCount: Int {
    if let review = pages.review, review.stage == .ready { return review.rows.refusedCount }
    return refusedByFigures
  }

  var refusedByFigures: Int {
    if let refused = staging.refused { return refused }
    guard let live, !staging.isEmpty else { return 0 }
    return judged(staging.orders, live, [:]).refusedCount
  }

  /// Fresh figures for a review: shown anew where they change anything, else what was agreed is done.
  ///
  /// An answer that holds no facts of a staged domain was asked for by somebody else. So may be one that holds
  /// them: below a prompt the review stays as it was agreed to.
  mutating func judgeAnew(_ snapshot: Snapshot, _ facts: [DomainID: GuardFacts]) -> [Effect] {
    let effects = arrive(snapshot)
    guard !staging.isEmpty, staging.orders.allSatisfy({ facts[$0.domain] != nil }),
      var review = pages.review, review.stage != .ready || pages.layers.last?.isReview == true
    else { return effects }
    if let reason = figuresProblem {
      review.stage = .ready
      pages.replaceReview(with: review)
      say(reason, .warning)
      return effects
    }
    let wanted = staging.orders.count
    renewStaged(snapshot)
    let rows = judged(staging.orders, snapshot, facts)
    let isAgreed = review.agrees(to: rows)
    if review.stage == .rereading && isAgreed { return effects + start(review.rows) }
    // One that is read again because of someone else's change was counted before.
    let isNew = review.stage == .rereading || (review.stage == .reading && review.news == nil)
    if review.stage == .rereading {
      review.news = isAgreed ? nil : review.overtaking(in: snapshot) ?? Review.somethingChanged
    }
    review.rows = rows
    review.stage = .ready
    pages.replaceReview(with: review)
    if staging.isEmpty {
      pages.closeReview()
      say(
        "Nothing is left to apply: \(wanted == 1 ? "the target is" : "all targets are") set already"
      )
    }
    let refused = isNew ? rows.compactMap(\.verdict.refusal) : []
    return effects + (refused.isEmpty ? [] : [.refused(refused)])
  }

  private mutating func renewStaged(_ snapshot: Snapshot) {
    staging.renew(from: snapshot)
    if staging.isEmpty { endStaging() }
  }

  private mutating func agree() -> [Effect] {
    guard case .review(let review) = pages.layers.last, review.stage == .ready else { return [] }
    switch review.severity {
    case .never, .refuse:
      say("The guard refuses; Esc goes back", .danger)
      return []
    case .warn:
      ask(.consent)
      return []
    case .allow:
      return reread(review)
    }
  }

  /// Only the whole word counts; Enter alone goes back to the review.
  mutating func finishConsent(_ text: String) -> [Effect] {
    let text = text.trimmed.lowercased()
    guard text.isEmpty || text == "yes" else {
      return endAnew(Prompt.Problem("not applied: type yes in full", short: "type yes in full"))
    }
    pages.close()
    guard text == "yes", case .review(let review) = pages.layers.last,
      review.severity < .refuse
    else { return [] }
    return reread(review)
  }

  private mutating func reread(_ review: Review) -> [Effect] {
    var review = review
    return readAgain(&review, as: .rereading)
  }

  /// A sample can fail: an answer that does not come is asked for again.
  mutating func askAgain() -> [Effect] {
    guard case .review(var review) = pages.layers.last, review.stage != .ready,
      now - review.askedAt >= .seconds(2)
    else { return [] }
    return readAgain(&review, as: review.stage)
  }

  /// Reads the domains of the review on top.
  mutating func readAgain(_ review: inout Review, as stage: Review.Stage) -> [Effect] {
    review.stage = stage
    review.askedAt = now
    pages.replace(with: .review(review))
    return [.readForChange(review.rows.map(\.order.domain))]
  }

  private mutating func start(_ rows: [Review.Row]) -> [Effect] {
    pages.closeReviews()
    staging.begin(rows)
    endStaging()
    if rows.count > 1 { pages.open(.progress(top: 0)) }
    return [.apply(rows)]
  }
}

extension Review {
  /// Which keys do something in it, said of one that does nothing there.
  var choice: String {
    switch (stage, severity) {
    case (.ready, .allow), (.ready, .warn): "y applies, Esc goes back"
    case (.ready, .refuse), (.ready, .never):
      isMixed ? "x drops what is refused, Esc goes back" : "Refused; Esc goes back"
    case (.reading, _), (.rereading, _): "Reading the domains; Esc goes back"
    }
  }

  /// Whether these are the orders that it shows, and the guard says no more of them than it shows.
  fileprivate func agrees(to judged: [Row]) -> Bool {
    judged.map(\.order) == rows.map(\.order)
      && zip(rows, judged).allSatisfy { shown, now in
        Agreement(to: shown.verdict).objection(to: now.verdict) == nil
      }
  }
}

extension Snapshot {
  /// What the host has back once a lowered domain has arrived.
  fileprivate func gift(of order: TargetOrder) -> Bytes {
    guard let sample = domain(order.domain) else { return .zero }
    return max(.zero, sample.allocation - (order.to - sample.videoram))
  }
}

extension AppState {
  /// How the change goes; at its end, what came of it, and the way back.
  mutating func follow(_ progress: ChangeProgress) {
    if staging.follow(progress) { announce(progress) }
  }

  private mutating func announce(_ progress: ChangeProgress) {
    for step in progress.steps {
      guard case .failed(let why) = step.state else { continue }
      let name = step.order.name
      if step.order.nudge != nil,
        let first = progress.steps.first(where: { $0.order.domain == step.order.domain }),
        first.hasLanded, first.order != step.order
      {
        let left = "\(step.order.whose): its target was left at \(first.order.to.short)"
        return say("\(left): \(why)", .danger)
      }
      return say(why.hasPrefix(name) ? "Not done: \(why)" : "\(step.order.whose): \(why)", .danger)
    }
    guard let first = progress.steps.first else { return }
    let nudged = Set(progress.steps.filter { $0.order.nudge != nil }.map(\.order.domain))
    if nudged.count == 1, progress.steps.count == 2, let last = progress.steps.last {
      return say("\(first.order.name) is nudged: its target is \(last.order.to.short) again")
    }
    let isOne = progress.steps.count == 1
    let done =
      isOne
      ? "\(first.order.whose): \(first.order.whatIsSet) is set"
      : "\(progress.steps.count) targets are set"
    say(done + wayOn(after: progress, isOne: isOne))
  }

  /// What `u` does next.
  private func wayOn(after progress: ChangeProgress, isOne: Bool) -> String {
    guard progress.isUndoing else {
      let ways = progress.wayBack
      let possible = ways.count(where: \.isPossible)
      if possible == 0 { return "" }
      if possible < ways.count { return ". u undoes \(possible) of them" }
      return isOne ? ". u undoes it" : ". u undoes them"
    }
    return staging.wayBack.isEmpty ? "" : ". u goes further back"
  }
}

extension TargetOrder {
  /// squeezed chooses the target within a range.
  fileprivate var whatIsSet: String {
    guard let range, !range.to.isPoint else { return "target \(to.short)" }
    return "dynamic range \(range.to.short)"
  }
}
