import MemtopCore

/// What the agent in a guest of a study wrote last, as dom0 would understand it.
package struct StudyReport: Sendable {
  /// When it arrived, in seconds from the beginning: at the end of the second that it tells of.
  package var second: Int
  /// The domain's allocation when it arrived.
  package var allocation: Bytes
  package var total: Bytes
  package var available: Bytes
  package var swapUsed: Bytes
  /// Since boot.
  package var swapIn: Bytes
  /// PSI avg10 in hundredths of a percent.
  package var psiSome: Int
  package var psiFull: Int

  init(_ memory: GuestMemory, at second: Int) {
    self.second = second
    allocation = memory.allocation
    total = memory.total
    available = memory.available
    swapUsed = memory.swapUsed
    swapIn = memory.swapIn
    psiSome = Int(memory.psiSome * 10_000)
    psiFull = Int(memory.psiFull * 10_000)
  }

  /// What cannot be taken away: allocation − available.
  package var busy: Bytes { max(.zero, allocation - available) }

  /// In the whole KiB that an agent writes; swap used is what is not free of it.
  var asWritten: StudyReport {
    var written = self
    written.total = total.rounded(downTo: .kib(1))
    written.available = available.rounded(downTo: .kib(1))
    written.swapUsed = (swapUsed + .kib(1) - Bytes(1)).rounded(downTo: .kib(1))
    written.swapIn = swapIn.rounded(downTo: .kib(1))
    return written
  }
}

/// Who reports from a guest of a study.
enum StudyReporter {
  case agent(StudyAgent)
  case meminfoWriter(MeminfoWriter)

  /// The report of this second, where there is one.
  mutating func report(_ memory: GuestMemory, at second: Int) -> StudyReport? {
    switch self {
    case .agent(var agent):
      defer { self = .agent(agent) }
      return agent.report(memory, at: second)
    case .meminfoWriter(var writer):
      defer { self = .meminfoWriter(writer) }
      return writer.report(memory, at: second)
    }
  }
}

/// Qubes' meminfo-writer in a guest of a study. It reports when used memory has moved by more than
/// 30,000 kB since its last report, or up by more than 15,000 kB where 1.3 times what is used is above
/// all that the guest has; never because time has passed. It looks ten times a second, here once
/// (qubes-linux-utils, qmemman/meminfo-writer.c; its unit starts it with 30000 100000).
struct MeminfoWriter {
  private static let threshold = Bytes.kib(30_000)

  private var last: Bytes?

  mutating func report(_ memory: GuestMemory, at second: Int) -> StudyReport? {
    var report = StudyReport(memory, at: second + 1)
    // It counts all cache as not used, also what cannot be dropped.
    report.available = memory.free + memory.cache
    let used = report.busy + report.swapUsed
    guard isNews(used, of: memory.allocation) else { return nil }
    last = used
    return report
  }

  private func isNews(_ used: Bytes, of allocation: Bytes) -> Bool {
    guard let last else { return true }
    if (used - last).magnitude > Self.threshold { return true }
    return used - last > Self.threshold / 2 && used.scaled(13, over: 10) > allocation
  }
}

/// memtop-agent in a guest of a study: it looks each second, and reports every `interval` seconds,
/// and sooner where what is available, or MemTotal, has moved by more than a twentieth of what it
/// last said. MemTotal moves when the balloon does: without that, a guest that eats all it is given
/// at once has nothing available before and after, and would be silent just when it suffers.
struct StudyAgent {
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
  mutating func report(_ memory: GuestMemory, at second: Int) -> StudyReport? {
    guard second >= due || hasMoved(memory) else { return nil }
    let report = StudyReport(memory, at: second + 1)
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

/// What a study, or several together, cost and did.
package struct StudyAccount: Hashable, Sendable {
  package var oomKills = 0
  /// Seconds in which a guest was thrashing, over all guests.
  package var thrashingSeconds = 0
  package var swapIn = Bytes.zero
  /// KiB held by guests, times seconds: the bill.
  package var heldKiBSeconds: Int64 = 0
  /// KiB of files that were read, and that the cache answered.
  package var reads: Int64 = 0
  package var hits = 0.0
  package var targetChanges = 0
  /// The most that all guests held at once.
  package var peakHeld = Bytes.zero
  /// Of how many guests this is.
  package var guests = 0
  /// What the host had for them.
  package var forGuests = Bytes.zero

  package init() {}

  package var gibHours: Double { Double(heldKiBSeconds) / 3600 / Double(1 << 20) }
  package var thrashingMinutes: Double { Double(thrashingSeconds) / 60 }
  package var hitShare: Double { reads > 0 ? hits / Double(reads) : 1 }

  /// How many such guests the host could hold if what they hold at their peak is what they need.
  package var guestsThatFit: Int {
    peakHeld.kib > 0 ? Int(Int64(guests).scaled(forGuests.kib, over: peakHeld.kib)) : 0
  }

  /// Another seed's: sums, but of the peak the worst.
  package mutating func add(_ other: StudyAccount) {
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

  mutating func add(_ machine: StudyMachine, _ view: StudyView) {
    oomKills += machine.memory.oomKills
    thrashingSeconds += machine.tally.thrashingSeconds
    swapIn += machine.memory.swapIn
    reads = reads.addingClamped(machine.tally.reads)
    hits += machine.tally.hits
    targetChanges += view.changes
    guests += 1
  }
}
