import Foundation
import Synchronization

/// The time that an emulated machine had.
///
/// Its clock is this machine's, and goes on while other programs have the processors. What its own
/// threads waited for one (`run_delay` in Documentation/scheduler/sched-stats.rst) does not count here.
struct MachineTime: CustomStringConvertible {
  /// The emulator that runs, if one does.
  static let emulator = Mutex<pid_t?>(nil)

  private let begin = ContinuousClock.now
  private let waitedBefore = Self.waited()

  /// Seconds since this was made in which the machine ran, or had nothing to do.
  var seconds: Double { passed - max(0, Self.waited() - waitedBefore) }

  /// Seconds by this machine's clock.
  var passed: Double { (ContinuousClock.now - begin) / .seconds(1) }

  var description: String {
    String(format: "%.1f s of the machine's time, %.1f s by the clock", seconds, passed)
  }

  static var isRunning: Bool {
    emulator.withLock { $0.map { kill($0, 0) == 0 } ?? false }
  }

  /// Seconds that the thread which waited longest did: one of them is the emulated processor.
  private static func waited() -> Double {
    guard let pid = emulator.withLock({ $0 }) else { return 0 }
    let folder = "/proc/\(pid)/task"
    let threads = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    let delays = threads.compactMap { thread -> Double? in
      let text = try? String(contentsOfFile: "\(folder)/\(thread)/schedstat", encoding: .utf8)
      return text?.split(separator: " ").dropFirst().first.flatMap { Double($0) }
    }
    return (delays.max() ?? 0) / 1e9
  }
}

/// How long a test waits: in time that the emulated machine had, and that the test had itself.
struct MachinePatience {
  private var left: Double
  private var lastLook = MachineTime()
  private let whole = MachineTime()
  private let longest: Double

  /// A test that was held up for a minute has looked once: a pause between two looks counts so much
  /// at most.
  private static let longestPause = 3.0

  /// - Parameter seconds: of the machine's own time; ten times that by the clock are the end for a
  ///   machine that is dead.
  init(seconds: Double) {
    left = seconds
    longest = max(600, 10 * seconds)
  }

  /// Whether to look again; asked once after each look.
  mutating func lasts() -> Bool {
    left -= min(lastLook.seconds, Self.longestPause)
    lastLook = MachineTime()
    return left > 0 && whole.passed < longest
  }
}
