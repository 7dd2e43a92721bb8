/// A value ready to be compared many times: no text is made or read while sorting numbers.
public enum SortKey: Comparable, Sendable {
  case number(Int64)
  case text(String)
  /// Sorts last, whichever way the rest goes.
  case missing

  public init(_ value: FieldValue) {
    switch value {
    case .bytes(let amount), .rate(let amount): self = .number(amount.count)
    case .seconds(let number), .count(let number): self = .number(number)
    case .percent(let hundredths): self = .number(Int64(hundredths))
    case .text(let text): self = .text(text)
    case .unreported, .absent: self = .missing
    }
  }
}

extension Field {
  /// Indices of `domains` ordered by this field: the biggest number, the worst word, or the first
  /// of plain words comes first.
  ///
  /// Ties keep the order of `domains`; domains without a value come last.
  public func order(of domains: [DomainSample], reversed: Bool = false) -> [Int] {
    var rows = domains.enumerated().map { (key: sortKey($1), index: $0) }
    let descending = (unit.isNumeric || isRanked) != reversed
    rows.sort { a, b in
      if a.key == b.key { return a.index < b.index }
      if a.key == .missing || b.key == .missing { return b.key == .missing }
      return descending ? a.key > b.key : a.key < b.key
    }
    return rows.map(\.index)
  }

  /// Words that have a worst.
  private var isRanked: Bool { id == .condition || id == .pressure }

  private func sortKey(_ sample: DomainSample) -> SortKey {
    switch id {
    case .condition: .number(Int64(Condition(sample).word.rawValue))
    case .pressure: sample.pressure.map { .number(Int64($0.rawValue)) } ?? .missing
    default: SortKey(value(sample))
    }
  }
}
