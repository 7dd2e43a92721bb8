import MemtopCore

extension Command {
  /// Every command, in the order of the help screen.
  package static let table: [Command] =
    everywhere + list + page + change + staged + review + record + history + events

  private static let everywhere: [Command] = [
    Command(
      .help, .everywhere, ["?", "h", "F1"], "help", "this help", .everywhere,
      bar: [
        .list: 10, .listStaged: 80, .listPast: 100, .page: 120, .pageStaged: 60, .pagePast: 90,
        .replayList: 130, .replayPage: 120, .progress: 20, .events: 60,
      ],
      .state { $0.toggleHelp() }),
    Command(
      .close, .everywhere, ["q"], "quit", "go back; on the list, quit", .everywhere,
      bar: [.list: 150, .replayList: 140],
      .effects { state, _ in state.isAtRoot ? [.quit] : state.closeOne() }),
    Command(
      .escape, .everywhere, ["Esc"], "close", "go back",
      .everywhere.subtracting(.staged),
      bar: [
        .list: 15, .replayList: 15, .page: 10, .replayPage: 10, .help: 10, .progress: 10,
        .events: 30,
      ],
      hint: { $0.leaving },
      .effects { state, _ in state.isAtRoot ? [] : state.closeOne() }),
    Command(
      .quit, .everywhere, ["^C"], "quit", "quit", .all,
      .effects { _, _ in [.quit] }),
    Command(
      .redraw, .everywhere, ["^L"], "redraw", "redraw", .all,
      .effects { _, _ in [.redraw] }),
    Command(
      .suspend, .everywhere, ["^Z"], "suspend", "suspend to the shell; fg returns", .all,
      .effects { _, _ in [.suspend] }),
    Command(
      .interval, .everywhere, ["d"], "interval", "seconds between samples", .browsing,
      wantsHost: true,
      .state { $0.ask(.interval) }),
  ]

  private static let moving = Modes.browsing.union(Modes(.help, .review, .progress, .events))

  private static let list: [Command] = [
    Command(
      .up, .list, ["Up", "k"], "up", "up; on a page, the previous domain", moving,
      .history { $0.move(.up, $1) }),
    Command(
      .down, .list, ["Down", "j"], "down", "down; on a page, the next domain", moving,
      .history { $0.move(.down, $1) }),
    Command(
      .pageUp, .list, ["PgUp"], "page up", "one screen up", moving,
      bar: [.help: 30],
      .history { $0.move(.pageUp, $1) }),
    Command(
      .pageDown, .list, ["PgDn"], "page down", "one screen down", moving,
      bar: [.page: 100, .help: 20, .events: 40],
      .history { $0.move(.pageDown, $1) }),
    Command(
      .halfUp, .list, ["^U"], "half up", "half a screen up", moving,
      .history { $0.move(.halfUp, $1) }),
    Command(
      .halfDown, .list, ["^D"], "half down", "half a screen down", moving,
      .history { $0.move(.halfDown, $1) }),
    Command(
      .first, .list, ["g", "Home"], "first", "to the first", moving,
      .history { $0.move(.first, $1) }),
    Command(
      .last, .list, ["G", "End"], "last", "to the last", moving,
      .history { $0.move(.last, $1) }),
    Command(
      .openPage, .list, ["Enter"], "page", "open the domain's page, with charts",
      Modes(.list, .listPast),
      wantsDomain: true,
      bar: [.list: 60, .listPast: 80, .replayList: 110],
      .state { $0.openPage() }),
    Command(
      .sortLeft, .list, ["<"], "sort left", "sort by the column to the left", .lists,
      .state { $0.sort(by: -1) }),
    Command(
      .sortRight, .list, [">"], "sort right", "sort by the column to the right", .lists,
      .state { $0.sort(by: 1) }),
    Command(
      .reverse, .list, ["I"], "reverse", "reverse sort", .lists,
      .state { $0.reverse() }),
    Command(
      .filter, .list, ["/"], "filter", "show only some: web  !db2  tight|stale  busy>2G  os:debian",
      .lists,
      bar: [.list: 80, .replayList: 120],
      .state { $0.askForFilter() }),
    Command(
      .tag, .list, ["Space"], "tag", "tag or untag, to change several domains together", .lists,
      wantsDomain: true,
      bar: [.list: 100],
      .state { $0.tagSelected() }),
    Command(
      .tagAll, .list, ["*"], "tag all", "tag all shown, or untag all", .lists,
      .state { $0.tagAll() }),
    Command(
      .spark, .list, ["s"], "graph", "show the next field in the graph column", .lists,
      .state { $0.showNextGraph() }),
    Command(
      .freeze, .list, ["z"], "freeze", "freeze the screen; sampling continues", .live,
      wantsHost: true,
      bar: [.list: 90, .page: 110],
      .state { $0.freeze() }),
  ]

