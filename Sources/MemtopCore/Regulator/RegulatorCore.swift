/// What moves guests' targets, by figures alone: no snapshot, identity, log or clock.
///
/// `memtop regulate` (`Regulator`) and the study of policies (`ExternalRegulator`) both look at each
/// guest once a second, ask for the moves that are due, and say which were made. Neither has a rule
/// of its own, so what is simulated is what runs.
package enum RegulatorCore {
  /// One guest: its figures, what it went through, and how it was moved.
  package struct Guest: Sendable {
    /// As it was looked at last; nil until then.
    private var seen: AdvisedGuest?
    /// The same with its peak.
    package private(set) var figures: AdvisedGuest?
    /// When the report that the figures stand on arrived; nil while it is not fresh.
    private var reported: SteadyTime?
    /// The look before the one that found it: it was written after that.
    private var writtenAfter: SteadyTime?
    private var looked: SteadyTime?
    /// What would be advised if the host had memory without end, or why nothing.
    fileprivate private(set) var answer: Result<Advice, NoAdvice>?
    /// The same; nil for nothing.
    package var own: Advice? { try? answer?.get() }
    /// How much more that is; nil where nothing is advised.
    fileprivate private(set) var lack: Bytes?
    /// Whether it was under pressure when it was looked at last.
    private(set) var isPressed = false
    private var past = GuestPast()
    private var pace = RegulatorPace()

    package init() {}

    /// Notes the peak and the pressure of a guest that is not regulated, for the time when it is.
    mutating func watch(_ figures: AdvisedGuest, reported: SteadyTime?, now: SteadyTime) {
      isPressed = figures.isPressed
      past.note(figures.busy, isPressed: isPressed, reported: reported, now: now)
    }

    /// Looks at the guest, each second.
    ///
    /// Advice is a function of the figures, so it is worked out only where one of them changed.
    /// - Parameter reported: when the report that they stand on arrived; nil while it is not fresh.
    package mutating func look(_ figures: AdvisedGuest, reported: SteadyTime?, now: SteadyTime) {
      watch(figures, reported: reported, now: now)
      if reported != nil { pace.begin(at: now) }
      if reported != self.reported { writtenAfter = looked }
      (self.reported, looked) = (reported, now)
      let peak = past.peak?.value
      guard figures != seen || peak != self.figures?.peak else { return }
      seen = figures
      self.figures = figures
      self.figures?.peak = peak
      answer = self.figures?.advice()
      lack = own.map { max(.zero, $0.target - figures.size) }
    }

    /// Its target was set, or an attempt failed.
    package mutating func moved(isRaise: Bool, at now: SteadyTime) {
      pace.move(isRaise: isRaise, at: now)
    }

    /// It has just been taken up, or is another domain; what it went through still counts.
    mutating func takeUp() { pace = RegulatorPace() }

    /// It was not looked at until now, and was as it had been seen until `time`.
    mutating func wasPressed(at time: SteadyTime) { past.wasPressed(at: time) }

    /// Whether it has reported.
    var hasPast: Bool { past.peak != nil }

    /// Where it may be moved to now, in whole MiB.
    fileprivate func target(by advice: Advice, now: SteadyTime, isRange: Bool) -> Bytes? {
      guard let size = seen?.size, reported != nil else { return nil }
      return pace.allowed(
        advice.target, from: size, writtenAfter: writtenAfter, pressed: past.pressed, now: now,
        isRange: isRange
      )?.rounded(downTo: .mib(1))
    }
  }

  /// A target that is to be set now.
  package struct Move: Sendable {
    /// Which of the guests.
    package var index: Int
    /// SIZE, in whole MiB.
    package var target: Bytes
    package var advice: Advice
  }

  /// The moves that are due, for guests that share `free`, what a host may still promise beyond its
  /// own reserve.
  /// - Parameter areRanges: XAPI owns the targets, so each move is a write to its database.
  package static func moves(
    _ guests: [Guest], free: Bytes, now: SteadyTime, areRanges: Bool = false
  ) -> [Move] { decide(guests, free: free, now: now, areRanges: areRanges).moves }

  /// The same, and who is under pressure and is given nothing: which of the guests, and why.
  static func decide(
    _ guests: [Guest], free: Bytes, now: SteadyTime, areRanges: Bool = false
  ) -> (moves: [Move], unmet: [(index: Int, why: NoAdvice)]) {
    let isShort = wanted(guests).map { $0 > free } ?? false
    let answers = isShort ? shared(guests, free: free) : guests.indices.map { guests[$0].answer }
    let moves = answers.indices.compactMap {
      move($0, guests, by: try? answers[$0]?.get(), now, areRanges)
    }
    let unmet = answers.indices.compactMap { index -> (index: Int, why: NoAdvice)? in
      guard guests[index].isPressed, case .failure(let why) = answers[index], why.isUnmet else {
        return nil
      }
      return (index, why)
    }
    return (moves, unmet)
  }

  /// What all that lack memory would be given; nil where nothing is advised for anybody.
  private static func wanted(_ guests: [Guest]) -> Bytes? {
    var wanted: Bytes?
    // By index: iterators would copy each.
    for index in guests.indices {
      if let lack = guests[index].lack { wanted = (wanted ?? .zero) + lack }
    }
    return wanted
  }

  /// The host is short, so others' needs have a say in each guest's advice.
  private static func shared(_ guests: [Guest], free: Bytes) -> [Result<Advice, NoAdvice>?] {
    let known = guests.indices.filter { guests[$0].figures != nil }
    let advice = Advisor.advise(known.compactMap { guests[$0].figures }, free: free)
    var answers: [Result<Advice, NoAdvice>?] = guests.map { _ in nil }
    for (index, answer) in zip(known, advice) { answers[index] = answer }
    return answers
  }

  private static func move(
    _ index: Int, _ guests: [Guest], by advice: Advice?, _ now: SteadyTime, _ isRange: Bool
  ) -> Move? {
    guard let advice, let target = guests[index].target(by: advice, now: now, isRange: isRange)
    else { return nil }
    return Move(index: index, target: target, advice: advice)
  }
}

