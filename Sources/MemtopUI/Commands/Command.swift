import MemtopCore

/// One thing that a key does: the vocabulary of the key map, help, footer hints and the manual.
///
/// Declared once, in `Command.table`.
public struct Command: Sendable {
  public enum ID: String, CaseIterable, Hashable, Sendable {
    case help, close, escape, quit, redraw, suspend, interval
    case up, down, pageUp, pageDown, halfUp, halfDown, first, last
    case openPage, sortLeft, sortRight, reverse, filter, tag, tagAll, spark, freeze
    case longer, shorter
    case raise, lower, stepBigger, stepSmaller, size, advice, free, nudge, undo, regulate
    case review, drop, apply, dropRefused
    case sampleOn, sampleBack, goToTime, nextEvent, previousEvent, firstSample, lastSample
    case play, slower, faster, live
    case events, goToEvent, filterEvents
    case record, note
  }

  public enum Group: String, CaseIterable, Hashable, Sendable {
    case everywhere = "Everywhere"
    case list = "List"
    case page = "Domain page"
    case change = "Change a target"
    case staged = "Staged"
    case review = "Review"
    case record = "Recording"
    case history = "History"
    case events = "Events"
  }

  public let id: ID
  public let group: Group
  /// Keys by their names, the one to teach first: "]", "F8", "^U", "PgDn", "Space".
  public let keys: [String]
  /// A word or two for the footer.
  public let title: String
  /// A line for help and the manual.
  public let help: String
  public let modes: Modes
  /// It does not exist where nothing may be changed.
  public let changesHost: Bool
  /// It changes nothing, but wants a host that is being sampled: in replay it does not exist.
  public let wantsHost: Bool

  init(
    _ id: ID, _ group: Group, _ keys: [String], _ title: String, _ help: String, _ modes: Modes,
    changesHost: Bool = false, wantsHost: Bool = false
  ) {
    self.id = id
    self.group = group
    self.keys = keys
    self.title = title
    self.help = help
    self.modes = modes
    self.changesHost = changesHost
    self.wantsHost = wantsHost
  }

  /// The command with this id.
  public static func of(_ id: ID) -> Command { table.first { $0.id == id }! }

  /// What a key means in a mode; nil where it means nothing, or may not.
  public static func named(by key: String, in mode: Mode, _ settings: ScreenSettings) -> Command? {
    let command = table.first { $0.modes.contains(mode) && $0.keys.contains(key) }
    guard let command, command.exists(settings) else { return nil }
    return command
  }

  /// Whether there is such a command on this screen.
  public func exists(_ settings: ScreenSettings) -> Bool {
    settings.isReplay ? !changesHost && !wantsHost : !(settings.isReadOnly && changesHost)
  }
}
