extension Command {
  /// Every command, in the order of the help screen.
  public static let table: [Command] =
    everywhere + list + page + change + staged + review + record + history + events

  private static let everywhere: [Command] = [
    Command(
      .help, .everywhere, ["?", "h", "F1"], "help", "this help",
      .everywhere.subtracting(Modes(.review))),
    Command(
      .close, .everywhere, ["q"], "quit", "close the innermost thing, then quit",
      .everywhere.subtracting(Modes(.review))),
    Command(
      .escape, .everywhere, ["Esc"], "close", "close the innermost thing",
      .everywhere.subtracting(Modes(.review)).subtracting(.staged)),
    Command(.quit, .everywhere, ["^C"], "quit", "quit", .all),
    Command(.redraw, .everywhere, ["^L"], "redraw", "draw the screen anew", .all),
    Command(
      .suspend, .everywhere, ["^Z"], "suspend", "back to the shell; fg returns", .all),
    Command(
      .interval, .everywhere, ["d"], "interval", "seconds between samples", .browsing,
      wantsHost: true),
  ]

  private static let moving = Modes.browsing.union(Modes(.help, .review, .progress, .events))

  private static let list: [Command] = [
    Command(.up, .list, ["Up", "k"], "up", "up; on a page, the domain before", moving),
    Command(.down, .list, ["Down", "j"], "down", "down; on a page, the next domain", moving),
    Command(.pageUp, .list, ["PgUp"], "page up", "a screen up", moving),
    Command(.pageDown, .list, ["PgDn"], "page down", "a screen down", moving),
    Command(.halfUp, .list, ["^U"], "half up", "half a screen up", moving),
    Command(.halfDown, .list, ["^D"], "half down", "half a screen down", moving),
    Command(.first, .list, ["g", "Home"], "first", "to the first", moving),
    Command(.last, .list, ["G", "End"], "last", "to the last", moving),
    Command(
      .openPage, .list, ["Enter"], "page", "the domain's own page, with charts",
      Modes(.list, .listPast)),
    Command(.sortLeft, .list, ["<"], "sort left", "sort by the column to the left", .lists),
    Command(.sortRight, .list, [">"], "sort right", "sort by the column to the right", .lists),
    Command(.reverse, .list, ["I"], "reverse", "turn the order round", .lists),
    Command(
      .filter, .list, ["/"], "filter", "show only some: web  tight  busy>2G  alloc>50%  os:debian",
      .lists),
    Command(.tag, .list, ["Space"], "tag", "tag, to change several together", .lists),
    Command(.tagAll, .list, ["*"], "tag all", "tag all shown, or none", .lists),
    Command(
      .spark, .list, ["s"], "graph", "graph another figure: its heading says which", .lists),
    Command(
      .freeze, .list, ["z"], "freeze", "hold the screen still; sampling goes on", .live,
      wantsHost: true),
  ]

  private static let page: [Command] = [
    Command(.shorter, .page, ["<"], "zoom in", "less time on the charts", .pages),
    Command(.longer, .page, [">"], "zoom out", "more time on the charts", .pages),
  ]

  private static let change: [Command] = [
    Command(
      .raise, .change, ["]", "F8", "+"], "raise", "stage one step more", .changing,
      changesHost: true),
    Command(
      .lower, .change, ["[", "F7", "-"], "lower", "stage one step less", .changing,
      changesHost: true),
    Command(
      .stepBigger, .change, ["}"], "bigger step", "double the step", .changing, changesHost: true),
    Command(
      .stepSmaller, .change, ["{"], "smaller step", "halve the step", .changing, changesHost: true),
    Command(
      .size, .change, ["e"], "target", "type a target: 2G  +10%  -256M  max  busy+512M", .changing,
      changesHost: true),
    Command(
      .advice, .change, ["a"], "advice", "stage the advice for this domain or the tagged",
      .changing,
      changesHost: true),
    Command(
      .free, .change, ["F"], "free", "free an amount on the host", .changing, changesHost: true),
    Command(
      .regulate, .change, ["M"], "regulate",
      "hand this domain or the tagged to memtop regulate, or take them back", .changing,
      changesHost: true),
    Command(
      .undo, .change, ["u"], "undo", "stage the way back from the last change", .changing,
      changesHost: true),
  ]

  private static let staged: [Command] = [
    Command(
      .review, .staged, ["Enter"], "review", "look at what is staged before applying it", .staged,
      changesHost: true),
    Command(
      .drop, .staged, ["Esc"], "drop", "drop what is staged", .staged, changesHost: true),
  ]

  private static let review: [Command] = [
    Command(
      .apply, .review, ["y"], "apply", "apply; where warned, asks for the word yes", Modes(.review),
      changesHost: true),
    Command(
      .dropRefused, .review, ["x"], "drop refused", "drop what the guard refuses, keep the rest",
      Modes(.review), changesHost: true),
  ]

  private static let record: [Command] = [
    Command(
      .record, .record, ["r"], "record", "start or stop recording to a file", .changing,
      wantsHost: true),
    Command(
      .note, .record, ["m"], "note", "a note: of the host, or of the domain whose page is open",
      .changing, wantsHost: true),
  ]

  private static let history: [Command] = [
    Command(.play, .history, ["z"], "play", "play or pause", .past),
    Command(.sampleOn, .history, ["t"], "on", "a sample on", .past),
    Command(.sampleBack, .history, ["T"], "back", "a sample back", .past),
    Command(.nextEvent, .history, ["n"], "next event", "to the next event", .past),
    Command(.previousEvent, .history, ["p"], "event before", "to the event before", .past),
    Command(
      .goToTime, .history, ["b"], "go to",
      "go to a time: 14:02  -5m  2026-11-20 03:10", .past.union(.live)),
    Command(.firstSample, .history, ["("], "first", "to the first sample", .past),
    Command(.lastSample, .history, [")"], "last", "to the last sample", .past),
    Command(.slower, .history, [","], "slower", "play slower", .past),
    Command(.faster, .history, ["."], "faster", "play faster, up to 600 times", .past),
    Command(
      .live, .history, ["L"], "live", "back to now; in a recording, to its newest sample", .past),
  ]

  private static let events: [Command] = [
    Command(
      .events, .events, ["E"], "events",
      "all events; on a page, those of its domain",
      .live.union(.past).union(Modes(.events))),
    Command(
      .goToEvent, .events, ["Enter"], "go there", "go to the moment of the event", Modes(.events)),
    Command(
      .filterEvents, .events, ["/"], "filter", "show only some: db2  thrashing  stale  target",
      Modes(.events)),
  ]
}