  private static let page: [Command] = [
    Command(
      .shorter, .page, ["<"], "zoom in", "zoom the charts in", .pages,
      bar: [.page: 90],
      .state { $0.pages.zoom(\.shorter) }),
    Command(
      .longer, .page, [">"], "zoom out", "zoom the charts out", .pages,
      bar: [.page: 80],
      .state { $0.pages.zoom(\.longer) }),
  ]

  private static let change: [Command] = [
    Command(
      .raise, .change, ["]", "F8", "+"], "raise", "stage a target one step higher", .changing,
      changesHost: true, wantsDomain: true,
      bar: [.list: 20, .listStaged: 30, .page: 20, .pageStaged: 30],
      hint: { $0.changesSeveral ? "one step up" : "+" + $0.step.short },
      .staging { $0.stageStep(1) }),
    Command(
      .lower, .change, ["[", "F7", "-"], "lower", "stage a target one step lower", .changing,
      changesHost: true, wantsDomain: true,
      bar: [.list: 30, .listStaged: 40, .page: 30, .pageStaged: 40],
      hint: { $0.changesSeveral ? "one step down" : "-" + $0.step.short },
      .staging { $0.stageStep(-1) }),
    Command(
      .stepBigger, .change, ["}"], "bigger step", "double the step", .changing, changesHost: true,
      wantsDomain: true,
      bar: [.listStaged: 50],
      .staging { $0.changeStep(1) }),
    Command(
      .stepSmaller, .change, ["{"], "smaller step", "halve the step", .changing, changesHost: true,
      wantsDomain: true,
      bar: [.listStaged: 60],
      .staging { $0.changeStep(-1) }),
    Command(
      .size, .change, ["e"], "target", "type a target: 2G  +10%  -256M  max  busy+512M", .changing,
      changesHost: true, wantsDomain: true,
      bar: [.list: 40, .listStaged: 70, .page: 40, .pageStaged: 50],
      .staging { $0.ask(.size($0.chosen.map(\.id))) }),
    Command(
      .advice, .change, ["a"], "advice", "stage the advice for this or the tagged domains",
      .changing,
      changesHost: true, wantsDomain: true,
      bar: [.list: 50, .page: 50],
      hint: { "advice" + $0.advisedFigure },
      .staging { $0.stageAdvice() }),
    Command(
      .free, .change, ["F"], "free", "free memory on the host", .changing, changesHost: true,
      bar: [.list: 110],
      .state { $0.askForAmount() }),
    Command(
      .regulate, .change, ["M"], "regulate",
      "hand this or the tagged domains to the regulator, or take them back", .changing,
      changesHost: true, wantsDomain: true,
      bar: [.list: 70, .page: 60],
      hint: { $0.handing },
      .state { $0.askToHand() }),
    Command(
      .nudge, .change, ["w"], "nudge",
      "nudge a stuck balloon: stage what it holds, then its target",
      .changing, changesHost: true, wantsDomain: true,
      .staging { $0.stageNudge() }),
    Command(
      .undo, .change, ["u"], "undo", "stage the targets from before the last change",
      .changing.union(Modes(.progress)), changesHost: true,
      bar: [.list: 120, .progress: 15],
      hint: { $0.mayUndoNow ? "undo" : nil },
      .staging { $0.stageWayBack() }),
  ]

  private static let staged: [Command] = [
    Command(
      .review, .staged, ["Enter"], "review", "review what is staged", .staged,
      changesHost: true,
      bar: [.listStaged: 10, .pageStaged: 10],
      .effects { state, _ in state.openReview() }),
    Command(
      .drop, .staged, ["Esc"], "drop", "drop what is staged", .staged, changesHost: true,
      bar: [.listStaged: 20, .pageStaged: 20],
      .state { $0.dropStaged() }),
  ]

