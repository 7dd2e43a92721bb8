/// Which instant the screen shows.
public enum Timeline: Hashable, Sendable {
  case live
  case past(at: SteadyTime, playing: PlaySpeed?)

  public var isLive: Bool { self == .live }
}

/// How fast the past is played.
public enum PlaySpeed: Int64, CaseIterable, Hashable, Sendable {
  case real = 1
  case five = 5
  case thirty = 30
  case twoHundred = 200

  public var faster: PlaySpeed { Self.neighbour(of: self, by: 1) }
  public var slower: PlaySpeed { Self.neighbour(of: self, by: -1) }

  private static func neighbour(of speed: PlaySpeed, by step: Int) -> PlaySpeed {
    let place = allCases.firstIndex(of: speed)! + step
    return allCases[min(max(0, place), allCases.count - 1)]
  }
}
