import MemtopCore

/// What the screen says of a host where XAPI owns the targets.
enum XAPIHostText {
  /// For the title: who owns the targets, and which guests squeezed has given up.
  static func notices(uncooperative count: Int) -> [StyledLine] {
    var notices = [StyledLine("targets through XAPI", .notice)]
    if count > 0 { notices.append(StyledLine("\(count) uncooperative", .warning)) }
    return notices
  }

  /// For the help.
  static let explanation = [
    ("targets", "XAPI owns them: a change sets the dynamic range, which XAPI keeps over reboots"),
    ("( )", "a domain's dynamic range in its bar; squeezed chooses the target in it"),
    ("u", "gives back the dynamic range as it was"),
    ("domains", "only running ones; halted VMs and templates are left out"),
  ]

  /// On a domain's page.
  static func rows(_ sample: DomainSample, _ owner: TargetOwner?) -> [PageFigures.Row] {
    var rows: [PageFigures.Row] = []
    if let range = sample.dynamicRange {
      rows.append(("Range", "", words(range, owner), .plain))
    }
    if sample.isUncooperative {
      let text =
        "uncooperative: it missed its target for 20 s, so squeezed takes no memory from it"
      rows.append(("squeezed", "", text, .warning))
    }
    return rows
  }

  private static func words(_ range: DynamicRange, _ owner: TargetOwner?) -> String {
    if range.isPoint { return "dynamic range of one point, \(range.short)" }
    let who = owner == nil ? "" : "; squeezed chooses the target in it"
    return "dynamic range \(range.short)" + who
  }
}

extension MemoryBar {
  /// The cells in which the dynamic range begins and ends; nil where there is none, or only one point.
  static func ends(of sample: DomainSample, most: Bytes, width: Int) -> (low: Int, high: Int)? {
    guard let range = sample.dynamicRange, !range.isPoint, width > 2 else { return nil }
    func cell(_ bytes: Bytes) -> Int {
      min(width - 1, Int(clamping: max(0, bytes.ratio(to: most) * Double(width))))
    }
    let (low, high) = (cell(range.low), cell(range.high))
    return low < high ? (low, high) : nil
  }
}
