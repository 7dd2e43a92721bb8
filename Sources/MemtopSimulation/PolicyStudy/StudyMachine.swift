import MemtopCore

/// One guest at work in a study: its memory, balloon, programs and agent, second by second.
struct StudyMachine {
  /// libxl builds PVH domains 1 MiB below their target (libxl_dom.c).
  static let offset = Bytes.mib(-1)
  /// A program that was killed is started again after so many seconds.
  private static let restartSeconds = 30

  private let guest: StudyGuest
  private(set) var memory: GuestMemory
  private var reporter: StudyReporter?
  private(set) var tally = StudyTally()
  private var killedAt = -StudyMachine.restartSeconds
  private var leakingSince: Int
  private var nextRestart = 0
  /// What the programs wanted when nothing in the guest moved any more; while they want the same
  /// and the balloon rests, a second changes nothing and is not computed.
  private var restingAt: Bytes?

  /// - Parameter reporter: nil if no reports are read.
  init(_ guest: StudyGuest, allocation: Bytes, reporter: StudyReporter? = nil) {
    self.guest = guest
    memory = GuestMemory(shape: guest.shape, allocation: allocation + Self.offset)
    self.reporter = reporter
    leakingSince = -(guest.series.leak?.age ?? 0)
  }

  var allocation: Bytes { memory.allocation }

  /// One second; `free` is what the balloon could take of the host.
  mutating func step(_ view: inout StudyView, second: Int, free: Bytes) {
    let place = (second + guest.series.phase) / DemandSeries.step
    let demand = demand(at: second, place: place)
    let taken = memory.balloon(to: view.target + Self.offset, hostFree: free)
    if taken != .zero || restingAt != demand { live(demand, second: second) }
    tally.count(memory, reading: guest.readRate, share: guest.series.reading[place])
    view.allocation = memory.allocation
    view.inside.total = memory.total
    view.inside.committed = demand / 1000 * guest.commitPermille
    if let report = reporter?.report(memory, at: second) { view.report = report }
  }

  private mutating func live(_ demand: Bytes, second: Int) {
    let before = memory
    let isKilled = memory.step(demand: demand)
    restingAt = memory.isSame(as: before) ? demand : nil
    if isKilled { die(second) }
  }

  private mutating func die(_ second: Int) {
    killedAt = second
    leakingSince = second + Self.restartSeconds
  }

  /// What the programs want: nothing much for a while after they were killed.
  private mutating func demand(at second: Int, place: Int) -> Bytes {
    let base = Bytes.kib(Int64(guest.series.demand[place]))
    if second - killedAt < Self.restartSeconds, second > killedAt { return base / 8 }
    guard let leak = guest.series.leak else { return base }
    if nextRestart < leak.restarts.count, second >= leak.restarts[nextRestart] {
      leakingSince = second
      nextRestart += 1
    }
    // In steps like the rest: nothing is computed anew while nothing is wanted.
    let age = Int64(max(0, second - leakingSince) / 20 * 20)
    return base + leak.perHour.scaled(age, over: 3600).rounded(downTo: .kib(4))
  }
}

/// What happened to one guest.
struct StudyTally {
  private(set) var thrashingSeconds = 0
  private(set) var reads = Int64(0)
  private(set) var hits = 0.0
  private var lastSwapIn = Bytes.zero

  /// Adds one second.
  mutating func count(_ memory: GuestMemory, reading rate: Bytes, share: UInt8) {
    let swapIn = memory.swapIn - lastSwapIn
    lastSwapIn = memory.swapIn
    if PressureRule.isThrashing(
      psiSome: memory.psiSome, psiFull: memory.psiFull, swapInRate: swapIn)
    {
      thrashingSeconds += 1
    }
    let read = rate.kib.scaled(Int64(share), over: 100)
    reads = reads.addingClamped(read)
    hits += Double(read) * memory.hitShare
  }
}

/// One guest of a study: what it is built for, and what its programs want over time.
///
/// It is the same for every rule: nothing here depends on what memory it is given.
package struct StudyGuest: Sendable {
  /// Which load it is of, in the words of a report.
  package var load: String
  /// SIZE at the start, what an operator would have configured for it.
  package var memory: Bytes
  package var staticMax: Bytes
  package var swap: Bytes
  /// Files that its programs read again and again.
  package var fileSet: Bytes
  package var readRate: Bytes
  /// Share of the programs' pages that they touch in a second, in thousandths.
  package var hotPermille: Int64
  /// What programs have been promised (Committed_AS) for each 1,000 bytes that they use.
  package var commitPermille: Int64
  package var series: DemandSeries

  var shape: GuestMemory.Shape {
    GuestMemory.Shape(
      staticMax: staticMax, swapTotal: swap, fileSet: fileSet, readRate: readRate,
      hotPermille: hotPermille)
  }
}
