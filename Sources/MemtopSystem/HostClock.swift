import Glibc
import MemtopCore

/// Where a source takes its times from; tests give it their own.
package struct HostClock: Sendable {
  package var wall: @Sendable () -> WallTime
  package var steady: @Sendable () -> SteadyTime

  package init(
    wall: @escaping @Sendable () -> WallTime, steady: @escaping @Sendable () -> SteadyTime
  ) {
    self.wall = wall
    self.steady = steady
  }

  package static let system = HostClock(
    wall: { WallTime(milliseconds: milliseconds(CLOCK_REALTIME)) },
    steady: { SteadyTime(milliseconds: milliseconds(CLOCK_MONOTONIC)) })

  private static func milliseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
