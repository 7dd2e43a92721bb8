import MemtopCore

extension AppState {
  /// Stages targets, or says why that may not be done now.
  mutating func stage(_ stage: (inout AppState) -> Void) {
    if let reason = stagingProblem { return say(reason, .warning) }
    stage(&self)
  }

  /// Why nothing may be staged now; nil where it may.
  var stagingProblem: String? {
    figuresProblem ?? (selected == nil ? noDomainReason : nil)
  }

  /// Why no domain is under the cursor, and how that changes.
  var noDomainReason: String {
    if list.filter.isEmpty { return "No domain is selected" }
    let isNextOfEsc = staging.isEmpty && (playback.timeline.isLive || settings.isReplay)
    return "No domain matches the filter" + (isNextOfEsc ? "; Esc drops it" : "")
  }

  /// Why nothing may be decided on what is shown; nil where it may.
  var figuresProblem: String? {
    if let timeProblem { return timeProblem }
    guard let live, live.isOfSeveral else { return nil }
    let acted = Set(chosen.map(\.id.host) + staging.orders.map(\.domain.host))
    return silentHost(of: acted).map(Self.oldFigures)
  }

  /// What is shown is of the past, or late.
  private var timeProblem: String? {
    if !playback.timeline.isLive {
      return "This is the past. Press L for live, where targets can be set"
    }
    return isLate ? "Cannot stage on old figures: \(problem ?? "samples are late")" : nil
  }

  /// One of these hosts that gives no figures now.
  private func silentHost(of hosts: Set<HostNumber>) -> String? {
    live?.hosts.first { hosts.contains($0.number) && !$0.isCurrent }?.name
  }

  private static func oldFigures(_ host: String) -> String {
    "Cannot stage on old figures: \(host) does not respond"
  }

  /// A plan says what the host will have; with other targets beside it that would not be true.
  mutating func askForAmount() {
    if let figuresProblem { return say(figuresProblem, .warning) }
    if live?.isOfSeveral == true, selected == nil {
      return say("Select a domain first: F frees memory on its host", .warning)
    }
    guard staging.isEmpty else {
      return say("Apply or drop what is staged first; F plans from the present state", .warning)
    }
    ask(.free(here))
  }

  /// A host as it stands in a sentence.
  func place(_ host: HostNumber) -> String { live?.share(of: host)?.name ?? "the host" }

  /// The tagged domains that are shown, else the one under the cursor.
  var chosen: [DomainSample] {
    guard let shown else { return [] }
    let one = selected.map { [$0] } ?? []
    if case .page = pages.layers.last { return one }
    // The last line asks for each frame: no copy of all domains for that.
    guard !list.tagged.isEmpty else { return one }
    let tagged = list.rows.map { shown.domains[$0] }.filter { list.isTagged($0.id) }
    return tagged.isEmpty ? one : tagged
  }

  /// Stages one target, within what can exist at all; one that changes nothing is taken away.
  mutating func put(_ sample: DomainSample, _ wanted: Bytes, reason: String) {
    let order = TargetOrder(
      domain: sample.id, name: sample.name, from: sample.size, to: wanted, reason: reason)
    put(order, within: sample)
  }

  private mutating func put(_ order: TargetOrder, within sample: DomainSample) {
    var order = order
    order.to = max(.mib(1), order.to)
    if let most = sample.staticMax, order.to > most {
      order.to = most
      say("\(sample.name) can have at most \(most.short) while it runs")
    }
    put(order)
  }

  private mutating func put(_ order: TargetOrder) {
    if let shown { list.hold(in: shown) }
    staging.put(order)
    if staging.isEmpty { endStaging() }
  }

  /// Wakes those of the chosen domains that are stuck.
  mutating func stageNudge() {
    if live?.isOfSeveral == true { return say(Self.elsewhere("w"), .warning) }
    let orders = chosen.compactMap { TargetOrder.nudge(of: $0, reason: TargetOrder.nudging) }
    guard let first = orders.first else {
      return say(
        chosen.count == 1
          ? "\(chosen[0].name) is not stuck, so there is nothing to nudge"
          : "None of the tagged domains is stuck")
    }
    orders.forEach { put($0) }
    say(
      orders.count == 1
        ? "Staged a nudge: \(first.name)'s target is set to what it holds, then back"
        : "Staged \(orders.count) nudges: each target is set to what the domain holds, then back")
  }

  /// The change in view is finished, and there is a way back.
  var mayUndoNow: Bool { !staging.isChanging && !staging.wayBack.isEmpty }

