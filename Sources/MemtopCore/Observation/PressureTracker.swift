/// A guest's word of pressure from report to report: `PressureRule` says what the figures of one
/// report mean, this holds the word so that it does not flicker.
///
/// A worse word counts at once. A better one counts once every report of ten seconds, and at least
/// three of them, said better; it is the worst that they said. So a load that comes and goes within
/// ten seconds or three reports keeps its word, and a word gets better at most once in that time.
package struct PressureTracker {
  /// For how long, and in how many reports, figures must stay better.
  static let patience = Span.seconds(10)
  static let reports = 3

  /// Where the word is about to become better.
  private struct Relief {
    let since: SteadyTime
    var reports = 1
    /// The worst word of these reports.
    var word: Pressure
  }

  private(set) var word: Pressure?
  private var relief: Relief?
  private var last: Report?

  /// What a report says, and when it was written.
  package struct Report: Hashable {
    var figures: PressureRule.Figures
    var arrival: SteadyTime?
    /// Its dialect writes only on change, so that what was said last goes on being said.
    var isStanding = false

    package init(
      figures: PressureRule.Figures, arrival: SteadyTime? = nil, isStanding: Bool = false
    ) {
      (self.figures, self.arrival, self.isStanding) = (figures, arrival, isStanding)
    }
  }

  package init() {}

  /// Whether time alone changes nothing of it.
  var isAtRest: Bool { relief == nil || last?.isStanding != true }

  /// Takes the report that counts now, be it a new one or the last one still.
  package mutating func note(_ report: Report, now: SteadyTime) -> Pressure? {
    let isNew = report != last
    if isNew {
      last = report
      take(PressureRule.word(report.figures, before: word), now: now)
    }
    if isNew || report.isStanding { relieve(now) }
    return word
  }

  /// The guest says nothing that can be believed: what it said is forgotten.
  mutating func forget() { self = PressureTracker() }

  private mutating func relieve(_ now: SteadyTime) {
    guard let relief, now - relief.since >= Self.patience else { return }
    guard relief.reports >= Self.reports || last?.isStanding == true else { return }
    (word, self.relief) = (relief.word, nil)
  }

  private mutating func take(_ new: Pressure?, now: SteadyTime) {
    guard let new, let word, new < word else { return (word, relief) = (new, nil) }
    guard let before = relief else { return relief = Relief(since: now, word: new) }
    relief = Relief(
      since: before.since, reports: before.reports + 1, word: max(before.word, new))
  }
}
