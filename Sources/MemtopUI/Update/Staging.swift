import MemtopCore

extension AppState {
  /// Stages targets, or says why that may not be done now.
  mutating func stage(_ stage: (inout AppState) -> Void) {
    if let reason = stagingProblem { return say(reason, .warning) }
    stage(&self)
  }

  /// Why nothing may be staged now; nil where it may.
  var stagingProblem: String? {
    if !playback.timeline.isLive {
      return "This is the past. Press L for live, where targets can be set"
    }
    if isLate { return "Cannot stage on old figures: \(problem ?? "samples are late")" }
    if selected == nil { return "No domain is selected" }
    return nil
  }

  /// A plan says what the host will have; with other targets beside it that would not be true.
  mutating func askForAmount() {
    guard staging.isEmpty else {
      return say("Apply or drop what is staged first; F plans from the present state", .warning)
    }
    ask(.free)
  }

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

  /// What `]` adds for the selected domain: near 1/16 of it, a power of two, at least 1 MiB.
  public var step: Bytes { staging.step(for: selected) }

  mutating func changeStep(_ doublings: Int) {
    staging.changeStep(doublings, for: selected)
    say("Step \(step.short)")
  }

  mutating func stageStep(_ sign: Int64) {
    let chosen = chosen
    for sample in chosen {
      let step = staging.step(for: sample) * sign
      let from = sample.size ?? sample.allocation
      let base = staging.order(for: sample.id)?.to ?? from
      put(
        sample, base + step,
        reason: sign > 0 ? "raised by keystroke" : "lowered by keystroke")
    }
    if chosen.count > 1 { say("Staged one step for each of \(chosen.count) tagged domains") }
  }

  /// Stages one target, within what can exist at all; one that changes nothing is taken away.
  ///
  /// - Parameter range: the dynamic range that it is to give back, where XAPI owns the targets.
  mutating func put(
    _ sample: DomainSample, _ wanted: Bytes, reason: String, range: RangeChange? = nil
  ) {
    var to = max(.mib(1), wanted)
    if let most = sample.staticMax, to > most {
      to = most
      say("\(sample.name) can have at most \(most.short) while it runs")
    }
    let from = sample.size
    let order = TargetOrder(
      domain: sample.id, name: sample.name, from: from, to: to, reason: reason, range: range)
    put(order)
  }

  private mutating func put(_ order: TargetOrder) {
    if let shown { list.hold(in: shown) }
    staging.put(order)
    if staging.isEmpty { endStaging() }
  }

  /// Wakes those of the chosen domains that are stuck.
  mutating func stageNudge() {
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

  mutating func stageWayBack() {
    guard let live, let orders = staging.wayBack.last else { return say("Nothing to undo") }
    var staged = 0
    for order in orders {
      guard let sample = live.domain(order.domain), !order.isDone(sample) else { continue }
      put(sample, order.to, reason: TargetOrder.undoing, range: order.range)
      staged += 1
    }
    if staged > 0 { return }
    staging.dropLastWayBack()
    say("Nothing to undo: all targets already have their previous values")
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
}
