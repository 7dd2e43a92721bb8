import MemtopCore

/// Qubes' rule: each guest prefers 1.3 times what it uses, and nothing of the host is left over.
///
/// preferred = max(min(1.3 × used, static-max), 200 MiB). With more memory than all prefer, the
/// rest is shared in proportion to it; with less, who has more than it prefers gives that up, and
/// the others share what is free. 50 MiB of the host stay free. A new balance is acted on only where
/// it moves more than 150 MiB in all, or gives a guest that lacks memory more than 15 MiB
/// (qubes-core-admin, qubes/qmemman/algo.py and systemstate.py). Its guests report as Qubes' do
/// (`MeminfoWriter`).
struct Qmemman: TargetRule {
  /// What the rule looks at of one guest.
  struct Guest {
    /// Its report's used memory, with used swap.
    var used: Bytes
    var allocation: Bytes
    var target: Bytes
    var most: Bytes

    /// What it holds or may take at any time.
    var actual: Bytes { max(allocation, target) }

    var preferred: Bytes {
      max(min(used.scaled(13, over: 10), most), .mib(200))
    }
  }

  private static let keptFree = Bytes.mib(50)
  private static let leastChange = Bytes.mib(150)
  private static let leastGain = Bytes.mib(15)

  private var seen = 0
  private var known: [Guest] = []
  private var targets: [Bytes] = []

  /// Acts when a report has come.
  mutating func act(second: Int, host: StudyHost, guests: inout [StudyView]) {
    let reports = guests.reduce(0) { $0 + ($1.report.map { $0.second + 1 } ?? 0) }
    guard reports != seen else { return }
    seen = reports
    known.removeAll(keepingCapacity: true)
    var free = host.free
    for guest in guests {
      guard let report = guest.report else { return }
      known.append(
        Guest(
          used: report.busy + report.swapUsed, allocation: guest.allocation, target: guest.target,
          most: guest.staticMax))
      free -= max(.zero, guest.target - guest.allocation)
    }
    Self.balance(known, free: free - Self.keptFree, into: &targets)
    guard Self.isWorthIt(known, targets, free: free) else { return }
    for index in guests.indices { guests[index].setTarget(targets[index]) }
  }

  /// The targets of all guests, with `free` of the host to give away.
  static func balance(_ guests: [Guest], free: Bytes, into targets: inout [Bytes]) {
    var preferred = Bytes.zero
    var needed = Bytes.zero
    for guest in guests {
      preferred += guest.preferred
      needed += guest.preferred - guest.actual
    }
    targets.removeAll(keepingCapacity: true)
    if free - needed > .zero {
      shareSurplus(guests, surplus: free - needed, preferred: preferred, into: &targets)
    } else {
      shareShortage(guests, free: free, into: &targets)
    }
  }

  private static func shareSurplus(
    _ guests: [Guest], surplus: Bytes, preferred: Bytes, into targets: inout [Bytes]
  ) {
    var left = Bytes.zero
    var acceptors: Int64 = 0
    for guest in guests {
      let share = guest.preferred.ratio(to: preferred)
      let target = Bytes(
        Int64(clamping: 0.999 * (Double(guest.preferred.count) + share * Double(surplus.count))))
      left += max(.zero, target - guest.most)
      acceptors += target > guest.most ? 0 : 1
      targets.append(min(target, guest.most))
    }
    // What static-max kept from some goes to the others, evenly.
    while left > .zero, acceptors > 0 {
      let bonus = left / acceptors / 1000 * 999
      left = .zero
      for (index, guest) in guests.enumerated() where targets[index] < guest.most {
        let target = targets[index] + bonus
        left += max(.zero, target - guest.most)
        if target >= guest.most { acceptors -= 1 }
        targets[index] = min(target, guest.most)
      }
    }
  }

  private static func shareShortage(
    _ guests: [Guest], free: Bytes, into targets: inout [Bytes]
  ) {
    var squeezed = free
    var wanted = Bytes.zero
    for guest in guests {
      let surplus = guest.actual - guest.preferred
      if surplus > .zero || guest.actual >= guest.most {
        if surplus >= .mib(10) { squeezed -= surplus }
        targets.append(surplus >= .mib(10) ? guest.preferred : guest.actual)
      } else {
        wanted += guest.preferred
        targets.append(guest.actual)
      }
    }
    guard squeezed >= .zero, wanted > .zero else { return }
    for (index, guest) in guests.enumerated() where guest.actual < guest.most {
      guard guest.actual <= guest.preferred else { continue }
      let share = guest.preferred.ratio(to: wanted)
      let target = Bytes(
        Int64(clamping: 0.999 * (Double(guest.actual.count) + share * Double(squeezed.count))))
      targets[index] = min(target, guest.most)
    }
  }

  static func isWorthIt(_ guests: [Guest], _ targets: [Bytes], free: Bytes) -> Bool {
    if keptFree - free > leastGain { return true }
    var change = (free - keptFree).magnitude
    for (guest, target) in zip(guests, targets) {
      change += (target - guest.target).magnitude
      if guest.target < guest.preferred, target - guest.target > leastGain { return true }
    }
    return change > leastChange
  }
}
