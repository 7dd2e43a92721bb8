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

/// What a trial, or several together, cost and did.
public struct TrialAccount: Hashable, Sendable {
  public var oomKills = 0
  /// Seconds in which a guest was thrashing, over all guests.
  public var thrashingSeconds = 0
  public var swapIn = Bytes.zero
  /// KiB held by guests, times seconds: the bill.
  public var heldKiBSeconds: Int64 = 0
  /// KiB of files that were read, and that the cache answered.
  public var reads: Int64 = 0
  public var hits = 0.0
  public var targetChanges = 0
  /// The most that all guests held at once.
  public var peakHeld = Bytes.zero
  /// Of how many guests this is.
  public var guests = 0
  /// What the host had for them.
  public var forGuests = Bytes.zero

  public init() {}

  public var gibHours: Double { Double(heldKiBSeconds) / 3600 / Double(1 << 20) }
  public var thrashingMinutes: Double { Double(thrashingSeconds) / 60 }
  public var hitShare: Double { reads > 0 ? hits / Double(reads) : 1 }

  /// How many such guests the host could hold if what they hold at their peak is what they need.
  public var guestsThatFit: Int {
    peakHeld.kib > 0 ? Int(Int64(guests).scaled(forGuests.kib, over: peakHeld.kib)) : 0
  }

  /// Another seed's: sums, but of the peak the worst.
  public mutating func add(_ other: TrialAccount) {
    oomKills += other.oomKills
    thrashingSeconds += other.thrashingSeconds
    swapIn += other.swapIn
    heldKiBSeconds = heldKiBSeconds.addingClamped(other.heldKiBSeconds)
    reads = reads.addingClamped(other.reads)
    hits += other.hits
    targetChanges += other.targetChanges
    peakHeld = max(peakHeld, other.peakHeld)
    guests = max(guests, other.guests)
    forGuests = max(forGuests, other.forGuests)
  }

  /// So much was held for so long.
  mutating func hold(_ amount: Bytes, seconds: Int = 1) {
    heldKiBSeconds = heldKiBSeconds.addingClamped(
      amount.kib.multipliedClamped(by: Int64(seconds)))
  }

  mutating func add(_ machine: TrialMachine, _ view: TrialView) {
    oomKills += machine.memory.oomKills
    thrashingSeconds += machine.tally.thrashingSeconds
    swapIn += machine.memory.swapIn
    reads = reads.addingClamped(machine.tally.reads)
    hits += machine.tally.hits
    targetChanges += view.changes
    guests += 1
  }
}
