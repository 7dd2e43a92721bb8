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
