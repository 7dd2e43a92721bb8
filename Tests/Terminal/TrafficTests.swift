import Foundation
import Testing

/// A slow line carries the screen: 9,600 baud are under 1 kB/s.
@Suite("traffic", .timeLimit(.minutes(30)))
struct TrafficTests {
  /// Bytes in each of `seconds` seconds from now.
  private func rates(_ session: Session, seconds: Int) async throws -> [Int] {
    var rates: [Int] = []
    for _ in 0..<seconds {
      let mark = session.sent.count
      let start = Date()
      try await session.wait("a second") { start.timeIntervalSinceNow <= -1 }
      rates.append(Int(Double(session.sent.count - mark) / -start.timeIntervalSinceNow))
    }
    return rates
  }

  @Test("with everything changing, no more than 1.5 kB a second in the median")
  func busy() async throws {
    let launch = Launch(arguments: ["--demo"], columns: 120, rows: 40)
    let session = try Session(launch)
    try await session.see("? help")
    let rates = try await rates(session, seconds: 15)
    let median = rates.sorted()[rates.count / 2]
    print("bytes a second to a terminal of 120x40: median \(median), \(rates)")
    #expect(median <= 1500)
  }

  @Test("where nothing changes little but the clock is drawn")
  func idle() async throws {
    let session = try Session(Launch(columns: 120, rows: 40))
    try await session.begin()
    let rates = try await rates(session, seconds: 8)
    print("bytes a second on a calm host: \(rates)")
    #expect((1...300).contains(rates.sorted()[rates.count / 2]))
  }

  @Test("between samples it sleeps")
  func sleeps() async throws {
    let arguments = ["--demo", "--scenario", "calm", "-d", "3600"]
    let session = try Session(Launch(arguments: arguments))
    try await session.begin()
    // On a busy machine what a start takes may not be over when the screen stands.
    var ticks: [Int] = []
    while ticks.count < 6, ticks.last ?? 500 > 15 {
      let before = try session.processorTicks()
      _ = try await rates(session, seconds: 5)
      ticks.append(try session.processorTicks() - before)
    }
    #expect(ticks.last! <= 15, "of 500 in five seconds: \(ticks)")
  }
}

extension Session {
  /// Hundredths of a second of processor time so far (proc(5): utime and stime).
  fileprivate func processorTicks() throws -> Int {
    let fields = try #require(statFields)
    return Int(fields[11])! + Int(fields[12])!
  }
}
