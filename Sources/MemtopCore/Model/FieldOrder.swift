/// A value ready to be compared many times: no text is made or read while sorting numbers.
package enum SortKey: Comparable, Sendable {
  case number(Int64)
  case text(String)
  /// Sorts last, whichever way the rest goes.
  case missing

  package init(_ value: FieldValue) {
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
  package func order(of domains: some Sequence<DomainSample>, reversed: Bool = false) -> [Int] {
    var rows = domains.enumerated().map { (key: sortKey($1), index: $0) }
    let descending = (unit.isNumeric || rank != nil) != reversed
    rows.sort { a, b in
      if a.key == b.key { return a.index < b.index }
      if a.key == .missing || b.key == .missing { return b.key == .missing }
      return descending ? a.key > b.key : a.key < b.key
    }
    return rows.map(\.index)
  }

  private func sortKey(_ sample: DomainSample) -> SortKey {
    guard let rank else { return SortKey(value(sample)) }
    return rank(sample).map { .number(Int64($0)) } ?? .missing
  }
}

extension ReportHealth {
  /// The worst has the most.
  var rank: Int {
    switch self {
    case .fresh: 0
    case .unknownAge: 1
    case .silent: 2
    case .stale: 3
    case .implausible: 4
    case .unreadable: 5
    }
  }
}

extension DomainState {
  /// The worst has the most.
  var rank: Int {
    switch self {
    case .running: 0
    case .reading: 1
    case .paused: 2
    case .booting: 3
    case .building: 4
    case .migrating: 5
    case .shutdown: 6
    case .dying: 7
    case .stuck: 8
    case .crashed: 9
    }
  }
}
