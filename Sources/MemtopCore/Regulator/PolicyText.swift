extension MemoryPolicy {
  /// In an operator's words: "keeps 25% beside busy, from 512M to 8.00G".
  public var sentence: String {
    if handsOff { return "hands off" }
    var parts = ["keeps \(reserve.text) on top of busy"]
    switch (floor, ceiling) {
    case (let floor?, let ceiling?): parts.append("from \(floor.short) to \(ceiling.short)")
    case (let floor?, nil): parts.append("never below \(floor.short)")
    case (nil, let ceiling?): parts.append("never above \(ceiling.short)")
    case (nil, nil): break
    }
    if weight != MemoryPolicy().weight { parts.append("weight \(weight)") }
    return parts.joined(separator: ", ")
  }
}

extension MemoryPolicy.Reserve {
  /// As the policy file has it.
  public var text: String {
    switch self {
    case .size(let size): size.short
    case .share(let percent): "\(percent)%"
    }
  }
}
