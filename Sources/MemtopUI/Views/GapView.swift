import MemtopCore

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