/// How often one guest may be moved: a regulator that acts on its own echo swings.
package struct RegulatorPace: Sendable {
  /// Each move waits for a report that was written after the last one, and a raise at least for this.
  package static let leastBetweenRaises = Span.seconds(2)
  /// A lower is slow: the guest's kernel must find out what it misses.
  package static let leastBetweenLowers = Span.seconds(30)
  /// After a raise nothing is taken back for this long.
  package static let leastAfterRaise = Span.minutes(2)
  /// Nor so long after the first report of a guest that was just taken up: a restarted regulator does not
  /// know its last moves and its pressure, and the services of one that has booted are not yet started.
  package static let leastAfterTaking = leastAfterRaise
  /// At most as much again at a time: a mistaken or lying report costs one step.
  package static let mostRaise: Int64 = 1

  /// A dynamic range is a write to XAPI's database, and squeezed balances the whole host after it.
  package static let leastBetweenRanges = Span.minutes(1)

  /// The smallest step that is worth that.
  static func leastRangeStep(from size: Bytes) -> Bytes { max(.mib(64), size / 16) }

  /// When it reported first; nil until then.
  private var begun: SteadyTime?
  /// The last move that was made, and which way it went.
  private var moved: (at: SteadyTime, isRaise: Bool)?

  package init() {}

  /// It reports. The first time counts.
  package mutating func begin(at now: SteadyTime) { begun = begun ?? now }

  package mutating func move(isRaise: Bool, at now: SteadyTime) { moved = (now, isRaise) }

  /// The SIZE that may be set now of what is advised; nil is to wait.
  ///
  /// - Parameters:
  ///   - writtenAfter: a time after which the report was written that the advice stands on; nil is not
  ///     known.
  ///   - pressed: when the guest was under pressure last. Then a small raise is worth a range, too.
  ///   - isRange: XAPI owns the targets.
  package func allowed(
    _ target: Bytes, from size: Bytes, writtenAfter: SteadyTime?, pressed: SteadyTime?,
    now: SteadyTime, isRange: Bool = false
  ) -> Bytes? {
    let isRaise = target > size
    if isRange {
      if let moved, now - moved.at < Self.leastBetweenRanges { return nil }
      let isUrgent = isRaise && pressed.map { now - $0 < Self.leastAfterRaise } == true
      guard isUrgent || (target - size).magnitude >= Self.leastRangeStep(from: size) else {
        return nil
      }
    }
    if let moved {
      guard let writtenAfter, writtenAfter >= moved.at else { return nil }
      let least =
        isRaise
        ? Self.leastBetweenRaises
        : moved.isRaise ? Self.leastAfterRaise : Self.leastBetweenLowers
      guard now - moved.at >= least else { return nil }
    }
    guard !isRaise else { return min(target, size + size * Self.mostRaise) }
    guard let begun, now - begun >= Self.leastAfterTaking else { return nil }
    if let pressed, now - pressed < Self.leastAfterRaise { return nil }
    return target
  }
}
