import MemtopCore

/// xenballoond's rule, which runs in each guest every second and knows its own figures without delay.
///
/// The target is Committed_AS, but not below a floor by the guest's size; it is grown to at once and
/// shrunk to by a tenth of the way a second (xenballoond, `selftarget`, `balloon_to_target`; the
/// floor is `minimum_target` of Linux' drivers/xen/balloon.c). It counts in MemTotal; what the kernel
/// holds outside it is added, as its successor in the kernel did (drivers/xen/xen-selfballoon.c).
struct SelfBallooning: TargetRule {
  private static let downHysteresis: Int64 = 10

  mutating func act(second: Int, host: StudyHost, guests: inout [StudyView]) {
    for index in guests.indices {
      let guest = guests[index]
      let total = guest.inside.total
      guard total > .zero else { continue }
      let wanted = Self.target(
        committed: guest.inside.committed, total: total, size: guest.staticMax)
      guests[index].setTarget((guest.allocation - total + wanted).rounded(downTo: .kib(4)))
    }
  }

  /// The next MemTotal for a guest that has `total` and could have `size`.
  static func target(committed: Bytes, total: Bytes, size: Bytes) -> Bytes {
    let wanted = max(committed, floor(size: size))
    return wanted >= total ? wanted : total - (total - wanted) / downHysteresis
  }

  static func floor(size: Bytes) -> Bytes {
    switch size.mib {
    case ..<125: .mib(8) + size / 2
    case ..<500: .mib(40) + size / 4
    case ..<2_000: .mib(104) + size / 8
    default: .mib(296) + size / 32
    }
  }
}
