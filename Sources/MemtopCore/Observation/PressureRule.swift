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
