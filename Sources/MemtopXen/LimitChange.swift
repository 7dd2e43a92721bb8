import MemtopCore

/// What one call of libxl makes of a domain's limit (max_pages). libxl sets it before the target, and
/// does not take it back where it then cannot set the target.
struct LimitChange: Hashable, Sendable {
  /// SIZE before; nil where there was no target.
  var from: Bytes?
  /// SIZE as ordered.
  var size: Bytes
  /// The limit before; nil is unlimited.
  var former: Bytes?

  /// What the limit is to be, where libxl left the one for `size` without its target: the former one,
  /// but neither less than the target needs nor less than the domain holds.
  ///
  /// - Parameters:
  ///   - limit: as it is now; nil is unlimited.
  ///   - present: SIZE as it is now; nil where there is no target.
  /// - Returns: nil where the limit may stay. One that this change did not set is somebody else's.
  func mended(_ limit: Bytes?, size present: Bytes?, holding held: Bytes) -> Bytes? {
    guard let present, present != size, limit == Self.limit(of: size) else { return nil }
    let least = max(Self.limit(of: present), held)
    // What is right for a target that somebody else has set does not follow from the former limit.
    let mended = present == from ? max(former ?? Self.limit(of: size), least) : least
    return mended == limit ? nil : mended
  }

  /// The limit that libxl sets for a SIZE (libxl_mem.c, libxl_set_memory_target; 1 MiB is
  /// LIBXL_MAXMEM_CONSTANT).
  static func limit(of size: Bytes) -> Bytes { (size + .mib(1)).rounded(downTo: .pages(1)) }
}
