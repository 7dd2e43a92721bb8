/// What a piece of the screen is for; how that looks is the palette's matter.
public enum Ink: UInt8, CaseIterable, Hashable, Sendable {
  case plain, dim, strong
  case title, heading
  /// Keys in hints and help.
  case key
  case good, warning, danger
  case busy, cache, free, unknown
  case dom0, guests
  /// A target that is staged, not set.
  case staged
  /// The screen shows the past.
  case past
}

extension Alarm {
  var ink: Ink {
    switch self {
    case .none: .plain
    case .quiet: .dim
    case .warning: .warning
    case .danger: .danger
    }
  }
}

extension Verdict.Severity {
  var ink: Ink {
    switch self {
    case .allow: .good
    case .warn: .warning
    case .refuse, .never: .danger
    }
  }
}
