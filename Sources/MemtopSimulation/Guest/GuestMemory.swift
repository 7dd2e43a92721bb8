import MemtopCore

/// The memory of one Linux guest, second by second.
///
/// Programs take anonymous memory as their load wants it; what is left over fills with page cache.
/// When memory is short the cache goes first, then cold program pages go to swap; pages in swap
/// that are wanted come back and push others out, which is thrashing; when neither memory nor swap
/// is left, the OOM killer ends the programs.
struct GuestMemory: Sendable {
  struct Shape: Hashable, Sendable {
    /// The most that the guest was booted for: its page tables are sized for it.
    var staticMax: Bytes
    var swapTotal: Bytes
    /// Files that its programs read again and again.
    var fileSet: Bytes
    /// How fast it reads files that it does not have in its cache.
    var readRate: Bytes
    /// Share of the programs' pages that they touch in a second, in thousandths.
    var hotPermille: Int64
  }

  /// What a swap device moves in a second, both ways together.
  static let swapThroughput = Bytes.mib(48)
  /// What the kernel can reclaim of its cache in a second.
  private static let reclaimRate = Bytes.mib(768)
  /// For how many seconds a little may be lacking while swap is full.
  private static let patience = 5

  let shape: Shape
  private(set) var allocation: Bytes
  private(set) var resident = Bytes.zero
  private(set) var swapped = Bytes.zero
  private(set) var cache = Bytes.zero
  /// Cumulative since boot.
  private(set) var swapIn = Bytes.zero
  private(set) var swapOut = Bytes.zero
  private(set) var oomKills = 0
  /// avg10, in shares of time.
  private(set) var psiSome = 0.0
  private(set) var psiFull = 0.0
  /// For how many seconds programs have lacked memory while swap was full.
  private var starving = 0
  /// The share of file reads that the cache answered in the last second.
  private(set) var hitShare = 1.0

  init(shape: Shape, allocation: Bytes) {
    self.shape = shape
    self.allocation = allocation
  }

  /// What the kernel keeps outside MemTotal: a 192 MiB guest of 320 MiB static-max says 139 MiB.
  var reserved: Bytes { .mib(48) + shape.staticMax / 64 }
  var total: Bytes { max(.zero, allocation - reserved) }
  /// Slab, page tables and stacks, inside MemTotal.
  private var kernel: Bytes { .mib(10) + total / 40 }
  var free: Bytes { max(.zero, total - kernel - resident - cache) }
  /// Below this the kernel begins to reclaim.
  private var watermark: Bytes { total / 64 }
  /// The part of the cache that is mapped or dirty and does not go.
  private var stickyCache: Bytes { min(cache, .mib(4) + total / 64) }
  var available: Bytes { max(.zero, free + cache - stickyCache - watermark) }
  var swapUsed: Bytes { swapped }

  /// Whether the second since `before` has changed nothing: then the next one, of the same demand, will not either.
  func isSame(as before: GuestMemory) -> Bool {
    allocation == before.allocation && resident == before.resident && swapped == before.swapped
      && cache == before.cache && swapIn == before.swapIn && oomKills == before.oomKills
      && starving == before.starving && psiSome == before.psiSome && psiFull == before.psiFull
      && hitShare == before.hitShare
  }

  /// One second of life, in which the programs want `demand`.
  ///
  /// - Returns: whether the OOM killer struck.
  mutating func step(demand: Bytes) -> Bool {
    var moved = Bytes.zero
    let short = take(demand, &moved)
    let wanted = touchSwapped(&moved)
    trim(&moved)
    fillCache()
    notePressure(moved: moved, wanted: wanted, short: short)
    let isStarving = short > .zero && swapped >= shape.swapTotal - .mib(1)
    starving = isStarving ? starving + 1 : 0
    // A little that is lacking is waited for, but not for long; much cannot be.
    guard isStarving, short > total / 16 || starving > Self.patience else { return false }
    kill()
    return true
  }

  /// Everything of before is gone: a reboot.
  mutating func boot(allocation: Bytes) {
    self = GuestMemory(shape: shape, allocation: allocation)
  }

  /// Gives the programs what they want; returns what they must go without.
  private mutating func take(_ demand: Bytes, _ moved: inout Bytes) -> Bytes {
    let have = resident + swapped
    guard demand > have else {
      let excess = have - demand
      let fromSwap = min(swapped, excess / 4)
      swapped -= fromSwap
      resident = max(.zero, resident - (excess - fromSwap))
      return .zero
    }
    var missing = demand - have
    let easy = min(missing, makeRoom(missing))
    resident += easy
    missing -= easy
    let byswap = pushOut(missing, &moved)
    resident += byswap
    return missing - byswap
  }

  /// Free memory above the watermark for `amount`, from the cache where need be.
  private mutating func makeRoom(_ amount: Bytes) -> Bytes {
    let spare = max(.zero, free - watermark)
    if spare >= amount { return amount }
    let reclaimed = min(amount - spare, max(.zero, cache - stickyCache), Self.reclaimRate)
    cache -= reclaimed
    return spare + reclaimed
  }

