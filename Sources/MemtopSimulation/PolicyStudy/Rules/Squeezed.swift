import MemtopCore

/// XAPI's rule: what is free in the guests does not matter, only their dynamic ranges do.
///
/// target = dynamic-min + γ × (dynamic-max − dynamic-min), with γ the host's surplus over all
/// minima as a share of all ranges, every 10 s (xen-api, ocaml/squeezed, `squeeze.ml`). Here an
/// operator has made dynamic-min the configured size and dynamic-max static-max.
struct Squeezed: TargetRule {
  private static let period = 10
  /// Differences up to this are left alone.
  private static let tolerance = Bytes.kib(512)

  mutating func act(second: Int, host: StudyHost, guests: inout [StudyView]) {
    guard second % Self.period == 0 else { return }
    var least = Bytes.zero
    var range = Bytes.zero
    for guest in guests {
      least += guest.memory
      range += guest.staticMax - guest.memory
    }
    let gamma = Self.gamma(surplus: host.forGuests - least, range: range)
    for index in guests.indices {
      let guest = guests[index]
      let target = Self.target(least: guest.memory, most: guest.staticMax, gamma: gamma)
      if (target - guest.target).magnitude > Self.tolerance { guests[index].setTarget(target) }
    }
  }

  static func gamma(surplus: Bytes, range: Bytes) -> Double {
    guard range > .zero else { return 0 }
    return min(1, max(0, surplus.ratio(to: range)))
  }

  static func target(least: Bytes, most: Bytes, gamma: Double) -> Bytes {
    least + (most - least).scaled(by: gamma).rounded(downTo: .kib(4))
  }
}
