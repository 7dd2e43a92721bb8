import MemtopCore

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
