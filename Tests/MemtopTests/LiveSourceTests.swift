import Glibc
import MemtopCore
import MemtopSystem
@testable import MemtopUI
import Testing

@testable import TestSupport
@testable import memtop

@Suite("a host behind the screen", .timeLimit(.minutes(30))) struct LiveSourceTests {
  let loop = EmbeddedLoop()
  let host: TroubledHost
  let source: LiveSource

  init() {
    host = TroubledHost(loop)
    source = LiveSource(
      host: host.connection, loop: loop,
      recording: ScreenRecording { _, _ throws(Failure) in
        throw Failure(line: "no", status: .failed)
      })
  }

  /// Lives for `span` as the dashboard does.
  private func run(_ state: inout AppState, for span: Span) {
    let end = loop.time + span
    while loop.time < end {
      for event in source.turn(state) {
        for effect in reduce(&state, event, history: source.history) {
          _ = source.perform(effect, state)
        }
      }
      loop.wait(until: min(source.due, end))
    }
  }

  private func state() -> AppState {
    AppState(
      settings: ScreenSettings(), size: ScreenSize(columns: 80, rows: 24), now: loop.now)
  }

  @Test("its samples are shown, a second apart, and kept")
  func samples() {
    var state = state()
    run(&state, for: .seconds(5))
    #expect(state.live != nil && state.problem == nil)
    #expect(host.seconds == [0, 1, 2, 3, 4])
  }

  @Test("one that hangs is told of, and the word goes when it answers")
  func hangs() {
    var state = state()
    run(&state, for: .seconds(3))
    host.readingTakes = .seconds(10)
    run(&state, for: .seconds(8))
    #expect(state.problem?.hasPrefix("the host has not responded for ") == true)
    host.readingTakes = .zero
    run(&state, for: .seconds(6))
    #expect(state.problem == nil)
  }

  @Test("one that fails for good is told of and asked again, and what it showed last stays")
  func dies() throws {
    var state = state()
    run(&state, for: .seconds(3))
    let last = try #require(state.live)
    host.failure = SourceError("xenstore said no")
    run(&state, for: .minutes(10))
    #expect(state.problem == "xenstore said no" && state.live?.steady == last.steady)
    #expect(host.readings.count == 603)
    source.end()
  }

  @Test("a wall clock that steps an hour either way changes nothing", arguments: [3_600, -3_600])
  func steps(seconds: Int64) {
    var state = state()
    run(&state, for: .seconds(3))
    let healths = state.live?.domains.map(\.health)
    loop.wall = loop.wall + .seconds(seconds)
    run(&state, for: .seconds(3))
    #expect(host.seconds == [0, 1, 2, 3, 4, 5] && state.problem == nil)
    #expect(state.live?.domains.map(\.health) == healths)
    #expect(source.live.range.map { $0.upperBound - $0.lowerBound } == .seconds(5))
  }

  @Test("a recording that cannot be opened is told of, and the screen goes on")
  func recording() {
    var state = state()
    run(&state, for: .seconds(2))
    let events = source.perform(.toggleRecording, state)
    guard case .recording(.stopped(let why))? = events.first else {
      Issue.record("\(events)")
      return
    }
    #expect(why == "no")
  }

  @Test("at the end the last change is in the log, and in the recording when it failed")
  func ends() throws {
    var state = state()
    run(&state, for: .seconds(2))
    let guest = try #require(state.live?.domains.first { $0.isGuest && $0.size != nil })
    let order = TargetOrder(
      domain: guest.id, name: guest.name, from: guest.size, to: guest.size! + .mib(16),
      reason: "test")
    let verdict = Guard.verdict(on: order, in: state.live!, facts: GuardFacts())
    host.logTakes = .seconds(8)
    _ = source.perform(.apply([Review.Row(order: order, verdict: verdict)]), state)
    run(&state, for: .seconds(2))
    #expect(host.written == [order] && host.logged.isEmpty)
    source.end()
    #expect(host.logged == [order])
  }

  @Test("stopped, it gives its watch back; continued, it samples at once")
  func stopped() {
    var state = state()
    run(&state, for: .seconds(2))
    source.pause()
    source.resume()
    #expect(host.pauses == 1 && host.resumes == 1 && source.due == loop.time)
  }
}
