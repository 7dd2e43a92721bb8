import ArgumentParser
import Glibc
import MemtopCore
import MemtopRecording
import MemtopUI

/// A time on the command line of what reads recordings.
enum RecordingTime: Hashable {
  case typed(TypedTime)
  /// A number since 1970: in milliseconds, as csv and json have it, or in seconds, as `date +%s` has it.
  case epoch(WallTime)

  static let forms =
    "14:02, yesterday 14:02, 2026-11-20, \"2026-11-20 03:10\", 2026-11-20T03:10:00Z, -5m, +1h or -7d"

  init(parsing text: String) throws(TypedTime.Problem) {
    // Seconds of this century have ten digits, milliseconds thirteen.
    if text.utf8.count > 9, let number = Int64(text), number > 0 {
      self = .epoch(WallTime(milliseconds: text.utf8.count > 11 ? number : number * 1000))
    } else {
      self = .typed(try TypedTime(parsing: text))
    }
  }

  /// - Throws: `ValidationError` that names the forms.
  init(typed: String) throws {
    do throws(TypedTime.Problem) {
      // A minus may have come as one that is no option.
      try self.init(parsing: OptionalValues.withMinus(typed))
    } catch {
      let why =
        error.isOfForm
        ? "not a time; write it as \(Self.forms), or as seconds since 1970" : "\(error)"
      throw ValidationError(why)
    }
  }

  /// Before the end of the recording, after its beginning, or on its last day.
  ///
  /// - Parameter kept: from the first to the last sample.
  func instant(in kept: ClosedRange<WallTime>, clock: LocalClock = LocalTime.clock) -> WallTime {
    switch self {
    case .epoch(let time): return time
    case .typed(let time):
      var shown = kept.upperBound
      if case .relative(let span) = time, span >= .zero { shown = kept.lowerBound }
      return time.meant(shown: shown, kept: kept, clock: clock)
    }
  }
}

/// Times of recordings as text.
enum RecordingTimes {
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
