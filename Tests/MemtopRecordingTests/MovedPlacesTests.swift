import MemtopCore
import MemtopRecording
import Testing

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
}
