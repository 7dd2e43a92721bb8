import MemtopCore

extension AppState {
  /// Recording has begun, ended, or ended by itself.
  mutating func follow(_ status: RecordingStatus) {
    let before = recording
    recording = status
    switch (before, status) {
    case (_, .on(let file, _)): say("Recording to \(file)")
    case (.on(let file, let since), .off): say("Recorded \((now - since).clock) to \(file)")
    case (_, .stopped(let why)): stay("Recording stopped: \(why). Esc dismisses this")
    case (_, .off): break
    }
  }

  /// On a domain's page a note is about it.
  mutating func askForNote() {
    if case .page = pages.layers.last { return ask(.note(list.cursor)) }
    ask(.note(nil))
  }

  mutating func finishNote(_ text: String, _ domain: DomainID?) -> [Effect] {
    pages.close()
    let text = text.trimmed
    guard !text.isEmpty else { return [] }
    say(recording.isOn ? "Noted" : "Noted for this run only; r starts a recording")
    return [.note(text: text, domain: domain)]
  }
}

extension Span {
  /// "00:12:31", as long as it lasts.
  var clock: String {
    let seconds = max(0, wholeSeconds)
    return Clock.two(seconds / 3600) + ":" + Clock.two(seconds / 60 % 60) + ":"
      + Clock.two(seconds % 60)
  }
}
