/// XAPI's dynamic range of a domain, as `memory/dynamic-min` and `memory/dynamic-max` hold it: without
/// videoram.
///
/// Where XAPI owns the targets, this is what an operator sets. squeezed chooses the target within it.
public struct DynamicRange: Hashable, Sendable {
  /// `memory/dynamic-min`, the lowest target that squeezed may choose.
  public var low: Bytes
  /// `memory/dynamic-max`, the highest target that squeezed may choose.
  public var high: Bytes

  package init(low: Bytes, high: Bytes) {
    self.low = low
    self.high = high
  }

  /// The range that leaves squeezed no choice.
  public static func point(_ target: Bytes) -> DynamicRange {
    DynamicRange(low: target, high: target)
  }

  /// Whether both ends are the same target.
  public var isPoint: Bool { low == high }

  /// Whether a target, without videoram, is within the range, its ends included.
  public func contains(_ target: Bytes) -> Bool { low <= target && target <= high }

  /// "2.00G", or "1.00G to 4.00G".
  public var short: String { isPoint ? low.short : "\(low.short) to \(high.short)" }
}

/// What an order makes of a dynamic range.
package struct RangeChange: Hashable, Sendable {
  /// What it must still be when the order is written; what `u` gives back.
  package var from: DynamicRange
  package var to: DynamicRange

  package init(from: DynamicRange, to: DynamicRange) {
    self.from = from
    self.to = to
  }
}

extension DomainSample {
  /// nil where XAPI does not manage the domain.
  public var dynamicRange: DynamicRange? {
    guard let low = self.dynamicMin, let high = self.dynamicMax, low <= high else { return nil }
    return DynamicRange(low: low, high: high)
  }

  /// The operator's, where the regulator has set the one that is there.
  var operatorRange: DynamicRange? {
    dynamicRange.flatMap { self.keptRange?.operators(at: $0) }
  }

  /// The SIZE that the toolstack guarantees it (dynamic-min): nobody goes below it for another. A range
  /// of one point is no guarantee: it only says where the target is.
  var guaranteed: Bytes? {
    if dynamicRange?.isPoint == true { return nil }
    return self.dynamicMin.map { $0 + self.videoram }
  }
}
