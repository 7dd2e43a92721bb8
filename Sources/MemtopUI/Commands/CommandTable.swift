import MemtopCore

extension Command {
  /// Every command, in the order of the help screen.
  public static let table: [Command] =
    everywhere + list + page + change + staged + review + record + history + events

  private static let everywhere: [Command] = [
    Command(
      .help, .everywhere, ["?", "h", "F1"], "help", "this help",
      .everywhere.subtracting(Modes(.review))),
    Command(
      .close, .everywhere, ["q"], "quit", "go back; on the list, quit",
      .everywhere.subtracting(Modes(.review))),
    Command(
      .escape, .everywhere, ["Esc"], "close", "go back",
      .everywhere.subtracting(Modes(.review)).subtracting(.staged)),
    Command(.quit, .everywhere, ["^C"], "quit", "quit", .all),
    Command(.redraw, .everywhere, ["^L"], "redraw", "redraw", .all),
    Command(
      .suspend, .everywhere, ["^Z"], "suspend", "suspend to the shell; fg returns", .all),
    Command(
      .interval, .everywhere, ["d"], "interval", "seconds between samples", .browsing,
      wantsHost: true),
  ]

  private static let moving = Modes.browsing.union(Modes(.help, .review, .progress, .events))

  private static let list: [Command] = [
    Command(.up, .list, ["Up", "k"], "up", "up; on a page, the previous domain", moving),
    Command(.down, .list, ["Down", "j"], "down", "down; on a page, the next domain", moving),
    Command(.pageUp, .list, ["PgUp"], "page up", "one screen up", moving),
    Command(.pageDown, .list, ["PgDn"], "page down", "one screen down", moving),
    Command(.halfUp, .list, ["^U"], "half up", "half a screen up", moving),
    Command(.halfDown, .list, ["^D"], "half down", "half a screen down", moving),
    Command(.first, .list, ["g", "Home"], "first", "to the first", moving),
    Command(.last, .list, ["G", "End"], "last", "to the last", moving),
    Command(
      .openPage, .list, ["Enter"], "page", "open the domain's page, with charts",
      Modes(.list, .listPast)),
    Command(.sortLeft, .list, ["<"], "sort left", "sort by the column to the left", .lists),
    Command(.sortRight, .list, [">"], "sort right", "sort by the column to the right", .lists),
    Command(.reverse, .list, ["I"], "reverse", "reverse sort", .lists),
    Command(
      .filter, .list, ["/"], "filter", "show only some: web  tight  busy>2G  alloc>50%  os:debian",
      .lists),
    Command(
      .tag, .list, ["Space"], "tag", "tag or untag, to change several domains together", .lists),
    Command(.tagAll, .list, ["*"], "tag all", "tag all shown, or untag all", .lists),
    Command(
      .spark, .list, ["s"], "graph", "show the next field in the graph column", .lists),
    Command(
      .freeze, .list, ["z"], "freeze", "freeze the screen; sampling continues", .live,
      wantsHost: true),
  ]

  private static let page: [Command] = [
    Command(.shorter, .page, ["<"], "zoom in", "zoom the charts in", .pages),
    Command(.longer, .page, [">"], "zoom out", "zoom the charts out", .pages),
  ]

  private static let change: [Command] = [
    Command(
      .raise, .change, ["]", "F8", "+"], "raise", "stage a target one step higher", .changing,
      changesHost: true),
    Command(
      .lower, .change, ["[", "F7", "-"], "lower", "stage a target one step lower", .changing,
      changesHost: true),
    Command(
      .stepBigger, .change, ["}"], "bigger step", "double the step", .changing, changesHost: true),
    Command(
      .stepSmaller, .change, ["{"], "smaller step", "halve the step", .changing, changesHost: true),
    Command(
      .size, .change, ["e"], "target", "type a target: 2G  +10%  -256M  max  busy+512M", .changing,
      changesHost: true),
    Command(
      .advice, .change, ["a"], "advice", "stage the advice for this or the tagged domains",
      .changing,
      changesHost: true),
    Command(
      .free, .change, ["F"], "free", "free memory on the host", .changing, changesHost: true),
    Command(
      .regulate, .change, ["M"], "regulate",
      "hand this or the tagged domains to the regulator, or take them back", .changing,
      changesHost: true),
    Command(
      .nudge, .change, ["w"], "nudge", "wake a stuck balloon: stage what it holds, then its target",
      .changing, changesHost: true),
    Command(
      .undo, .change, ["u"], "undo", "stage the targets from before the last change", .changing,
      changesHost: true),
  ]

  private static let staged: [Command] = [
    Command(
      .review, .staged, ["Enter"], "review", "review what is staged", .staged,
      changesHost: true),
    Command(
      .drop, .staged, ["Esc"], "drop", "drop what is staged", .staged, changesHost: true),
  ]

  private static let review: [Command] = [
    Command(
      .apply, .review, ["y"], "apply", "apply; a warning asks for a typed yes", Modes(.review),
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
      .note, .record, ["m"], "note", "add a note about the host or the open domain page",
      .changing, wantsHost: true),
  ]

  private static let history: [Command] = [
    Command(.play, .history, ["z"], "play", "play or pause", .past),
    Command(.sampleOn, .history, ["t"], "next", "next sample", .past),
    Command(.sampleBack, .history, ["T"], "previous", "previous sample", .past),
    Command(.nextEvent, .history, ["n"], "next event", "next event", .past),
    Command(.previousEvent, .history, ["p"], "previous event", "previous event", .past),
    Command(
      .goToTime, .history, ["b"], "go to",
      "go to a time: 14:02  -5m  2026-11-20 03:10", .past.union(.live)),
    Command(.firstSample, .history, ["("], "first", "to the first sample", .past),
    Command(.lastSample, .history, [")"], "last", "to the last sample", .past),
    Command(.slower, .history, [","], "slower", "play slower", .past),
    Command(.faster, .history, ["."], "faster", "play faster, up to 600 times", .past),
    Command(
      .live, .history, ["L"], "live", "back to live; in a recording, its newest sample", .past),
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
