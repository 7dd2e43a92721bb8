extension MemoryPolicy {
  /// What cannot come true of what was written for a domain, each as the end of "web1: …".
  ///
  /// Sections add up, so that no single one of them need be wrong.
  public func doubts(staticMax: Bytes?) -> [String] {
    var doubts: [String] = []
    if handsOff, isRegulated {
      doubts.append("regulate = yes means nothing beside hands-off = yes")
    }
    if let floor, let ceiling, floor > ceiling {
      doubts.append(
        "its floor, \(floor.short), is above its ceiling, \(ceiling.short); the ceiling holds")
    }
    if let floor, let staticMax, floor > staticMax {
      doubts.append(
        "its floor, \(floor.short), is above its static-max, \(staticMax.short); static-max holds")
    }
    return doubts
  }
}