  mutating func stageWayBack() {
    guard !staging.isChanging else { return say("Wait until the change is finished", .warning) }
    if mode == .progress { pages.close() }
    guard let live, let orders = staging.wayBack.last else { return say("Nothing to undo") }
    if staging.isAhead(of: live.steady) {
      return say("Cannot stage on old figures: the last change is not seen yet", .warning)
    }
    var staged = 0
    for order in orders {
      guard let sample = live.domain(order.domain), !order.isDone(sample) else { continue }
      var present = order
      (present.name, present.from) = (sample.name, sample.size)
      if let range = sample.dynamicRange { present.range?.from = range }
      put(present, within: sample)
      staged += 1
      if let moved = order.moved(sample) {
        say(
          "Someone else set \(order.name) to \(moved) since; this undo replaces that",
          .warning)
      }
    }
    if staged > 0 { return }
    staging.dropLastWayBack()
    let gone = orders.filter { live.domain($0.domain) == nil }
    guard let first = gone.first else {
      return say("Nothing to undo: all targets already have their previous values")
    }
    let names = gone.count == 1 ? "\(first.whose) is" : "\(gone.count) domains are"
    say(
      "Nothing to undo: \(names) gone"
        + (gone.count < orders.count ? ", the others have their previous targets" : ""))
  }

  mutating func dropStaged() {
    let count = staging.orders.count
    staging.drop()
    endStaging()
    say(count == 1 ? "The staged target is dropped" : "\(count) staged targets are dropped")
  }

  /// Lets the list move again.
  mutating func endStaging() {
    list.release()
    relist()
  }
}

extension TargetOrder {
  /// A way back that leads nowhere any more.
  fileprivate func isDone(_ sample: DomainSample) -> Bool {
    range.map { sample.dynamicRange == $0.to } ?? (sample.size == to)
  }

  /// Where someone else has put it since it began here; nil where nobody has. Where XAPI owns the targets,
  /// squeezed moves them all the time, and its range is what counts.
  fileprivate func moved(_ sample: DomainSample) -> String? {
    guard let range else { return sample.size.flatMap { $0 == from ? nil : $0.short } }
    return sample.dynamicRange.flatMap { $0 == range.from ? nil : $0.short }
  }
}

extension AppState {
  /// Stages what the advisor says of the chosen domains, and says why where it says nothing.
  mutating func stageAdvice() {
    guard let live else { return }
    let table = Advisor.advise(live, policies: settings.policies)
    var advised: [String] = []
    var unadvised: [String] = []
    for sample in chosen {
      switch table.advice(for: sample.id) {
      case .success(let advice):
        put(sample, advice.target, reason: "advised: \(advice.reason)")
        advised.append("\(sample.name) \(advice.target.short): \(advice.reason)")
      case .failure(let none): unadvised.append("\(sample.name): \(none.reason)")
      }
    }
    say(Self.summary(advised, unadvised))
  }

  private static func summary(_ advised: [String], _ unadvised: [String]) -> String {
    let total = advised.count + unadvised.count
    if total == 1 { return advised.first ?? "No advice for " + unadvised[0] }
    let head = "Advice for \(advised.count) of \(total)"
    return unadvised.isEmpty ? head : head + "; not for " + unadvised.joined(separator: ", ")
  }

  /// Stages a typed SIZE for all these domains or for none, and gives back what is wrong with it.
  mutating func stageSize(_ text: String, for domains: [DomainID]) -> Prompt.Problem? {
    if let stagingProblem { return Prompt.Problem(stagingProblem) }
    let samples = domains.compactMap { live?.domain($0) }
    guard !samples.isEmpty else { return Prompt.Problem("it is gone") }
    var sizes: [Bytes] = []
    do throws(SizeError) {
      let expression = try SizeExpression(parsing: text)
      for sample in samples { sizes.append(try expression.resolve(for: sample)) }
    } catch {
      return Prompt.Problem(error)
    }
    for (sample, size) in zip(samples, sizes) {
      guard let most = sample.staticMax, size > most else { continue }
      return Prompt.Problem(
        "\(sample.name) can have at most \(most.short) while it runs",
        short: "at most \(most.short)")
    }
    for (sample, size) in zip(samples, sizes) { put(sample, size, reason: "typed \(text)") }
    if staging.isEmpty { say("That is already the target") }
    return nil
  }

  /// Stages a plan that frees a typed amount; nil where nothing has to be done for it.
  mutating func stageFreeing(
    _ text: String, on host: HostNumber
  ) -> Result<FreePlan?, Prompt.Problem> {
    func no(_ text: String) -> Result<FreePlan?, Prompt.Problem> { .failure(.init(text)) }
    guard let live = live?.of(host), timeProblem == nil else {
      return no(timeProblem ?? "no sample yet")
    }
    if let silent = silentHost(of: [host]) { return no(Self.oldFigures(silent)) }
    let wanted: Bytes
    do throws(SizeError) { wanted = try SizeExpression.amount(parsing: text) } catch {
      return .failure(.init(error))
    }
    let plan = FreePlan.make(freeing: wanted, in: live, policies: settings.policies)
    if plan.orders.isEmpty, plan.missing == .zero {
      say("Nothing to do: \(live.host.uncommitted.short) is free (not promised) on \(place(host))")
      return .success(nil)
    }
    guard plan.missing == .zero else {
      let most = "at most \(plan.possible.short)"
      return .failure(.init(most + " can be freed safely", short: most))
    }
    for order in plan.orders {
      guard let sample = live.domain(order.domain) else { continue }
      put(sample, order.to, reason: order.reason)
    }
    return .success(plan)
  }
}
