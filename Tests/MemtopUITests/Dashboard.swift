@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

/// A dashboard in a test: keys and snapshots go in, effects and frames come out.
struct Dashboard {
  var state: AppState
  let history: any HistoryReader
  private(set) var effects: [Effect] = []

  init(
    columns: Int = 80, rows: Int = 24, readOnly: Bool = false,
    snapshot: Snapshot? = Samples.host(), history: any HistoryReader = EmptyHistory(),
    clock: LocalClock = .utc, source: ScreenSource = .host, filter: Filter = .none
  ) {
    self.history = history
    state = AppState(
      settings: ScreenSettings(isReadOnly: readOnly, clock: clock, source: source),
      size: ScreenSize(columns: columns, rows: rows), now: Samples.steady, filter: filter)
    if let snapshot { send(.snapshot(snapshot)) }
  }

  mutating func send(_ event: AppEvent) {
    effects = reduce(&state, event, history: history)
  }

  /// Presses keys by their names, as the command table writes them.
  mutating func press(_ names: String...) {
    for name in names { send(.key(Key(named: name)!)) }
  }

  mutating func type(_ text: String) {
    for character in text {
      send(.key(Key(named: character == " " ? "Space" : String(character))!))
    }
  }

  func frame(ascii: Bool = false) -> String {
    let frame = Screen.draw(state, history: history, glyphs: ascii ? .ascii : .unicode)
    return (0..<frame.height).map { frame.text($0) + "\n" }.joined()
  }

  var names: [String] {
    state.list.rows.map { state.shown!.domains[$0].name }
  }

  var cursorName: String? { state.selected?.name }
}

extension Key {
  init?(named name: String) {
    let keys: [Key] =
      [.up, .down, .pageUp, .pageDown, .home, .end, .enter, .escape, .backspace]
      + (1...12).map { .f($0) } + "ABCDEFGHIJKLMNOPQRSTUVWXYZ".map { .control($0) }
      + (0x20...0x7E).map { .character(Character(Unicode.Scalar($0))) }
    guard let key = keys.first(where: { $0.commandName == name }) else { return nil }
    self = key
  }
}