  private static let review: [Command] = [
    Command(
      .apply, .review, ["y"], "apply", "apply; a warning asks for a typed yes", Modes(.review),
      changesHost: true,
      .effects { state, history in state.agreeIfSeen(history) }),
    Command(
      .dropRefused, .review, ["x"], "drop refused", "drop what the guard refuses, keep the rest",
      Modes(.review), changesHost: true,
      .state { $0.dropRefused() }),
  ]

  private static let record: [Command] = [
    Command(
      .record, .record, ["r"], "record", "start or stop recording to a file", .browsing,
      wantsHost: true,
      bar: [.list: 130],
      .effects { state, _ in state.toggleRecording() }),
    Command(
      .note, .record, ["m"], "note", "add a note about the host or the open domain page",
      .browsing, wantsHost: true,
      bar: [.list: 140],
      .state { $0.askForNote() }),
  ]

  private static let history: [Command] = [
    Command(
      .play, .history, ["z"], "play", "play or pause", .past,
      bar: [.listPast: 20, .pagePast: 20, .replayList: 10, .replayPage: 20],
      hint: { $0.playing },
      .state { $0.setSpeed(.play) }),
    Command(
      .sampleOn, .history, ["t"], "next", "next sample", .past,
      bar: [.listPast: 40, .pagePast: 40, .replayList: 50, .replayPage: 60],
      hint: { $0.isAtEnd ? nil : "next" },
      .history { $0.step(.sampleOn, $1) }),
    Command(
      .sampleBack, .history, ["T"], "previous", "previous sample", .past,
      bar: [.listPast: 30, .pagePast: 30, .replayList: 40, .replayPage: 50],
      .history { $0.step(.sampleBack, $1) }),
    Command(
      .nextEvent, .history, ["n"], "next event", "next event", .past,
      bar: [.listPast: 60, .pagePast: 60, .replayList: 70, .replayPage: 80],
      hint: { $0.isAtEnd ? nil : "next event" },
      .history { $0.step(.nextEvent, $1) }),
    Command(
      .previousEvent, .history, ["p"], "previous event", "previous event", .past,
      bar: [.listPast: 50, .pagePast: 50, .replayList: 60, .replayPage: 70],
      .history { $0.step(.previousEvent, $1) }),
    Command(
      .goToTime, .history, ["b"], "go to",
      "go to a time: 14:02  -5m  2026-11-20 03:10", .past.union(.live),
      bar: [.listPast: 70, .pagePast: 70, .replayList: 80, .replayPage: 90],
      .state { $0.ask(.time) }),
    Command(
      .firstSample, .history, ["("], "first", "to the first sample", .past,
      bar: [.replayList: 35, .replayPage: 45],
      hint: { $0.isAtEnd ? "first" : nil },
      .history { $0.step(.firstSample, $1) }),
    Command(
      .lastSample, .history, [")"], "last", "to the last sample", .past,
      .history { $0.step(.lastSample, $1) }),
    Command(
      .slower, .history, [","], "slower", "play slower", .past,
      bar: [.replayList: 20, .replayPage: 30],
      hint: { $0.isAtEnd ? nil : "slower" },
      .state { $0.setSpeed(.slower) }),
    Command(
      .faster, .history, ["."], "faster", "play faster, up to 600 times", .past,
      bar: [.replayList: 30, .replayPage: 40],
      hint: { $0.isAtEnd ? nil : "faster" },
      .state { $0.setSpeed(.faster) }),
    Command(
      .live, .history, ["L"], "live", "back to live; in a recording, its newest sample", .past,
      bar: [.listPast: 10, .pagePast: 10, .replayList: 90, .replayPage: 100],
      hint: { $0.present },
      .history { $0.goToPresent($1) }),
  ]

  private static let events: [Command] = [
    Command(
      .events, .events, ["E"], "events",
      "all events; on a page, those of its domain",
      .live.union(.past).union(Modes(.events)),
      bar: [
        .listPast: 90, .page: 70, .pagePast: 80, .replayList: 100, .replayPage: 110, .events: 50,
      ],
      hint: { $0.mode == .events ? $0.otherEvents : "events" },
      .history { $0.openEvents($1) }),
    Command(
      .goToEvent, .events, ["Enter"], "go there", "go to the moment of the event", Modes(.events),
      bar: [.events: 10],
      .history { $0.goToEvent($1) }),
    Command(
      .filterEvents, .events, ["/"], "filter", "show only some: db2  thrashing  stale  target",
      Modes(.events),
      bar: [.events: 20],
      .state { $0.askForEventFilter() }),
  ]
}
