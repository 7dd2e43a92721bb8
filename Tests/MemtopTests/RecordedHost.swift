import Foundation
import MemtopCore
import MemtopSimulation
import MemtopRecording

/// A recording of a simulated host, removed with this object.
final class RecordedHost {
  let directory: String
  var path: String { directory + "/host.memtop" }

  /// - Parameter from: the first second; several stretches leave gaps.
  init(_ scenario: String = "small", seconds: Range<Int64>...) throws {
    directory = NSTemporaryDirectory() + "memtop-test-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    var host = SimulatedHost(
      scenario: Scenario.named(scenario)!, seed: 7,
      startingAt: WallTime(milliseconds: 1_790_000_000_000), steady: SteadyTime(milliseconds: 0))
    let observer = Observer()
    let writer = try RecordingWriter(
      path, RecordingOptions(user: "alice"), now: WallTime(milliseconds: 1_790_000_000_000))
    for second in seconds.joined() {
      host.advance(to: SteadyTime(milliseconds: second * 1000))
      _ = try writer.append(observer.observe(host.reading()))
    }
    try writer.close()
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  func file(_ name: String) -> String { directory + "/" + name }
}
