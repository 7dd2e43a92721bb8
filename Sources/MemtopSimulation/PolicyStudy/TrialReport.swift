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
  /// Since boot.
  public var swapIn: Bytes
  /// PSI avg10 in hundredths of a percent.
  public var psiSome: Int
  public var psiFull: Int

  /// What cannot be taken away: allocation − available.
  public var busy: Bytes { max(.zero, allocation - available) }

  /// In the whole KiB that an agent writes; swap used is what is not free of it.
  var asWritten: TrialReport {
    var written = self
    written.total = total.rounded(downTo: .kib(1))
    written.available = available.rounded(downTo: .kib(1))
    written.swapUsed = (swapUsed + .kib(1) - Bytes(1)).rounded(downTo: .kib(1))
    written.swapIn = swapIn.rounded(downTo: .kib(1))
    return written
  }
}

/// memtop-agent in a guest of a trial: it looks each second, and reports every `interval` seconds,
/// and sooner where what is available, or MemTotal, has moved by more than a twentieth of what it
/// last said. MemTotal moves when the balloon does: without that, a guest that eats all it is given
/// at once has nothing available before and after, and would be silent just when it suffers.
struct TrialAgent {
  private let interval: Int
  private let isEarly: Bool
  private var due: Int
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
    let report = TrialReport(
      second: second + 1, allocation: memory.allocation, total: memory.total,
      available: memory.available, swapUsed: memory.swapUsed, swapIn: memory.swapIn,
      psiSome: Int(memory.psiSome * 10_000), psiFull: Int(memory.psiFull * 10_000))
    due = second + interval
    last = (second, report.available, report.total)
    return report
  }

  private func hasMoved(_ memory: GuestMemory) -> Bool {
    guard isEarly, let last else { return false }
    return (memory.available - last.available).magnitude * 20 > last.available
      || (memory.total - last.total).magnitude * 20 > last.total
  }
}
