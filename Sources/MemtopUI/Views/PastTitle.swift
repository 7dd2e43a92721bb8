import MemtopCore

/// What the title says of where in time the screen is, while it does not show the present.
struct PastTitle {
  let state: AppState
  let shown: Snapshot
  let glyphs: GlyphSet
  let range: ClosedRange<SteadyTime>?

  /// The most urgent first.
  var parts: [StyledLine] {
    guard case .recording(let name, _) = state.settings.source else {
      return [StyledLine(ofSession, .past)]
    }
    var parts = [StyledLine(ofRecording, .past)]
    if let problem = state.problem { parts.append(StyledLine(problem, .alarm)) }
    if let quiet { parts.append(StyledLine(quiet, .warning)) }
    parts.append(StyledLine(name, .strong))
    if let position { parts.append(StyledLine(position, .dim)) }
    return parts
  }

  /// When it is, from long to short: the instant, which in a gap is no sample's; with its day where
  /// that is not clear.
  var clocks: [String] {
    let clock = Clock(state.settings)
    let since = (state.instant ?? shown.steady) - shown.steady
    let time = state.playback.gap == nil ? shown.time : shown.time + since
    guard !state.settings.isReplay else { return [clock.dateAndTime(time), clock.time(time)] }
    return [clock.time(time, beside: state.live?.time ?? time)]
  }

  private var ofSession: String {
    guard case .past(_, let speed) = state.playback.timeline else { return "" }
    let ago = state.live.map { ", " + ($0.time - shown.time).short + " ago" } ?? ""
    return (speed.map { "PLAYING x\($0.rawValue)" } ?? "FROZEN") + ago
  }

  private var ofRecording: String {
    let isASCII = glyphs == .ascii
    switch state.playback.timeline {
    case .live: return ""
    case .following: return "FOLLOWING"
    case .past(_, let speed?): return "REPLAY " + (isASCII ? "> x" : "► ×") + "\(speed.rawValue)"
    case .past(let at, nil):
      let sign = isASCII ? "||" : "║"
      return "REPLAY \(sign) " + (at == range?.upperBound ? "end" : "paused" + pausedSpeed)
    }
  }

  /// How fast `z` would go on, where that is not as it happened.
  private var pausedSpeed: String {
    let speed = state.playback.speed
    return speed == .real ? "" : (glyphs == .ascii ? " x" : " ×") + "\(speed.rawValue)"
  }

  /// Somebody may have stopped writing.
  private var quiet: String? {
    guard state.playback.timeline == .following, let grewAt = state.playback.grewAt,
      state.now - grewAt > .seconds(15)
    else { return nil }
    return "nothing new for \((state.now - grewAt).short)"
  }

  private var position: String? {
    guard state.playback.timeline != .following, let range, let at = state.instant,
      range.lowerBound < range.upperBound
    else { return nil }
    let length = (range.upperBound - range.lowerBound).milliseconds
    let percent = Int64(100).scaled((at - range.lowerBound).milliseconds, over: length)
    return "\(min(100, max(0, percent)))%"
  }
}

/// What is shown of an instant at which nobody was looking: no figures, for those of before it
/// would be taken for its own.
struct GapView {
  let gap: ClosedRange<WallTime>
  let state: AppState

  func lines(width: Int) -> [StyledLine] {
    let words = GapText(gap, state).sentence
    let length = (gap.upperBound - gap.lowerBound).short
    let sentence = words.prefix(1).uppercased() + words.dropFirst() + ": \(length)."
    return [.blank] + StyledLine.wrapped(sentence, .warning, width: width - 2, indent: 2)
      + [.blank]
      + StyledLine.wrapped(
        "T goes to the last sample before the gap, t to the first after it.", .dim,
        width: width - 2, indent: 2)
  }
}

/// A stretch in which nobody was looking, in words.
struct GapText {
  let sentence: String

  init(_ gap: ClosedRange<WallTime>, _ state: AppState) {
    let clock = Clock(state.settings)
    let begin = clock.time(gap.lowerBound, beside: gap.upperBound)
    let end = clock.time(gap.upperBound, beside: gap.lowerBound)
    let what = state.settings.isReplay ? "no recording" : "no sample"
    sentence = "\(what) from \(begin) to \(end)"
  }
}
