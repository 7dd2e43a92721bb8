/// An order on a host where XAPI owns the targets: it changes the dynamic range, and squeezed sets the
/// target within that.
extension TargetOrder {
  /// The order as it is written on this host. Elsewhere it is the order itself.
  package func fitted(to snapshot: Snapshot) -> TargetOrder {
    guard snapshot.host.owner == .xapi, let sample = snapshot.domain(domain),
      let present = sample.dynamicRange
    else { return self }
    var order = self
    // squeezed may have moved the target meanwhile. That does not count as someone's change.
    order.from = sample.size
    order.range = range ?? RangeChange(from: present, to: .point(to - sample.videoram))
    return order
  }
}

extension RangeChange {
  var reversed: RangeChange { RangeChange(from: to, to: from) }

  /// Why a change is not made, or not followed any more.
  package static func overtaken(by range: DynamicRange) -> String {
    "someone else set its dynamic range to \(range.short) meanwhile"
  }

  /// What is wrong after a write: its own error, or the range that was read back. The target may take
  /// longer, because squeezed sets it.
  ///
  /// - Parameter contest: what is told where it replaced someone else's.
  func failure(_ outcome: TargetOutcome, contest: String) -> String? {
    switch outcome.ending {
    case .failed(let why): why + readBack(outcome)
    case .timedOut(let delay): "\(delay)" + readBack(outcome)
    case .notTried(let age): TargetOutcome.held(age)
    case .written:
      switch outcome.range {
      case nil: "the dynamic range could not be read back"
      case to: outcome.isContested ? contest : nil
      case let present?:
        outcome.isContested
          ? Self.overtaken(by: present)
          : "the dynamic range reads back as \(present.short), not \(to.short)"
      }
    }
  }

  private func readBack(_ outcome: TargetOutcome) -> String {
    guard let present = outcome.range else { return "; its dynamic range could not be read back" }
    return present == to ? "; but its dynamic range did change" : ""
  }
}

/// What the operator must know about such a change before agreeing to it.
extension RangeChange {
  /// One sentence for one order.
  package var sentence: String {
    to.isPoint
      ? "Dynamic range: \(from.short) now, only \(to.short) after."
      : "Dynamic range: \(from.short) now, \(to.short) after; squeezed chooses the target in it."
  }

  /// The same for all of them.
  package static let persists =
    "XAPI keeps the new range over reboots, and squeezed moves the balloon. u gives the old range back."

  /// The same on a screen of several hosts.
  package static let persistsElsewhere =
    "XAPI keeps the new range over reboots, and squeezed moves the balloon."
    + " Only xe vm-memory-dynamic-range-set on that host gives the old range back."

  /// In a shell: how the old range comes back.
  package static let persistsInShell =
    "XAPI keeps the new range over reboots; xe vm-memory-dynamic-range-set gives the old one back"
}
