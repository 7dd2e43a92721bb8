/// What is asked of an order before and after it is written, on every host: where XAPI owns the targets it
/// changes a dynamic range, elsewhere a target.
extension TargetOrder {
  /// Whether someone else has changed the size or range that the order starts from.
  func isOvertaken(in snapshot: Snapshot) -> Bool {
    guard let range else { return snapshot.domain(domain)?.size != from }
    return snapshot.domain(domain)?.dynamicRange != range.from
  }

  /// A sentence that says what it was changed to; nil if it was not changed, or if that is unknown.
  package func overtaking(in snapshot: Snapshot) -> String? {
    guard let sample = snapshot.domain(domain), isOvertaken(in: snapshot) else { return nil }
    guard range == nil else { return sample.dynamicRange.map { RangeChange.overtaken(by: $0) } }
    return sample.size.map { Self.overtaken(by: $0) }
  }

  /// The same after it was written: where it started from may still be read.
  func overtaking(after sample: DomainSample) -> String? {
    guard let range else {
      guard let size = sample.size, size != to, size != from else { return nil }
      return Self.overtaken(by: size)
    }
    guard let present = sample.dynamicRange, present != range.to, present != range.from else {
      return nil
    }
    return RangeChange.overtaken(by: present)
  }

  /// Whether the target is where the order puts it. In a range it is wherever squeezed puts it.
  func isInPlace(_ sample: DomainSample) -> Bool {
    guard let range else { return sample.size == to }
    guard let target = sample.target, sample.dynamicRange == range.to else { return false }
    return range.to.contains(target)
  }
}