  /// Writes cold pages to swap to make room; returns how much it made.
  private mutating func pushOut(_ amount: Bytes, _ moved: inout Bytes) -> Bytes {
    let room = min(shape.swapTotal - swapped, Self.swapThroughput - moved, resident)
    let pushed = max(.zero, min(amount, room))
    swapped += pushed
    resident -= pushed
    swapOut += pushed
    moved += pushed
    return pushed
  }

  /// Programs touch pages that are in swap; returns how much they wanted back.
  private mutating func touchSwapped(_ moved: inout Bytes) -> Bytes {
    // Cold pages were put away first: what is wanted grows with the square of the swapped share.
    let all = resident + swapped
    guard swapped > .zero, all > .zero else { return .zero }
    let share = swapped.ratio(to: all)
    let hot = Double(swapped.count) * share * Double(shape.hotPermille) / 1000
    let wanted = Bytes(Int64(clamping: hot)).rounded(downTo: .kib(4))
    // With room to spare what was put away comes back as it is used.
    let eager = available > total / 32 ? min(swapped, .mib(48)) : .zero
    let budget = max(.zero, Self.swapThroughput - moved)
    var coming = min(wanted + eager, swapped, budget)
    let room = makeRoom(coming)
    // What pushes out as much as it takes is moved twice.
    if room < coming { coming = room + pushOut(min(coming - room, (budget - room) / 2), &moved) }
    coming = max(.zero, min(coming, swapped)).rounded(downTo: .kib(4))
    swapped -= coming
    resident += coming
    swapIn += coming
    moved += coming
    return wanted
  }

  /// After a balloon has taken pages: back to what there is.
  private mutating func trim(_ moved: inout Bytes) {
    let over = resident + cache + kernel + watermark / 2 - total
    guard over > .zero else { return }
    let fromCache = min(over, max(.zero, cache - stickyCache))
    cache -= fromCache
    if over > fromCache { _ = pushOut(over - fromCache, &moved) }
  }

  private mutating func fillCache() {
    let missing = max(.zero, shape.fileSet - cache)
    hitShare =
      shape.fileSet > .zero ? min(1, Double(cache.count) / Double(shape.fileSet.count)) : 1
    let room = max(.zero, free - watermark)
    cache += min(shape.readRate, missing, room)
  }

  /// How long programs waited, as the kernel's avg10 would have it (an average over 10 s).
  private mutating func notePressure(moved: Bytes, wanted: Bytes, short: Bytes) {
    let busySwap = Double(moved.count) / Double(Self.swapThroughput.count)
    let unmet = wanted > .zero ? min(1, Double((wanted - moved).count) / Double(wanted.count)) : 0
    let some = min(1, busySwap * 0.8 + max(0, unmet) * 0.2 + (short > .zero ? 0.3 : 0))
    let full = some * some * 0.6
    let weight = 0.095
    psiSome += (some - psiSome) * weight
    psiFull += (full - psiFull) * weight
    if psiSome < 0.0001 { psiSome = 0 }
    if psiFull < 0.0001 { psiFull = 0 }
  }

  private mutating func kill() {
    oomKills += 1
    starving = 0
    resident = resident / 8
    swapped = .zero
  }

  /// How fast a balloon moves in a second.
  private static let balloonRate = Bytes.mib(256)

  /// One second of the balloon's way to holding `target`; less than a page away it is there.
  ///
  /// - Parameter hostFree: what it could take of the host.
  /// - Returns: what it took (negative: gave).
  mutating func balloon(to target: Bytes, hostFree: Bytes) -> Bytes {
    let distance = target - allocation
    guard distance.magnitude >= .kib(4) else { return .zero }
    guard distance > .zero else { return -shrink(by: min(-distance, Self.balloonRate)) }
    let step = min(distance, Self.balloonRate, hostFree).rounded(downTo: .kib(4))
    grow(by: step)
    return step
  }

  /// The balloon gives the guest more.
  mutating func grow(by amount: Bytes) { allocation += amount }

  /// The balloon takes up to `amount`; returns what it got in one second.
  ///
  /// It takes at most what is available. It does not cause swapping, and no program is killed. Linux's
  /// driver asks for at most si_mem_available() pages, and with __GFP_NORETRY (drivers/xen/balloon.c; since commit
  /// a1078e821b60, which is in 4.9.227, in 5.2 and in all later ones).
  mutating func shrink(by amount: Bytes) -> Bytes {
    let wanted = min(amount, available)
    let spare = min(wanted, max(.zero, free - watermark / 4))
    let reclaimed = min(wanted - spare, max(.zero, cache - stickyCache), Self.reclaimRate)
    cache -= reclaimed
    let got = (spare + reclaimed).rounded(downTo: .kib(4))
    allocation -= got
    return got
  }
}
