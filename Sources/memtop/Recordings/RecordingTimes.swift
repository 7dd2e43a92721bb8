import Glibc
import MemtopCore
import MemtopRecording
import MemtopUI

/// Times on the command line of what reads recordings.
enum RecordingTimes {
  /// The instant that was typed: before the end of the recording, after its beginning, on its last day,
  /// or a number since 1970: in milliseconds, as csv and json have it, or in seconds, as `date +%s` has it.
  ///
  /// - Parameter kept: from the first to the last sample.
  static func instant(
    _ text: String, _ kept: ClosedRange<WallTime>, clock: LocalClock = LocalTime.clock
  ) throws(TypedTime.Problem) -> WallTime {
    if let number = Int64(text) {
      // Seconds of this century have ten digits, milliseconds thirteen.
      if (10...11).contains(text.utf8.count) { return WallTime(milliseconds: number * 1000) }
      if text.utf8.count > 11 { return WallTime(milliseconds: number) }
    }
    let time = try TypedTime(parsing: text)
    var shown = kept.upperBound
    if case .relative(let span) = time, span >= .zero { shown = kept.lowerBound }
    return time.meant(shown: shown, kept: kept, clock: clock)
  }

  /// "2026-11-20 03:10:11", in local time.
  static func text(_ time: WallTime, clock: LocalClock = LocalTime.clock) -> String {
    let (day, span) = clock.local(time)
    let date = day.date
    return "\(date.year)-\(twoDigits(date.month))-\(twoDigits(date.day)) "
      + [span.wholeSeconds / 3600, span.wholeSeconds / 60 % 60, span.wholeSeconds % 60]
      .map(twoDigits).joined(separator: ":")
  }

  private static func twoDigits(_ number: Int64) -> String {
    number < 10 ? "0\(number)" : "\(number)"
  }

  /// "26:03:10": hours, minutes, seconds, to the nearest second.
  static func text(_ span: Span) -> String {
    let seconds = (span + Span(milliseconds: 500)).wholeSeconds
    return "\(seconds / 3600):\(twoDigits(seconds / 60 % 60)):\(twoDigits(seconds % 60))"
  }
}

enum LocalTime {
  /// Local time by the time zone of this machine, or of TZ.
  static let clock: LocalClock = {
    // localtime_r need not look at TZ by itself (POSIX).
    tzset()
    return LocalClock { instant in
      // localtime_r takes whole seconds; those before 1970 are rounded towards it, which is as good.
      var seconds = time_t(instant.milliseconds / 1000)
      var local = tm()
      guard localtime_r(&seconds, &local) != nil else { return .zero }
      return .seconds(Int64(local.tm_gmtoff))
    }
  }()
}
