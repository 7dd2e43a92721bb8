import MemtopCore

/// Domains' names as a column of a table shows them: cut ones end in a sign, and where names read the same
/// each has its domid beside it.
package struct NameColumn: Sendable {
  /// In the order of the domains.
  package let texts: [String]
  /// Whether some read the same and were told apart.
  package let hasNamesakes: Bool

  package init(_ domains: [(name: String, domid: UInt16)], width: Int, sign: Unicode.Scalar) {
    let cut = domains.map { TextWidth.cut($0.name, to: width, sign: sign) }
    let bearers = cut.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    hasNamesakes = bearers.count < cut.count
    guard hasNamesakes else {
      texts = cut
      return
    }
    texts = zip(domains, cut).map { domain, text in
      bearers[text] == 1 ? text : Self.told(domain, width: width, sign: sign)
    }
  }

  /// "customer-a… (12)".
  private static func told(
    _ domain: (name: String, domid: UInt16), width: Int, sign: Unicode.Scalar
  ) -> String {
    let mark = " (\(domain.domid))"
    return TextWidth.cut(domain.name, to: max(1, width - mark.utf8.count), sign: sign) + mark
  }
}

/// What stands before the names of stub domains: a sign where their guest is in the row above, or only
/// other stub domains of it are in between.
struct StubSigns {
  /// Places in the snapshot's domains, in the order of the list.
  let rows: [Int]
  let snapshot: Snapshot
  let sign: Unicode.Scalar

  func sign(atRow row: Int) -> String {
    guard let guest = snapshot.guest(ofStubAt: rows[row]) else { return "" }
    let above = rows[..<row].last { snapshot.guest(ofStubAt: $0) != guest }
    return above == guest ? "\(sign) " : ""
  }
}
