extension Bytes {
  /// The smallest amount of memory that matters to a domain of this size: max(16 MiB, 1/32 of it).
  ///
  /// Advice leaves smaller differences alone, and a guest with less than this available cannot take
  /// even the next usual step of its demand.
  var leastStep: Bytes { max(.mib(16), self / 32) }
}
