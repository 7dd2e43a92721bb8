import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

@Suite(.timeLimit(.minutes(30))) struct ReplayTests {
  @Test("a recording opens at its beginning, and is played")
  func opens() {
    var board = Dashboard.replay()
    #expect(board.shownSecond == -600)
    board.wait(.seconds(1))
    board.wait(.seconds(1))
    #expect(board.shownSecond == -598)
  }

  @Test("--at begins there, paused: before the end, after the beginning, or at a time")
  func opensAt() {
    for (text, second) in [
      ("-5m", Int64(-400)), ("+1m", -540), ("14:00:31", -100), ("2025-11-23 13:53:11", -540),
    ] {
      var board = Dashboard.replay(at: text, speed: nil)
      board.wait(.seconds(1))
      #expect(board.shownSecond == second, "\(text)")
      #expect(!board.state.playback.timeline.isPlaying)
    }
  }

  @Test("what is played skips what nobody saw, and says so")
  func skips() {
    var board = Dashboard.replay(speed: .sixHundred)
    board.wait(Span(milliseconds: 250))
    #expect(board.shownSecond == -450)
    board.wait(Span(milliseconds: 250))
    #expect(board.shownSecond == RecordedHistory.gap.end)
    #expect(board.state.playback.timeline.isPlaying)
    #expect(
      board.state.message?.text == "Skipped: no recording from 13:55:31 to 13:57:31")
  }

  @Test("at its end a recording pauses, and is not live")
  func ends() {
    var board = Dashboard.replay(at: "-1s", speed: .real)
    for _ in 0..<4 { board.wait(.seconds(1)) }
    #expect(board.shownSecond == 0)
    #expect(!board.state.playback.timeline.isPlaying)
    #expect(!board.state.playback.timeline.isLive)
    #expect(board.state.message?.text == "The end of the recording")
    board.press("z")
    board.wait(.seconds(1))
    #expect(board.shownSecond == 0)
  }

  @Test("at the end of a recording the bar offers what works there")
  func barAtEnd() {
    func bar(_ board: Dashboard) -> Substring { board.frame().split(separator: "\n").last ?? "" }
    var board = Dashboard.replay()
    board.press("L")
    #expect(
      bar(board).hasPrefix("( first  T previous  p previous event  b go to  E events"),
      "\(bar(board))")
    board.press("Enter")
    #expect(bar(board).hasPrefix("Esc close  ( first  T previous"), "\(bar(board))")
    board.press("Esc", "T")
    #expect(bar(board).hasPrefix("z play  , slower  . faster  T previous  t next"), "\(bar(board))")
    var following = Dashboard.replay(speed: nil, follows: true)
    #expect(bar(following).hasPrefix("z pause  ( first  T previous"), "\(bar(following))")
    following.press("z")
    #expect(bar(following).hasPrefix("z play  ( first"), "\(bar(following))")
    #expect(bar(following).contains("L newest"), "\(bar(following))")
  }

  @Test("while it is paused the title says how fast it would go on, if that is not as it happened")
  func pausedSpeed() {
    var board = Dashboard.replay(at: "-5m", speed: .real)
    board.press("z")
    #expect(board.frame().contains("REPLAY ║ paused "))
    #expect(!board.frame().contains("paused ×"))
    board.press("z", ".", ".", "z")
    #expect(board.frame().contains("REPLAY ║ paused ×5 "), "\(board.frame())")
    #expect(board.frame(ascii: true).contains("REPLAY || paused x5 "))
  }

  @Test("where nobody was looking no figures are shown, but from when to when")
  func gaps() {
    var board = Dashboard.replay()
    board.press("b")
    board.type("13:56:30")
    board.press("Enter")
    let frame = board.frame()
    #expect(frame.contains("No recording from 13:55:31 to 13:57:31: 2m."))
    #expect(!frame.contains("db2"))
    // Nor on a page.
    board.press("Enter")
    #expect(!board.frame().contains("Busy"))
    board.press("Esc", "T")
    #expect(board.shownSecond == RecordedHistory.gap.begin)
    #expect(board.frame().contains("db2"))
    board.press("t")
    #expect(board.shownSecond == RecordedHistory.gap.end)
    #expect(board.state.playback.gap == nil)
  }

  @Test("the timeline knows gaps, the worst pressure and the most notable event of each cell")
  func marks() {
    let past = RecordedHistory()
    let marks = past.marks(
      from: Samples.steady + .seconds(-600), to: Samples.steady, cells: 60)
    #expect(marks.count == 60)
    #expect(marks[6].event == .started)
    #expect(marks[15].event == .note)
    #expect(marks[44].event == .crashed)
    #expect(marks.indices.filter { marks[$0].isGap } == Array(21...31))
    #expect(marks[5].worst == .tight)
    #expect(marks[50].worst == .short)
    #expect(marks[59].worst == .thrashing)
  }

  @Test("b reaches the newest sample of a recording that is followed, and stays there")
  func follows() {
    let past = RecordedHistory()
    var board = Dashboard.replay(past, follows: true)
    #expect(board.state.playback.timeline == .following)
    #expect(board.frame().contains("FOLLOWING"))
    past.coming = [Samples.host(after: .seconds(2)), Samples.host(after: .seconds(4))]
    #expect(past.refresh())
    board.send(.grew)
    #expect(board.shownSecond == 4)
    board.press("T")
    #expect(board.shownSecond == 2)
    past.coming = [Samples.host(after: .seconds(6))]
    #expect(past.refresh())
    board.send(.grew)
    #expect(board.shownSecond == 2)
    board.press("L")
    #expect(board.shownSecond == 6)
    #expect(board.state.playback.timeline == .following)
  }

  @Test("a recording that is followed and does not grow is told of")
  func quiet() {
    var board = Dashboard.replay(columns: 120, follows: true)
    for _ in 0..<40 { board.wait(.seconds(1)) }
    #expect(board.frame().contains("nothing new for 40s"))
    board.send(.grew)
    #expect(!board.frame().contains("nothing new"))
  }

  @Test("played to the end of a recording that grows, the screen follows it")
  func catchesUp() {
    var board = Dashboard.replay(at: "-1s", speed: .real, follows: true)
    for _ in 0..<4 { board.wait(.seconds(1)) }
    #expect(board.state.playback.timeline == .following)
  }

  @Test("keys that want a host say that there is none", arguments: ["]", "e", "F", "r", "m", "d"])
  func noHost(key: String) {
    var board = Dashboard.replay()
    board.press(key)
    #expect(board.effects.isEmpty)
    #expect(board.state.pages.layers.isEmpty)
    #expect(board.state.message?.text == "This is a recording: there is no host to change")
  }

  @Test("q quits from a recording at once, Esc does not")
  func quits() {
    var board = Dashboard.replay()
    board.press("Esc")
    #expect(board.effects.isEmpty && board.shownSecond == -600)
    board.press("q")
    #expect(board.effects == [.quit])
  }

  @Test("the help of a recording lists no key that does not exist there")
  func help() {
    var board = Dashboard.replay(columns: 120, rows: 60)
    board.press("?")
    let frame = board.frame()
    #expect(!frame.contains("stage one step"))
    #expect(!frame.contains("start or stop recording"))
    #expect(frame.contains("play or pause"))
    #expect(frame.contains("a crash"))
  }

  @Test("a part that cannot be read is told of in the title")
  func damaged() {
    var board = Dashboard.replay(columns: 120)
    board.send(.sourceProblem("2 of 40 parts cannot be read"))
    #expect(board.frame().contains("2 of 40 parts cannot be read"))
    #expect(board.frame().contains("REPLAY"))
  }

  @Test("an empty recording says that it waits, and opens with its first sample")
  func empty() {
    let history = History()
    var board = Dashboard(
      snapshot: nil, history: history, source: .recording(name: "new.memtop", follows: true))
    board.send(.opened(at: nil, speed: nil))
    board.press("z", "L", "T", "b")
    #expect(board.frame().contains("first sample"))
    board.press("Esc")
    history.append(Samples.host())
    board.send(.opened(at: nil, speed: nil))
    #expect(board.state.playback.timeline == .following)
  }
}
