import MemtopCore

/// One thing that a key does: the vocabulary of the key map, help, footer hints and the manual.
///
/// Declared once, in `Command.table`: with what it does, and its rank in each key bar.
package struct Command: Sendable {
  package enum Group: String, CaseIterable, Hashable, Sendable {
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

  package let id: ID
  package let group: Group
  /// Keys by their names, the one to teach first: "]", "F8", "^U", "PgDn", "Space".
  package let keys: [String]
  /// A word or two for the footer.
  package let title: String
  /// A line for help and the manual.
  package let help: String
  package let modes: Modes
  /// It does not exist where nothing may be changed.
  package let changesHost: Bool
  /// It changes nothing, but wants a host that is being sampled: in replay it does not exist.
  package let wantsHost: Bool
  /// It does nothing where the list is empty.
  let wantsDomain: Bool
  /// In which key bars it stands, and where: the lowest rank first.
  let bar: KeyValuePairs<KeyBar, Int>
  /// What the key bar says, where that is not the title; nil where it has nothing to do.
  let hint: (@Sendable (AppState) -> String?)?
  let act: Act

  init(
    _ id: ID, _ group: Group, _ keys: [String], _ title: String, _ help: String, _ modes: Modes,
    changesHost: Bool = false, wantsHost: Bool = false, wantsDomain: Bool = false,
    bar: KeyValuePairs<KeyBar, Int> = [:],
    hint: (@Sendable (AppState) -> String?)? = nil, _ act: Act
  ) {
    self.id = id
    self.group = group
    self.keys = keys
    self.title = title
    self.help = help
    self.modes = modes
    self.changesHost = changesHost
    self.wantsHost = wantsHost
    self.wantsDomain = wantsDomain
    self.bar = bar
    self.hint = hint
    self.act = act
  }

  /// The command with this id.
  package static func of(_ id: ID) -> Command { table[places[id]!] }

  private static let places = Dictionary(
    table.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })

  /// What a key means in a mode; nil where it means nothing, or may not.
  package static func named(by key: String, in mode: Mode, _ settings: ScreenSettings) -> Command? {
    let command = table.first { $0.modes.contains(mode) && $0.keys.contains(key) }
    guard let command, command.exists(settings) else { return nil }
    return command
  }

  /// Whether there is such a command on this screen.
  package func exists(_ settings: ScreenSettings) -> Bool {
    settings.isReplay ? !changesHost && !wantsHost : !(settings.isReadOnly && changesHost)
  }
}

/// What a command does.
struct Act: Sendable {
  let run: @Sendable (inout AppState, any HistoryReader) -> [Effect]

  /// It changes the screen's state.
  static func state(_ change: @escaping @Sendable (inout AppState) -> Void) -> Act {
    Act { state, _ in
      change(&state)
      return []
    }
  }

  /// It changes the state by what there is in the past.
  static func history(
    _ change: @escaping @Sendable (inout AppState, any HistoryReader) -> Void
  ) -> Act {
    Act { state, history in
      change(&state, history)
      return []
    }
  }

  /// It stages targets, where that may be done now.
  static func staging(_ stage: @escaping @Sendable (inout AppState) -> Void) -> Act {
    .state { $0.stage(stage) }
  }

  /// It is done outside, too.
  static func effects(
    _ act: @escaping @Sendable (inout AppState, any HistoryReader) -> [Effect]
  ) -> Act {
    Act(run: act)
  }
}

/// The last line of the screen, which lists the most useful keys: one for each mode that has any, and
/// others in replay.
enum KeyBar: Int, CaseIterable {
  case list, listStaged, listPast, replayList
  case page, pageStaged, pagePast, replayPage
  case help, progress, events

  /// nil where the line has something else.
  init?(_ mode: Mode, isReplay: Bool) {
    switch mode {
    case .list: self = .list
    case .listStaged: self = .listStaged
    case .listPast: self = isReplay ? .replayList : .listPast
    case .page: self = .page
    case .pageStaged: self = .pageStaged
    case .pagePast: self = isReplay ? .replayPage : .pagePast
    case .help: self = .help
    case .progress: self = .progress
    case .events: self = .events
    case .review, .prompt: return nil
    }
  }

  /// The most useful first: the line is cut where it ends.
  var commands: [Command] { Self.table[rawValue] }

  private static let table = allCases.map { bar in
    Command.table.compactMap { command in
      command.bar.first { $0.key == bar }.map { (rank: $0.value, command) }
    }.sorted { $0.rank < $1.rank }.map(\.1)
  }
}

extension Command {
  package enum ID: String, CaseIterable, Hashable, Sendable {
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
}
