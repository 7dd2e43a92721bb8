import MemtopCore

/// Each guest has one size for all the time: the smallest, in steps of 16 MiB, with which it is well.
///
/// Well is that its OOM killer never strikes; or, calm, that it never thrashes either. Nobody knows
/// that size beforehand: it is searched on the very demand that it is then tried on, and so it is
/// the best that a fixed allocation can do. Such a guest is built for no more than it has
/// (static-max is its size), which saves it the page tables for the rest.
struct FixedAllocation {
  static let step = Bytes.mib(16)
  /// With less no Linux of today boots, whatever swap it has.
  private static let least = Bytes.mib(128)

  let study: PolicyStudy
  let isCalm: Bool

  func run() -> StudyAccount {
    var account = StudyAccount()
    account.forGuests = study.host.forGuests
    for guest in study.guests {
      let (size, machine) = smallest(guest)
      account.add(machine, StudyView(guest, allocation: size))
      account.hold(machine.allocation, seconds: study.hours * 3600)
      account.peakHeld += machine.allocation
    }
    return account
  }

  /// The smallest size with which `guest` is well, and its life with it; static-max where none is.
  func smallest(_ guest: StudyGuest) -> (size: Bytes, life: StudyMachine) {
    var (low, high) = (Self.least.count / Self.step.count, guest.staticMax.count / Self.step.count)
    var best: StudyMachine?
    // More memory is never worse, so it is between a size that is too small and one that will do.
    while low < high {
      let middle = (low + high) / 2
      if let life = life(of: guest, size: Self.step * middle, toTheEnd: false) {
        (high, best) = (middle, life)
      } else {
        low = middle + 1
      }
    }
    let size = Self.step * high
    return (size, best ?? life(of: guest, size: size, toTheEnd: true)!)
  }

  /// A whole life with `size`; nil as soon as something happens that must not.
  func life(of guest: StudyGuest, size: Bytes, toTheEnd: Bool) -> StudyMachine? {
    var guest = guest
    guest.staticMax = size
    var view = StudyView(guest, allocation: size)
    var machine = StudyMachine(guest, allocation: size)
    for second in 0..<study.hours * 3600 {
      machine.step(&view, second: second, free: .zero)
      if toTheEnd { continue }
      if machine.memory.oomKills > 0 || isCalm && machine.tally.thrashingSeconds > 0 { return nil }
    }
    return machine
  }
}
