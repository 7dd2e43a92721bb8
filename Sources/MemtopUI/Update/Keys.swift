import MemtopCore

extension AppState {
  mutating func press(_ key: Key, _ history: any HistoryReader) -> [Effect] {
    if case .pasted = key, !takesPaste { return [] }
    if plan.isTooSmall, !isOfTheProgram(key) { return [] }
    // Esc closes an open page or prompt first, and a lasting message after that. One that came while a
    // line is being typed was not seen yet.
    if message?.stays != true {
      if mode != .prompt { message = nil }
    } else if key == .escape, pages.layers.isEmpty {
      return putAway()
    }
    list.touch()
    if let name = key.commandName,
      let command = Command.named(by: name, in: mode, settings)
    {
      return command.act.run(&self, history)
    }
    if let why = whyNothing(key) {
      say(why.text, why.alarm)
      return []
    }
    switch mode {
    case .prompt: return type(key, history)
    case .review:
      // One that closed it would leave the keys after it to the list, where they change targets.
      if let review = pages.review { say(review.choice, .warning) }
      return []
    case .list, .listStaged, .listPast, .page, .pageStaged, .pagePast, .help, .progress, .events:
      return []
    }
  }

  /// Whether the key only quits, redraws or suspends.
  private func isOfTheProgram(_ key: Key) -> Bool {
    let command = key.commandName.flatMap { Command.named(by: $0, in: mode, settings) }
    return command.map { [.quit, .redraw, .suspend].contains($0.id) } ?? false
  }

  private var takesPaste: Bool {
    if case .prompt(let prompt) = pages.layers.last { prompt.takesPaste } else { false }
  }

  /// What is said of a key that would do something elsewhere; nil where it never does.
  private func whyNothing(_ key: Key) -> (text: String, alarm: Alarm)? {
    if isOfThePresent(key) {
      return (
        settings.isReplay
          ? "This is a recording: there is no host to change"
          : "This is the past. Press L for live, where targets can be set", .warning
      )
    }
    if isOfThePast(key) {
      return ("z freezes the screen; then this key moves through the past", .quiet)
    }
    if isForbidden(key) {
      return ("memtop was started with --read-only: nothing on the host can be changed", .warning)
    }
    return waitsForStaged(key) ? ("Apply or drop what is staged first", .warning) : nil
  }

  /// It would change a target if this were live.
  private func isOfThePresent(_ key: Key) -> Bool {
    guard mode == .listPast || mode == .pagePast, let name = key.commandName else { return false }
    let live: Mode = mode == .listPast ? .list : .page
    let command = Command.named(
      by: name, in: live, ScreenSettings(isReadOnly: settings.isReadOnly))
    return command.map { $0.changesHost || settings.isReplay && $0.wantsHost } ?? false
  }

  /// It would move through the past if that were on the screen.
  private func isOfThePast(_ key: Key) -> Bool {
    guard mode == .list || mode == .page, let name = key.commandName else { return false }
    return Command.named(by: name, in: mode == .list ? .listPast : .pagePast, settings) != nil
  }

  /// It would change the host if that were allowed.
  private func isForbidden(_ key: Key) -> Bool {
    guard settings.isReadOnly, let name = key.commandName else { return false }
    return Command.named(by: name, in: mode, ScreenSettings())?.changesHost == true
  }

  /// It would do something if nothing were staged.
  private func waitsForStaged(_ key: Key) -> Bool {
    guard mode == .listStaged || mode == .pageStaged, let name = key.commandName else {
      return false
    }
    return Command.named(by: name, in: mode == .listStaged ? .list : .page, settings) != nil
  }

  mutating func toggleHelp() {
    mode == .help ? closeInnermost() : pages.open(.help(top: 0))
  }

  /// Nothing is open, staged or filtered.
  var isAtRoot: Bool {
    pages.layers.isEmpty && staging.isEmpty && list.filter.isEmpty
      && (playback.timeline.isLive || settings.isReplay)
  }

  /// A message that would stay is read.
  private mutating func putAway() -> [Effect] {
    message = nil
    return []
  }

  mutating func closeOne() -> [Effect] {
    closeInnermost()
    return []
  }

  /// Takes away the last layer, else what is staged, else the past, else the filter.
  mutating func closeInnermost() {
    if pages.close() != nil { return }
    if !staging.isEmpty { return dropStaged() }
    if !playback.timeline.isLive, !settings.isReplay { return goLive() }
    list.show(only: .none)
    relist()
  }
}
