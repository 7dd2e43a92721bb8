import Testing

@testable import MemtopCore

@Suite(.timeLimit(.minutes(30))) struct RegulatorPaceTests {
  private static func at(_ second: Int64) -> SteadyTime { SteadyTime(milliseconds: second * 1000) }

  /// What may be set of `target` at `now`, by a report that was written after `report`.
  private static func allowed(
    _ pace: RegulatorPace, _ target: Int64, from size: Int64 = 1024, report: Int64, now: Int64,
    pressed: Int64? = nil
  ) -> Int64? {
    pace.allowed(
      .mib(target), from: .mib(size), writtenAfter: at(report), pressed: pressed.map(at),
      now: at(now))?.mib
  }

  /// Of a guest that has reported for long.
  private static let old = {
    var pace = RegulatorPace()
    pace.begin(at: at(-200))
    return pace
  }()

  @Test("a first raise waits for nothing, a first lower two minutes from the first report")
  func first() {
    var pace = RegulatorPace()
    #expect(Self.allowed(pace, 1200, report: 5, now: 5) == 1200)
    #expect(Self.allowed(pace, 900, report: 5, now: 500) == nil)
    for second in [Int64(500), 501, 619] { pace.begin(at: Self.at(second)) }
    #expect(Self.allowed(pace, 1200, report: 500, now: 500) == 1200)
    #expect(Self.allowed(pace, 900, report: 619, now: 619) == nil)
    #expect(Self.allowed(pace, 900, report: 619, now: 620) == 900)
  }

  @Test("a raise waits for a report from after the last move")
  func echo() {
    var pace = RegulatorPace()
    pace.move(isRaise: true, at: Self.at(100))
    #expect(Self.allowed(pace, 1200, report: 99, now: 130) == nil)
    #expect(Self.allowed(pace, 1200, report: 100, now: 101) == nil)
    #expect(Self.allowed(pace, 1200, report: 100, now: 102) == 1200)
  }

  @Test("a lower waits half a minute, two minutes after a raise, and two after any pressure")
  func slow() {
    var pace = Self.old
    pace.move(isRaise: false, at: Self.at(100))
    #expect(Self.allowed(pace, 900, report: 129, now: 129) == nil)
    #expect(Self.allowed(pace, 900, report: 130, now: 130) == 900)
    pace.move(isRaise: true, at: Self.at(200))
    #expect(Self.allowed(pace, 900, report: 319, now: 319) == nil)
    #expect(Self.allowed(pace, 900, report: 320, now: 320) == 900)
    #expect(Self.allowed(pace, 900, report: 320, now: 320, pressed: 310) == nil)
    #expect(Self.allowed(pace, 900, report: 430, now: 430, pressed: 310) == 900)
  }

  @Test("a raise at most doubles")
  func bounded() {
    #expect(Self.allowed(RegulatorPace(), 9000, from: 1024, report: 5, now: 5) == 2048)
  }
}
