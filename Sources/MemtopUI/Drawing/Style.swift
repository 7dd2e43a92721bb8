import MemtopCore

/// What a piece of the screen says, not the colour it has: the terminal chooses that, or an
/// attribute where there are no colours.
public enum Ink: UInt8, CaseIterable, Sendable {
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
public struct Style: Hashable, Sendable {
  public var ink: Ink
  private var attributes: UInt8

  public init(
    _ ink: Ink = .plain, isReversed: Bool = false, isBold: Bool = false, isUnderlined: Bool = false
  ) {
    self.ink = ink
    attributes = (isReversed ? 1 : 0) | (isBold ? 2 : 0) | (isUnderlined ? 4 : 0)
  }

  public var isReversed: Bool {
    get { attributes & 1 != 0 }
    set { set(1, newValue) }
  }
  public var isBold: Bool {
    get { attributes & 2 != 0 }
    set { set(2, newValue) }
  }
  public var isUnderlined: Bool {
    get { attributes & 4 != 0 }
    set { set(4, newValue) }
  }

  private mutating func set(_ bit: UInt8, _ isOn: Bool) {
    attributes = isOn ? attributes | bit : attributes & ~bit
  }
}

extension Style {
  public static let plain = Style(.plain)
  public static let dim = Style(.dim)
  public static let strong = Style(.strong)
  public static let title = Style(.title)
  public static let good = Style(.good)
  public static let notice = Style(.notice)
  public static let warning = Style(.warning)
  public static let alarm = Style(.alarm)
  public static let accent = Style(.accent)
  public static let cursor = Style(.cursor)
  public static let staged = Style(.staged)
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
