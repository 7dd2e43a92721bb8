/// The operator's dynamic range, kept in xenstore while the regulator has set another, so that one that
/// was started anew can give it back.
public struct KeptRange: Hashable, Sendable {
  public var operators: DynamicRange
  /// What the regulator set; if the domain has another one by now, the operator's range is of the past.
  public var present: DynamicRange

  /// What is to be kept when the regulator makes this change; nil where the operator's range comes back.
  public init?(after change: RangeChange, former: KeptRange?) {
    operators = former.flatMap { $0.present == change.from ? $0.operators : nil } ?? change.from
    present = change.to
    if present == operators { return nil }
  }

  /// Reads "LOW HIGH LOW HIGH"; nil for anything else.
  public init?(_ value: [UInt8]) {
    var words = Words(value[...])
    var sizes: [Bytes] = []
    while let digits = words.next() {
      guard sizes.count < 4, let number = ReportText.number(digits), number <= ReportText.most
      else {
        return nil
      }
      sizes.append(.kib(number))
    }
    guard sizes.count == 4, sizes[0] <= sizes[1], sizes[2] <= sizes[3] else { return nil }
    operators = DynamicRange(low: sizes[0], high: sizes[1])
    present = DynamicRange(low: sizes[2], high: sizes[3])
  }

  public var bytes: [UInt8] {
    let sizes = [operators.low, operators.high, present.low, present.high]
    return Array(sizes.map { "\($0.kib)" }.joined(separator: " ").utf8)
  }
}
