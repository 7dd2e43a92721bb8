import MemtopCore

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
  mutating func stageSize(_ text: String, for domains: [DomainID]) -> String? {
    if let stagingProblem { return stagingProblem }
    let samples = domains.compactMap { live?.domain($0) }
    guard !samples.isEmpty else { return "it is gone" }
    var sizes: [Bytes] = []
    do throws(SizeError) {
      let expression = try SizeExpression(parsing: text)
      for sample in samples { sizes.append(try expression.resolve(for: sample)) }
    } catch {
      return error.reason
    }
    for (sample, size) in zip(samples, sizes) {
      guard let most = sample.staticMax, size > most else { continue }
      return "\(sample.name) can have at most \(most.short) while it runs"
    }
    for (sample, size) in zip(samples, sizes) { put(sample, size, reason: "typed \(text)") }
    if staging.isEmpty { say("That is already the target") }
    return nil
  }

  /// Stages a plan that frees a typed amount; nil where nothing has to be done for it.
  mutating func stageFreeing(_ text: String) -> Result<FreePlan?, Prompt.Problem> {
    func no(_ text: String) -> Result<FreePlan?, Prompt.Problem> { .failure(.init(text: text)) }
    guard let live, stagingProblem == nil else { return no(stagingProblem ?? "no sample yet") }
    let wanted: Bytes
    do throws(SizeError) { wanted = try SizeExpression.amount(parsing: text) } catch {
      return no(error.reason)
    }
    let plan = FreePlan.make(freeing: wanted, in: live, policies: settings.policies)
    if plan.orders.isEmpty, plan.missing == .zero {
      say("Nothing to do: \(live.host.uncommitted.short) is free (not promised) on the host")
      return .success(nil)
    }
    guard plan.missing == .zero else {
      return no("at most \((wanted - plan.missing).short) can be freed safely")
    }
    for order in plan.orders {
      guard let sample = live.domain(order.domain) else { continue }
      put(sample, order.to, reason: order.reason)
    }
    return .success(plan)
  }
}
