import Glibc
import MemtopCore

/// Where a source takes its times from; tests give it their own.
public struct HostClock: Sendable {
  public var wall: @Sendable () -> WallTime
  public var steady: @Sendable () -> SteadyTime

  public init(
    wall: @escaping @Sendable () -> WallTime, steady: @escaping @Sendable () -> SteadyTime
  ) {
    self.wall = wall
    self.steady = steady
  }

  public static let system = HostClock(
    wall: { WallTime(milliseconds: milliseconds(CLOCK_REALTIME)) },
    steady: { SteadyTime(milliseconds: milliseconds(CLOCK_MONOTONIC)) })

  private static func milliseconds(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
  }
}
