import MemtopCore
import Testing

@testable import MemtopRecording

/// A session gives places anew, so a domain may stand elsewhere in the file than in the session before.
@Suite("domains at other places of the file", .timeLimit(.minutes(30)))
struct MovedPlacesTests {
  private let scratch = Scratch()
  private var path: String { scratch.file("a.memtop") }

  private static func domain(_ number: UInt16) -> DomainSample {
    Handmade.domain(
      .gib(Int64(number)), domid: number,
      uuid: DomainUUID("0000000\(number)-2222-4333-8444-555555555555")!, name: "d\(number)")
  }

  /// Of domains 1, 2 and 3 the first ends, and domain 4 takes its place; then the recorder is restarted, and
  /// all stand one place lower.
  private func recorded() throws -> RecordingFile {
    let before = (0..<10).map { Handmade.snapshot(Double($0), [1, 2, 3].map(Self.domain)) }
    let after = (10..<15).map { Handmade.snapshot(Double($0), [2, 3, 4].map(Self.domain)) }
    try record(before + after, path)
    try record(
      (15..<20).map { Handmade.snapshot(Double($0), [2, 3, 4].map(Self.domain)) }, path)
    return try RecordingFile(path)
  }

  @Test("a restart of the recorder is no life of a domain's, and holds nothing twice")
  func lives() throws {
    let report = try Extract(recorded()).report()
    #expect(Set(report.domains.map(\.name)) == ["d1", "d2", "d3", "d4"])
    for domain in report.domains { #expect(domain.lives == 1, "\(domain.name)") }
  }

  @Test("no metric loses points, or has its times out of order", arguments: [500_000, 1])
  func metrics(points: Int64) throws {
    var text = ""
    try Extract(recorded()).writeOpenMetrics(
      [Field.named("alloc")!], host: false, keeping: points
    ) {
      text += String(decoding: $0, as: UTF8.self)
      return true
    }
    let lines = text.split(separator: "\n").filter {
      $0.hasPrefix("memtop_domain_allocation_bytes{")
    }
    for (name, count) in [("d1", 10), ("d2", 20), ("d3", 20), ("d4", 10)] {
      let own = lines.indices.filter { lines[$0].contains("domain=\"\(name)\"") }
      #expect(own.count == count, "\(name)")
      #expect(zip(own, own.dropFirst()).allSatisfy { $0 + 1 == $1 }, "\(name) in one piece")
      let times = own.compactMap { Double(lines[$0].split(separator: " ").last!) }
      #expect(zip(times, times.dropFirst()).allSatisfy { $0 < $1 }, "\(name) in order")
    }
  }

  @Test("a session that begins without domains has none of the session before")
  func empty() throws {
    try record((0..<10).map { Handmade.snapshot(Double($0), [1, 2].map(Self.domain)) }, path)
    try record(
      (10..<30).map { Handmade.snapshot(Double($0), $0 < 20 ? [] : [Self.domain(2)]) }, path)
    let file = try RecordingFile(path)
    let counts = try Extract(file).snapshots().map(\.domains.count)
    #expect(
      counts == Array(repeating: 2, count: 10) + Array(repeating: 0, count: 10)
        + Array(repeating: 1, count: 10))
    let walker = try RecordingWalker(file)
    for (index, count) in counts.enumerated() {
      try walker.go(to: Int64(index + 1))
      #expect(walker.snapshot().domains.count == count, "sample \(index + 1)")
    }
    let report = try Extract(file).report()
    #expect(report.domains.first { $0.name == "d1" }?.covered == .seconds(10))
  }

  @Test("a time that the clock passed over is that of the sample before")
  func passedOver() throws {
    func found(_ offsets: [Int64], at seconds: Double) throws -> Int64? {
      let file = scratch.file("\(offsets.count) \(offsets[0]) \(seconds)")
      let snapshots = offsets.enumerated().flatMap { index, offset in
        (0..<10).map {
          Handmade.snapshot(Double(index * 10 + $0), offset: offset, [Self.domain(1)])
        }
      }
      try record(snapshots, file)
      return try RecordingFile(file).samples.id(
        atOrBefore: WallTime(milliseconds: 1_790_000_000_000 + Int64(seconds * 1000)))
    }
    // As over a suspend of eight hours.
    let suspended: [Int64] = [0, 28_800_000]
    for (seconds, sample) in [(-5, 1), (4.5, 5), (3_600, 10), (28_812, 13), (90_000, 20)] {
      #expect(try found(suspended, at: seconds) == Int64(sample), "\(seconds)")
    }
    // As over a boot in the year 2001, before the time is fetched.
    let booted: [Int64] = [0, -800_000_000_000, 0]
    for (seconds, sample) in [(5, 6), (15, 10), (25, 26)] {
      #expect(try found(booted, at: Double(seconds)) == Int64(sample), "\(seconds)")
    }
  }
}
