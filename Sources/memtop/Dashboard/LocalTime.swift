import Glibc
import MemtopCore

enum LocalTime {
  /// Local time − UTC, now.
  static var utcOffset: Span {
    var now = time(nil)
    var local = tm()
    localtime_r(&now, &local)
    return .seconds(Int64(local.tm_gmtoff))
  }
}
