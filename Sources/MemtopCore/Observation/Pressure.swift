/// How hard a guest is pressed, from the best figure that it reports.
///
/// PSI tells how long programs waited for memory (kernel Documentation/accounting/psi.rst); without
/// it, reading back from swap tells that what was put away is wanted; while nothing is read back,
/// only how small the free share has become. Whoever has less left than `Bytes.leastStep` is at
/// least tight, even if nothing waits at this moment: the next request will. A word is entered at its threshold, and left only when
/// the figure is on the good side of half of it (one and a half times for what is left), so that
/// figures near a threshold do not make words flicker; `PressureTracker` adds the time that a
/// better word takes.
package enum PressureRule {
  package struct Figures: Hashable {
    /// PSI avg10 in hundredths of a percent.
    var psiSome: Int?
    var psiFull: Int?
    /// Bytes a second, as a disk's: those from compressed memory count little (`CompressedSwap`).
    var swapInRate: Bytes?
    var available: Bytes?
    var allocation: Bytes

    package init(
      psiSome: Int? = nil, psiFull: Int? = nil, swapInRate: Bytes? = nil, available: Bytes? = nil,
      allocation: Bytes
    ) {
      (self.psiSome, self.psiFull, self.swapInRate) = (psiSome, psiFull, swapInRate)
      (self.available, self.allocation) = (available, allocation)
    }
  }

  /// What enters each word, from the worst; the figures are documented in memtop(8).
  private struct Threshold {
    let word: Pressure
    /// Hundredths of a percent of time.
    let some: Int
    let full: Int
    let swapIn: Bytes
    /// Thousandths of the allocation that are still available; below is worse.
    let free: Int64
  }

  private static let worst = Threshold(
    word: .thrashing, some: 4_000, full: 1_500, swapIn: .mib(4), free: -1)

  private static let thresholds = [
    worst,
    Threshold(word: .short, some: 1_000, full: 300, swapIn: .kib(512), free: 30),
    Threshold(word: .tight, some: 200, full: 50, swapIn: .kib(16), free: 80),
  ]

  /// The word for `figures`, after `before`; nil where there is nothing to judge by.
  package static func word(_ figures: Figures, before: Pressure?) -> Pressure? {
    guard figures.psiSome != nil || figures.swapInRate != nil || figures.available != nil else {
      return nil
    }
    for threshold in thresholds {
      let isHeld = before.map { $0 >= threshold.word } ?? false
      if reaches(threshold, figures, easedBy: isHeld ? 2 : 1) { return threshold.word }
    }
    let isOut = isNearlyOut(
      available: figures.available, allocation: figures.allocation,
      isHeld: before.map { $0 >= .tight } ?? false)
    return isOut ? .tight : .ok
  }

  /// Whether less is left than the next usual step of its demand takes.
  package static func isNearlyOut(
    available: Bytes?, allocation: Bytes, isHeld: Bool = false
  ) -> Bool {
    guard let available, allocation > .zero else { return false }
    let least = allocation.leastStep
    return available < (isHeld ? least + least / 2 : least)
  }

  /// Whether a guest whose own figures are all known thrashes now; PSI in shares of time.
  package static func isThrashing(psiSome: Double, psiFull: Double, swapInRate: Bytes) -> Bool {
    psiSome * 10_000 >= Double(worst.some) || psiFull * 10_000 >= Double(worst.full)
      || swapInRate >= worst.swapIn
  }

  /// Whether reading back from swap is enough for this word, without PSI.
  static func isReached(_ word: Pressure, by swapIn: Bytes, isHeld: Bool = false) -> Bool {
    let figures = Figures(swapInRate: swapIn, allocation: .zero)
    return self.word(figures, before: isHeld ? word : nil).map { $0 >= word } ?? false
  }

  /// Whether what is left is little enough for this word.
  static func isReached(_ word: Pressure, by available: Bytes, of allocation: Bytes) -> Bool {
    let left = Figures(available: available, allocation: allocation)
    return self.word(left, before: nil).map { $0 >= word } ?? false
  }

  private static func reaches(_ limit: Threshold, _ figures: Figures, easedBy ease: Int) -> Bool {
    if let some = figures.psiSome {
      return some >= limit.some / ease || (figures.psiFull ?? 0) >= limit.full / ease
    }
    if let rate = figures.swapInRate, rate.count >= limit.swapIn.count / Int64(ease) {
      return true
    }
    guard let available = figures.available, figures.allocation > .zero else { return false }
    let free = available.count / max(1, figures.allocation.count / 1000)
    return free < (ease == 2 ? limit.free * 3 / 2 : limit.free)
  }
}

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

/// The figure that decided how hard a domain is pressed, as text.
enum PressureFigure {
  static func text(_ sample: DomainSample) -> String? {
    let left = sample.available.map { "\($0.short) of \(sample.allocation.short) available" }
    if let some = sample.report?.psiSome {
      // Below what makes it tight, what is left is what decided.
      guard some >= 200 || (sample.report?.psiFull ?? 0) >= 50 else { return left }
      let full = sample.report?.psiFull.map { ", full \(share($0))" } ?? ""
      return "PSI some \(share(some))\(full)"
    }
    guard let disk = sample.diskSwapIn, isBySwap(disk, sample) else { return left }
    return text(of: sample, disk: disk)
  }

  /// Whether reading back from swap is what makes the word, where there is no PSI.
  private static func isBySwap(_ disk: Bytes, _ sample: DomainSample) -> Bool {
    guard let word = sample.pressure, word > .ok, let available = sample.available else {
      return disk >= .kib(16)
    }
    if PressureRule.isReached(word, by: disk) { return true }
    if PressureRule.isReached(word, by: available, of: sample.allocation) { return false }
    // It is held at half of what makes it.
    return PressureRule.isReached(word, by: disk, isHeld: true)
  }

  private static func text(of sample: DomainSample, disk: Bytes) -> String {
    guard let compressed = sample.compressedIn else { return "swap-in \(disk.shortRate)/s" }
    let memory = compressed.zram + compressed.zswap
    return "swap-in \((disk - memory / CompressedSwap.discount).shortRate)/s from disk, "
      + "\(memory.shortRate)/s from compressed memory"
  }

  private static func share(_ hundredths: Int) -> String { "\(hundredths / 100)%" }
}
