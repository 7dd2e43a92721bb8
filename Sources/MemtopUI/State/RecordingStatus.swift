import MemtopCore

/// Whether what the screen samples is being recorded.
public enum RecordingStatus: Hashable, Sendable {
  case off
  /// Into this file, since then by the host's steady clock.
  case on(file: String, since: SteadyTime)
  /// It ended by itself; one line why.
  case stopped(why: String)

  public var isOn: Bool {
    if case .on = self { true } else { false }
  }
}

/// Where the snapshots on the screen come from.
public enum ScreenSource: Hashable, Sendable {
  case host
  /// A recording, by the name of its file.
  ///
  /// - Parameter follows: somebody is writing it, and its newest sample may be stayed on.
  case recording(name: String, follows: Bool)
}
