import Foundation
import Testing

@testable import MemtopCore
@testable import MemtopUI

@Suite(.timeLimit(.minutes(30))) struct TypedTimeTests {
  private static let notATime =
    "not a time; write it as 14:02, \"2026-11-20 03:10\", -5m or +1h"

  @Test(
    "what an operator may type",
    arguments: [
      ("14:02", TypedTime.timeOfDay(.seconds(50_520))),
      ("9:05:07", .timeOfDay(.seconds(32_707))),
      ("-5m", .relative(.minutes(-5))), ("+1h", .relative(.minutes(60))),
      ("-90", .relative(.seconds(-90))), ("-1m30s", .relative(.seconds(-90))),
      ("-1m 30s", .relative(.seconds(-90))),
      ("+2h0.5m10s500ms", .relative(Span(milliseconds: 7_240_500))),
      ("-7d", .relative(.minutes(-10_080))),
      ("+1w", .relative(.minutes(10_080))), ("-1.5d", .relative(.minutes(-2160))),
      ("yesterday 14:02", .yesterday(.seconds(50_520))),
      ("yesterday", .yesterday(.zero)),
      ("2026-11-20 03:10", .local(CalendarDay(number: 20_777), .seconds(11_400))),
      ("2026-11-20 03:10:11", .local(CalendarDay(number: 20_777), .seconds(11_411))),
      ("2026-11-20", .local(CalendarDay(number: 20_777), .zero)),
      ("2026-11-20T03:10", .local(CalendarDay(number: 20_777), .seconds(11_400))),
      ("2026-11-20T03:10:00Z", .absolute(WallTime(milliseconds: 1_795_144_200_000))),
      ("2026-11-20t03:10:00.25z", .absolute(WallTime(milliseconds: 1_795_144_200_000))),
      ("2026-11-20T03:10:00+01:00", .absolute(WallTime(milliseconds: 1_795_140_600_000))),
      ("2026-11-20T03:10:00-03:30", .absolute(WallTime(milliseconds: 1_795_156_800_000))),
    ])
  func parses(text: String, wanted: TypedTime) throws {
    #expect(try TypedTime(parsing: text) == wanted)
  }

  @Test(
    "what makes no sense is told in one line",
    arguments: [
      ("", Self.notATime), ("noon", Self.notATime),
      ("1:2:3:4", Self.notATime),
      ("-5 m", Self.notATime), ("+", Self.notATime),
      ("-30s1m", Self.notATime), ("-1m1m", Self.notATime), ("-1m30", Self.notATime),
      ("-1x30s", Self.notATime), ("-1m 30s ago", Self.notATime), ("-m", Self.notATime),
      ("25:00", "25:00 is not a valid time"), ("14:60", "14:60 is not a valid time"),
      ("2026-02-30 03:10", "there is no day 2026-02-30"),
      ("2026-13-01", "there is no day 2026-13-01"),
      ("2026-11-20T03:10+1", "only Z or an offset such as +01:00 can follow a time"),
      ("2026-11-20T03:10Zulu", "only Z or an offset such as +01:00 can follow a time"),
    ])
  func complains(text: String, why: String) {
    let problem = #expect(throws: TypedTime.Problem.self) { try TypedTime(parsing: text) }
    #expect(problem?.description == why)
    #expect(problem?.isOfForm == (why == Self.notATime))
  }

  @Test("a day is what the calendar says, for a thousand years")
  func days() throws {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = TimeZone(identifier: "UTC")!
    for number in stride(from: Int64(-100_000), through: 300_000, by: 97) {
      let parts = calendar.dateComponents(
        [.year, .month, .day], from: Date(timeIntervalSince1970: Double(number) * 86_400))
      let (year, month, day) = CalendarDay(number: number).date
      #expect(year == Int64(parts.year!) && month == Int64(parts.month!))
      #expect(day == Int64(parts.day!))
      #expect(CalendarDay(year: year, month: month, day: day)?.number == number)
    }
  }

  /// Berlin by the rules of the tz database.
  private static let berlin = LocalClock { time in
    let zone = TimeZone(identifier: "Europe/Berlin")!
    let date = Date(timeIntervalSince1970: Double(time.milliseconds) / 1000)
    return .seconds(Int64(zone.secondsFromGMT(for: date)))
  }

  private static func utc(_ text: String) throws -> WallTime {
    guard case .absolute(let time) = try TypedTime(parsing: text) else { throw CancellationError() }
    return time
  }

  private func meant(
    _ text: String, shown: String, kept: ClosedRange<WallTime>? = nil
  ) throws -> WallTime {
    try TypedTime(parsing: text).meant(
      shown: Self.utc(shown), kept: kept, clock: Self.berlin)
  }

  @Test("in the hour that October repeats the first is meant, and from there the second")
  func repeated() throws {
    // 2026-10-25: 03:00 summer time becomes 02:00 winter time.
    let first = try Self.utc("2026-10-25T00:30:00Z")
    let second = try Self.utc("2026-10-25T01:30:00Z")
    #expect(try meant("02:30", shown: "2026-10-25T06:00:00Z") == first)
    #expect(try meant("02:30", shown: "2026-10-24T23:00:00Z") == first)
    #expect(try meant("02:30", shown: "2026-10-25T00:30:00Z") == second)
    #expect(try meant("02:30", shown: "2026-10-25T01:30:00Z") == first)
    #expect(try meant("2026-10-25 02:30", shown: "2026-10-20T12:00:00Z") == first)
    #expect(try meant("2026-10-25T02:30+01:00", shown: "2026-10-20T12:00:00Z") == second)
    #expect(
      try meant("03:30", shown: "2026-10-25T06:00:00Z") == Self.utc("2026-10-25T02:30:00Z"))
  }

  @Test("a time that March skips is read by the clock of before")
  func skipped() throws {
    // 2026-03-29: 02:00 winter time becomes 03:00 summer time.
    #expect(
      try meant("2026-03-29 02:30", shown: "2026-03-20T12:00:00Z")
        == Self.utc("2026-03-29T01:30:00Z"))
    #expect(
      try meant("01:59:59", shown: "2026-03-29T06:00:00Z") == Self.utc("2026-03-29T00:59:59Z"))
    #expect(
      try meant("03:00", shown: "2026-03-29T06:00:00Z") == Self.utc("2026-03-29T01:00:00Z"))
  }

  @Test("times are written by the clock of their own day")
  func written() throws {
    let clock = Clock(ScreenSettings(clock: Self.berlin))
    #expect(clock.dateAndTime(try Self.utc("2026-03-29T00:59:59Z")) == "2026-03-29 01:59:59")
    #expect(clock.dateAndTime(try Self.utc("2026-03-29T01:00:00Z")) == "2026-03-29 03:00:00")
    #expect(clock.dateAndTime(try Self.utc("2026-10-25T00:30:00Z")) == "2026-10-25 02:30:00")
    #expect(clock.dateAndTime(try Self.utc("2026-10-25T01:30:00Z")) == "2026-10-25 02:30:00")
    #expect(clock.dateAndTime(try Self.utc("2026-11-19T23:30:00Z")) == "2026-11-20 00:30:00")
  }

  @Test("a time of day is of the day of which something is kept")
  func nearest() throws {
    let kept = try Self.utc("2026-11-19T19:00:00Z")...Self.utc("2026-11-20T07:00:00Z")
    let shown = "2026-11-20T02:10:00Z"
    #expect(try meant("22:00", shown: shown, kept: kept) == Self.utc("2026-11-19T21:00:00Z"))
    #expect(try meant("05:00", shown: shown, kept: kept) == Self.utc("2026-11-20T04:00:00Z"))
    #expect(
      try meant("05:00", shown: "2026-11-19T20:00:00Z", kept: kept)
        == Self.utc("2026-11-20T04:00:00Z"))
    // Nothing is kept of noon: the last one before the end leads to the beginning.
    #expect(try meant("12:00", shown: shown, kept: kept) == Self.utc("2026-11-19T11:00:00Z"))
    #expect(
      try meant("yesterday 23:00", shown: shown, kept: kept)
        == Self.utc("2026-11-19T22:00:00Z"))
  }
}
