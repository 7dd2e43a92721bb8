import MemtopCore

/// Which look and which sign the screen's own notions have.
extension Style {
  static let heading = Style(.dim, isUnderlined: true)
  /// A key in hints and help.
  static let key = Style(.accent, isBold: true)
  /// The screen shows the past.
  static let past = Style(.notice, isReversed: true)
}

extension Alarm {
  var style: Style {
    switch self {
    case .none: .plain
    case .quiet: .notice
    case .warning: .warning
    case .danger: .alarm
    }
  }
}

extension Verdict.Severity {
  var style: Style {
    switch self {
    case .allow: .good
    case .warn: .warning
    case .refuse, .never: .alarm
    }
  }
}

extension GlyphSet {
  /// Of 0...8 eighths of a cell from below; nothing is blank.
  func height(_ eighths: Int) -> Character { eighths <= 0 ? " " : levels[min(8, eighths) - 1] }

  private var isASCII: Bool { self == .ascii }

  /// The row under the cursor, and where that row is tagged.
  var cursor: Character { isASCII ? ">" : "›" }
  var cursorOnTag: Character { isASCII ? "+" : "»" }
  /// A target that is not followed.
  var stuck: Character { "!" }
  /// Memory that is free but spoken for; a quiet moment in a chart.
  var faint: Character { isASCII ? "," : "·" }
}
