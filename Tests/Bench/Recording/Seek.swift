import Glibc
import MemtopCore
import MemtopSimulation
import MemtopUI
import MemtopRecording

/// How long an operator waits: from a recording's opening to its first frame, and from the key to the
/// frame of another instant.
enum Seek {
  static func run(_ path: String, jumps: Int) throws {
    let began = now()
    let past = try RecordedPast(RecordingFile(path))
    let opened = now()
    var state = AppState(
      settings: ScreenSettings(source: .recording(name: "bench", follows: false)),
      size: ScreenSize(columns: 120, rows: 40), now: SteadyTime(milliseconds: 0))
    _ = reduce(&state, .opened(at: nil, speed: nil), history: past)
    _ = Screen.draw(state, history: past, glyphs: .unicode)
    let drawn = now()
    print("open_ms=\((opened - began) * 1000)")
    print("first_frame_ms=\((drawn - began) * 1000)")
    report(
      "jump",
      try times(&state, past, jumps) { state, past, random in
        let range = past.range!
        let length = UInt64((range.upperBound - range.lowerBound).milliseconds)
        let wall =
          past.wallTime(at: range.lowerBound)! + Span(milliseconds: Int64(random.next() % length))
        return "b" + text(wall) + "\n"
      })
    for (name, keys) in [("back", "T"), ("on", "t"), ("event", "n"), ("event_before", "p")] {
      report(name, try times(&state, past, jumps / 4) { _, _, _ in keys })
    }
  }

  /// Seconds from the first key to the frame, of each round.
  private static func times(
    _ state: inout AppState, _ past: RecordedPast, _ rounds: Int,
    keys: (AppState, RecordedPast, inout SeededRandom) -> String
  ) throws -> [Double] {
    var random = SeededRandom(seed: 5)
    return (0..<rounds).map { _ in
      let typed = keys(state, past, &random)
      let before = now()
      for scalar in typed.unicodeScalars {
        _ = reduce(
          &state, .key(scalar == "\n" ? .enter : .character(Character(scalar))), history: past)
      }
      _ = Screen.draw(state, history: past, glyphs: .unicode)
      precondition(past.problem == nil)
      return now() - before
    }
  }

  private static func report(_ name: String, _ times: [Double]) {
    let sorted = times.sorted()
    print("\(name)_median_ms=\(sorted[sorted.count / 2] * 1000)")
    print("\(name)_worst_ms=\(sorted.last! * 1000)")
  }

  private static func text(_ wall: WallTime) -> String {
    var seconds = time_t(wall.milliseconds / 1000)
    var utc = tm()
    gmtime_r(&seconds, &utc)
    func two(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(utc.tm_year + 1900)-\(two(utc.tm_mon + 1))-\(two(utc.tm_mday))T"
      + "\(two(utc.tm_hour)):\(two(utc.tm_min)):\(two(utc.tm_sec))Z"
  }

  private static func now() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
