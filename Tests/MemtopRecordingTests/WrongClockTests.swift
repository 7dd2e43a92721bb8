import MemtopCore
import MemtopRecording
import Testing

@Suite("--keep where the clock is wrong at boot", .timeLimit(.minutes(30)))
struct WrongClockTests {
  private let scratch = Scratch(fast: true)
  private var path: String { scratch.file("a.memtop") }
  private static let day = 86_400.0

  /// A session with samples at these seconds after its day began; until `set` the clock is ten days ahead.
  private func session(_ day: Double, _ seconds: [Double], set: Double = 0) throws {
    let begin = day * Self.day
    let writer = try RecordingWriter(
      path, RecordingOptions(keep: .seconds(7 * 86_400)),
      now: WallTime(milliseconds: Int64(begin) * 1000))
    for second in seconds {
      let offset: Int64 = second < set ? 10 * 86_400_000 : 0
      let snapshot = Handmade.snapshot(
        begin + second, offset: offset, [Handmade.domain(.gib(1))])
      #expect(try writer.append(snapshot) == .written)
    }
    try writer.close()
  }

  private var days: [Double] {
    get throws {
      try RecordingFile(path).sessions().map { Double($0.began.milliseconds) / 1000 / Self.day }
    }
  }

  private let everyHalfHour = (0..<12).map { Double($0) * 1_800 }

  @Test("a clock that is set soon after deletes nothing, and age is true again from then on")
  func ahead() throws {
    for day in 0..<6 { try session(Double(day), everyHalfHour) }
    try session(6, [0, 1, 2, 3] + everyHalfHour.dropFirst(), set: 2)
    #expect(try days == [0, 1, 2, 3, 4, 5, 6])
    // The axis is ten days too long for good.
    try session(8.5, everyHalfHour)
    #expect(try days == [1, 2, 3, 4, 5, 6, 8.5])
  }

  @Test("a session that ends before the clock is set, as often as it likes, deletes nothing")
  func neverSet() throws {
    for day in 0..<6 { try session(Double(day), everyHalfHour) }
    try session(6, [0, 60, 1_800], set: 2_000)
    #expect(try days == [0, 1, 2, 3, 4, 5, 6])
  }

  /// Of the oldest sample, after the first day began.
  private var oldest: Double {
    get throws {
      let first = try RecordingFile(path).wallRange?.lowerBound.milliseconds ?? 0
      return Double(first - 1_790_000_000_000) / 1000
    }
  }

  /// The stretch before a keyframe that is not too old stays.
  private static let lastStretch = 5 * 3_600.0

  @Test("what is too old goes once a session has run for an hour")
  func hour() throws {
    try session(0, everyHalfHour)
    try session(20, [0, 1_800, 3_599])
    #expect(try oldest == 0)
    try session(30, everyHalfHour)
    #expect(try oldest > Self.lastStretch)
  }

  @Test("… and of sessions that never run that long, with the one after at the latest")
  func short() throws {
    try session(0, everyHalfHour)
    try session(20, [0, 1_800])
    #expect(try oldest == 0)
    try session(20.1, [0, 1_800])
    #expect(try oldest == Self.lastStretch)
  }
}
