/// What the log says of a guest that is under pressure and cannot be given more: a line when that begins,
/// and one when it is over.
struct UnmetNeed: Sendable {
  /// Why it cannot be given more now.
  struct Why: Hashable, Sendable {
    enum Kind: Hashable {
      case highest, hostEmpty
      case guarded(GuardRule)
    }

    let kind: Kind
    /// As the end of "short, and not raised: …".
    let words: String
  }

  /// A moment of pressure is no news.
  private static let patience = Span.seconds(10)
  /// What is away for less than this goes on.
  private static let lull = Span.seconds(30)

  /// Since when, and when it was so last; nil while nothing is in the way.
  private var since: SteadyTime?
  private var last: SteadyTime?
  /// What was said of it, each once.
  private var told: Set<Why.Kind> = []

  /// - Parameters:
  ///   - why: nil where it lacks nothing, or is given more.
  ///   - pressure: how it is now.
  /// - Returns: what there is to say that was not said already.
  mutating func note(_ why: Why?, _ pressure: Pressure?, at now: SteadyTime) -> String? {
    guard let why else { return end(pressure, at: now) }
    let since = since ?? now
    (self.since, last) = (since, now)
    guard now - since >= Self.patience, told.insert(why.kind).inserted else { return nil }
    return "\((pressure ?? .ok).word), and not raised: \(why.words)"
  }

  private mutating func end(_ pressure: Pressure?, at now: SteadyTime) -> String? {
    guard let last, now - last >= Self.lull else { return nil }
    let wasTold = !told.isEmpty
    self = UnmetNeed()
    guard wasTold else { return nil }
    return (pressure ?? .ok) > .ok ? "can be raised again" : "no longer under pressure"
  }
}

extension NoAdvice {
  /// It should have more, and cannot.
  var isUnmet: Bool { unmet != nil }

  /// The same, with the reason; nil where it lacks nothing, or is not to be moved at all.
  var unmet: UnmetNeed.Why? {
    switch cause {
    case .atMost: UnmetNeed.Why(kind: .highest, words: reason)
    case .hostEmpty: UnmetNeed.Why(kind: .hostEmpty, words: reason)
    case .gone, .hindered, .pressed, .suits, .hostUnknown: nil
    }
  }
}

extension Regulator {
  /// What the log is to say of guests that cannot be given more, or can again.
  ///
  /// - Parameter decision: what was decided of this snapshot.
  package mutating func tell(_ decision: Decision, _ snapshot: Snapshot) -> [Act] {
    busy(in: snapshot).compactMap { sample in
      // Without a fresh report nobody knows whether it still is under pressure.
      guard known[sample.id]?.guest?.id == sample.id, case .fresh = sample.health else {
        return nil
      }
      return known[sample.id]?.guest?.need
        .note(decision.unmet[sample.id], sample.pressure, at: snapshot.steady)
        .map { .tell(sample.name, $0) }
    }
  }
}
