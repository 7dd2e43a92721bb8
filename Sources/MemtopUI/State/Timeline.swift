import MemtopCore

/// Which instant the screen shows.
public enum Timeline: Hashable, Sendable {
  case live
  case past(at: SteadyTime, playing: PlaySpeed?)
  /// The newest sample of a recording that somebody is writing, whenever there is a newer one.
  case following

  public var isLive: Bool { self == .live }

  /// What is shown is as new as it can be.
  var isNewest: Bool {
    switch self {
    case .live, .following: true
    case .past: false
    }
  }

  var isPlaying: Bool {
    if case .past(_, .some) = self { true } else { false }
  }
}

/// How many times as fast as it happened the past is played.
public enum PlaySpeed: Int64, CaseIterable, Hashable, Sendable {
  case real = 1
  case two = 2
  case five = 5
  case ten = 10
  case thirty = 30
  case sixty = 60
  case twoHundred = 200
  case sixHundred = 600

  public var faster: PlaySpeed { Self.neighbour(of: self, by: 1) }
  public var slower: PlaySpeed { Self.neighbour(of: self, by: -1) }

  private static func neighbour(of speed: PlaySpeed, by step: Int) -> PlaySpeed {
    let place = allCases.firstIndex(of: speed)! + step
    return allCases[min(max(0, place), allCases.count - 1)]
  }
}
