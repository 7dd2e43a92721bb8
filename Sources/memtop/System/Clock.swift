import Glibc
import MemtopCore

/// The two clocks of this machine.
enum Clock {
  /// CLOCK_BOOTTIME: it goes on while the machine sleeps, so ages stay true.
  static func steady() -> SteadyTime { SteadyTime(milliseconds: milliseconds(CLOCK_BOOTTIME)) }

  static func wall() -> WallTime { WallTime(milliseconds: milliseconds(CLOCK_REALTIME)) }

  private static func milliseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
