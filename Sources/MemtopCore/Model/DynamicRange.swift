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
  /// What the operator had set, by the regulator's own memory: xenstore's goes with a domain that reboots,
  /// while XAPI keeps the regulator's range. nil where `from` is the operator's.
  package var operators: DynamicRange?

  package init(from: DynamicRange, to: DynamicRange, operators: DynamicRange? = nil) {
    (self.from, self.to, self.operators) = (from, to, operators)
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

/// The operator's dynamic range, kept in xenstore while the regulator has set another, so that a restarted
/// regulator can restore it.
package struct KeptRange: Hashable, Sendable {
  package var operators: DynamicRange
  /// What the regulator set; if the domain has another one by now, the operator's range is of the past.
  package var present: DynamicRange
  /// What the domain had before, while nothing tells yet whether `present` was set.
  package var former: DynamicRange?

  /// What must be kept before the regulator makes this change, so that whatever becomes of it, the
  /// operator's range is known.
  package init(before change: RangeChange, kept: KeptRange?) {
    operators = kept?.operators(at: change.from) ?? change.operators ?? change.from
    (present, former) = (change.to, change.from)
  }

  /// What stays kept once the change was made; nil where the operator's range came back.
  package var settled: KeptRange? {
    var settled = self
    settled.former = nil
    return present == operators ? nil : settled
  }

  /// The operator's range, where the domain has `range` now; nil if `range` is neither of the two.
  package func operators(at range: DynamicRange) -> DynamicRange? {
    range == present || range == former ? operators : nil
  }

  /// Reads "LOW HIGH LOW HIGH", or one pair more; nil for anything else.
  package init?(_ value: [UInt8]) {
    var words = Words(value[...])
    var ranges: [DynamicRange] = []
    while let first = words.next() {
      guard ranges.count < 3, let second = words.next(), let range = DynamicRange(first, second)
      else { return nil }
      ranges.append(range)
    }
    guard ranges.count >= 2 else { return nil }
    (operators, present) = (ranges[0], ranges[1])
    former = ranges.count == 3 ? ranges[2] : nil
  }

  package var bytes: [UInt8] {
    let ranges = [operators, present] + (former.map { [$0] } ?? [])
    return Array(ranges.map { "\($0.low.kib) \($0.high.kib)" }.joined(separator: " ").utf8)
  }
}

extension DynamicRange {
  /// Two numbers of KiB.
  init?(_ low: ArraySlice<UInt8>, _ high: ArraySlice<UInt8>) {
    guard let low = ReportText.number(low), let high = ReportText.number(high), low <= high,
      high <= ReportText.most
    else { return nil }
    self.init(low: .kib(low), high: .kib(high))
  }
}
