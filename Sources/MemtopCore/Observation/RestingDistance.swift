/// Distances from its target at which a domain rests though it follows, wider than what toolstacks
/// keep back.
///
/// Only distances *below* the target: whoever holds more than it should has yet to give something.
enum RestingDistance {
  /// Any domain may lend this much: a few rings' worth of grants.
  static let leastLent = Bytes.mib(32)
  /// FreeBSD's is 256 MiB, the hole for devices below 4 GiB; larger ones come with larger devices.
  static let widestHole = Bytes.mib(512)
  /// Neither is more than an eighth of the target.
  static let share: Int64 = 8

  /// Whether it may be lent: Linux' backends give pages back to Xen for as long as they map guests'
  /// grants in their place, and take them again (drivers/xen/balloon.c, alloc_xenballooned_pages).
  static func isLent(_ distance: Bytes, _ sight: BalloonFollower.Sight) -> Bool {
    guard distance < .zero, let target = sight.target else { return false }
    let most = sight.isBackend ? max(leastLent, target / share) : min(leastLent, target / share)
    return distance.magnitude <= most
  }

  /// Whether its kernel has all the memory that it counts: FreeBSD takes the end of its memory for its
  /// amount, with the hole below 4 GiB in it, and so gives that much too much back
  /// (sys/dev/xen/balloon/balloon.c, xenballoon_attach). MemTotal then is what it holds, or what its
  /// target says; a report that says neither explains nothing.
  static func isCountedIn(_ distance: Bytes, _ sight: BalloonFollower.Sight) -> Bool {
    guard distance < .zero, let target = sight.target, let total = sight.total,
      distance.magnitude <= min(widestHole, target / share)
    else { return false }
    return total >= sight.allocation - kernelsOwn(sight.allocation)
      && total <= target + BalloonFollower.tolerance
  }

  /// What a kernel keeps for itself before it counts its memory.
  private static func kernelsOwn(_ allocation: Bytes) -> Bytes { .mib(64) + allocation / 16 }
}
