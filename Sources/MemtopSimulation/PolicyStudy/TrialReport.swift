import MemtopCore

/// What the agent in a guest of a trial wrote last, as dom0 would understand it.
public struct TrialReport: Sendable {
  /// When it arrived, in seconds from the beginning: at the end of the second that it tells of.
  public var second: Int
  /// The domain's allocation when it arrived.
  public var allocation: Bytes
  public var total: Bytes
  public var available: Bytes
  public var swapUsed: Bytes
  /// Bytes a second between the last two reports.
  public var swapInRate: Bytes
  public var swapOutRate: Bytes
  /// PSI avg10 in hundredths of a percent.
  public var psiSome: Int
  public var psiFull: Int

  /// What cannot be taken away: allocation − available.
  public var busy: Bytes { max(.zero, allocation - available) }
}

/// memtop-agent in a guest of a trial: it looks each second, and reports every `interval` seconds,
/// and sooner where what is available, or MemTotal, has moved by more than a twentieth of what it
/// last said. MemTotal moves when the balloon does: without that, a guest that eats all it is given
/// at once has nothing available before and after, and would be silent just when it suffers.
struct TrialAgent {
  private let interval: Int
  private let isEarly: Bool
  private var due: Int
  private var swapIn = Bytes.zero
  private var swapOut = Bytes.zero
  private var last: (second: Int, available: Bytes, total: Bytes)?

  /// - Parameters:
  ///   - phase: the second of its first report; guests do not all report at once.
  ///   - isEarly: whether it reports before it is time where memory has moved.
  init(interval: Int, phase: Int, isEarly: Bool = true) {
    self.interval = interval
    self.isEarly = isEarly
    due = phase % interval
  }

  /// The report of this second, where there is one.
  mutating func report(_ memory: GuestMemory, at second: Int) -> TrialReport? {
    guard second >= due || hasMoved(memory) else { return nil }
    let span = Int64(max(1, second - (last?.second ?? second - interval)))
    let report = TrialReport(
      second: second + 1, allocation: memory.allocation, total: memory.total,
      available: memory.available, swapUsed: memory.swapUsed,
      swapInRate: (memory.swapIn - swapIn) / span, swapOutRate: (memory.swapOut - swapOut) / span,
      psiSome: Int(memory.psiSome * 10_000), psiFull: Int(memory.psiFull * 10_000))
    due = second + interval
    (swapIn, swapOut) = (memory.swapIn, memory.swapOut)
    last = (second, report.available, report.total)
    return report
  }

  private func hasMoved(_ memory: GuestMemory) -> Bool {
    guard isEarly, let last else { return false }
    return (memory.available - last.available).magnitude * 20 > last.available
      || (memory.total - last.total).magnitude * 20 > last.total
  }
}
