import MemtopCore

// Targets that go up and down by steps: `]`, `[` and the size of a step.
extension AppState {
  /// Whether `]` changes several domains, each by its own step.
  var changesSeveral: Bool { chosen.count > 1 }

  /// What `]` adds for the chosen domain: near 1/16 of it, a power of two, at least 1 MiB.
  package var step: Bytes { staging.step(for: chosen.first) }

  mutating func changeStep(_ doublings: Int) {
    let before = step
    staging.changeStep(doublings, for: chosen.first)
    guard changesSeveral else { return say("Step \(step.short)") }
    if step == before { return say("The steps stay as they are") }
    say(doublings > 0 ? "Each step is doubled" : "Each step is halved")
  }

  mutating func stageStep(_ sign: Int64) {
    let chosen = chosen
    var moved = 0
    var full: [DomainSample] = []
    for sample in chosen {
      let before = aim(of: sample)
      let wanted = before + staging.step(for: sample) * sign
      put(sample, wanted, reason: sign > 0 ? "raised by keystroke" : "lowered by keystroke")
      if aim(of: sample) != before { moved += 1 }
      if let most = sample.staticMax, wanted > most { full.append(sample) }
    }
    guard chosen.count > 1 else { return }
    let share = moved == chosen.count ? "each of \(moved)" : "\(moved) of \(chosen.count)"
    say("Staged one step for \(share) tagged domains" + Self.limit(of: full))
  }

  /// Why some of several got less than a step.
  private static func limit(of full: [DomainSample]) -> String {
    guard let first = full.first, let most = first.staticMax else { return "" }
    return full.count == 1
      ? "; \(first.name) can have at most \(most.short)"
      : "; \(full.count) are limited by their MAX"
  }

  /// The target that is staged, else the present one.
  private func aim(of sample: DomainSample) -> Bytes {
    staging.order(for: sample.id)?.to ?? sample.size ?? sample.allocation
  }
}
