import Glibc
import MemtopCore

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
