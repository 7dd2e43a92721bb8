import MemtopCore

/// What a piece of the screen says, not the colour it has: the terminal chooses that, or an
/// attribute where there are no colours.
package enum Ink: UInt8, CaseIterable, Sendable {
  /// Ordinary text.
  case plain
  /// What may be overlooked: units, separators, hints.
  case dim
  /// What should be found first.
  case strong
  case title
  /// From well to bad, in four steps.
  case good, notice, warning, alarm
  /// Something to be told apart, with no judgement in it.
  case accent
  /// The selected row.
  case cursor
  /// The parts of the memory bars.
  case barBusy, barCache, barFree, barDom0, barGuests, barXen
  /// A change that is proposed and not yet made.
  case staged
}

/// How a cell looks: a role and three attributes, in two bytes.
package struct Style: Hashable, Sendable {
  package var ink: Ink
  @usableFromInline var attributes: UInt8

  package init(
    _ ink: Ink = .plain, isReversed: Bool = false, isBold: Bool = false, isUnderlined: Bool = false
  ) {
    self.ink = ink
    attributes = (isReversed ? 1 : 0) | (isBold ? 2 : 0) | (isUnderlined ? 4 : 0)
  }

  @inlinable package static func == (a: Style, b: Style) -> Bool {
    a.ink.rawValue == b.ink.rawValue && a.attributes == b.attributes
  }

  package var isReversed: Bool {
    get { attributes & 1 != 0 }
    set { set(1, newValue) }
  }
  package var isBold: Bool {
    get { attributes & 2 != 0 }
    set { set(2, newValue) }
  }
  package var isUnderlined: Bool {
    get { attributes & 4 != 0 }
    set { set(4, newValue) }
  }

  private mutating func set(_ bit: UInt8, _ isOn: Bool) {
    attributes = isOn ? attributes | bit : attributes & ~bit
  }
}

extension Style {
  package static let plain = Style(.plain)
  package static let dim = Style(.dim)
  package static let strong = Style(.strong)
  package static let title = Style(.title)
  package static let good = Style(.good)
  package static let notice = Style(.notice)
  package static let warning = Style(.warning)
  package static let alarm = Style(.alarm)
  package static let accent = Style(.accent)
  package static let cursor = Style(.cursor)
  package static let staged = Style(.staged)
}

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
  func height(_ eighths: Int) -> Unicode.Scalar { eighths <= 0 ? " " : levels[min(8, eighths) - 1] }

  private var isASCII: Bool { self == .ascii }

  /// The row under the cursor, and where that row is tagged.
  var cursor: Unicode.Scalar { isASCII ? ">" : "›" }
  var cursorOnTag: Unicode.Scalar { isASCII ? "+" : "»" }
  /// A target that is not followed.
  var stuck: Unicode.Scalar { "!" }
  /// Memory that is free but spoken for; a quiet moment in a chart.
  var faint: Unicode.Scalar { isASCII ? "," : "·" }
}
