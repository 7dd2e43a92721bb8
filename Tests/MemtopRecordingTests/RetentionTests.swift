import Foundation
import MemtopCore
import RecordedLoad
import Testing

@testable import MemtopRecording

@Suite("A recording stays below its age and size", .timeLimit(.minutes(30)))
struct RetentionTests {
  let scratch = Scratch(fast: true)
  private let now = WallTime(milliseconds: 0)

  private func size(_ path: String) -> Int64 {
    ["", "-wal"].reduce(0) { sum, end in
      let attributes = try? FileManager.default.attributesOfItem(atPath: path + end)
      return sum + ((attributes?[.size] as? Int64) ?? 0)
    }
  }

  private func write(
    _ path: String, _ numbers: ClosedRange<Int64>, _ options: RecordingOptions,
    each: (Int64) throws -> Void = { _ in }
  ) throws {
    let writer = try RecordingWriter(path, options, now: now)
    for number in numbers {
      _ = try writer.append(NumberedLoad.snapshot(number))
      try each(number)
    }
    try writer.close()
  }

  private func expectWhole(_ path: String, through last: Int64, _ what: String) throws -> Int64 {
    let check = try RecordingCheck(path)
    #expect(check.problems.isEmpty, "\(what): \(check.problems)")
    let first = try #require(check.numbers.first)
    #expect(check.numbers == Array(first...last), "\(what)")
    #expect(Raw.text(path, "PRAGMA integrity_check") == "ok")
    return first
  }

  @Test("a limit lower than the file is reached at once, and held from then on")
  func lowered() throws {
    let path = scratch.file("a.memtop")
    try write(path, 1...8_000, RecordingOptions())
    #expect(size(path) > 3 << 20)
    var largest: Int64 = 0
    try write(path, 8_001...8_300, RecordingOptions(maxSize: .mib(2))) { number in
      // The old can go once there is a keyframe after it: the first sample is one.
      if number > 8_002 { largest = max(largest, size(path)) }
    }
    #expect(largest <= 2 << 20, "\(largest)")
    let first = try expectWhole(path, through: 8_300, "lowered")
    #expect(first > 1)
    #expect(size(path) <= 2 << 20)
  }

  @Test("what is older than a short time goes, too", arguments: [Int64(120), 1_600])
  func shortAge(_ seconds: Int64) throws {
    let path = scratch.file("a.memtop")
    try write(path, 1...3_000, RecordingOptions(keep: .seconds(seconds)))
    let first = try expectWhole(path, through: 3_000, "keep \(seconds) s")
    // Two stretches: one that is not too old as a whole, and one that is being written.
    #expect(first > 3_000 - seconds - 2 * max(60, seconds / 16) - 10, "\(first)")
  }

  @Test("a limit that is reached within one stretch makes a keyframe, and forgets what came before")
  func oneStretch() throws {
    let path = scratch.file("a.memtop")
    var largest: Int64 = 0
    // A thousand samples of the load are between two keyframes, and more than half a mebibyte.
    try write(path, 1...3_000, RecordingOptions(maxSize: .mib(1))) { _ in
      largest = max(largest, size(path))
    }
    #expect(largest <= 1 << 20, "\(largest)")
    #expect(try expectWhole(path, through: 3_000, "one stretch") > 1_000)
  }

  @Test("--keep counts over restarts")
  func keepOverRestarts() throws {
    let path = scratch.file("a.memtop")
    let options = RecordingOptions(keep: .minutes(5))
    for session in Int64(0)..<12 {
      try write(path, session * 100 + 1...session * 100 + 100, options)
    }
    let first = try expectWhole(path, through: 1_200, "12 sessions")
    // Keyframes begin the sessions: the first that ends more than five minutes ago is forgotten.
    #expect((701...901).contains(first), "\(first)")
    #expect(try RecordingFile(path).sessions().count <= 5)
  }

  @Test(
    "what a killed writer had begun to forget goes with the next one, and the file does not grow")
  func afterKill() throws {
    let path = scratch.file("a.memtop")
    var next: Int64 = 1
    var largest: Int64 = 0
    for _ in 0..<12 {
      let probe = try Probe("write", path, "\(next)", "100000", "max-size=1")
      while probe.numbers.count < 300, probe.hear() {}
      probe.kill()
      _ = probe.end()
      largest = max(largest, size(path))
      next = try #require(try RecordingCheck(path).numbers.last) + 1
    }
    #expect(largest <= 1 << 20, "\(largest)")
    _ = try expectWhole(path, through: next - 1, "killed")
  }

  /// Bytes a sample of ten minutes of a simulated host, one guest of which is changed.
  private func cost(_ name: String, _ change: (inout DomainSample, Int64) -> Void) throws -> Int64 {
    let path = scratch.file(name)
    let writer = try RecordingWriter(path, RecordingOptions(), now: now)
    for (second, var snapshot) in Living().next(600).enumerated() {
      change(&snapshot.domains[1], Int64(second))
      _ = try writer.append(snapshot)
    }
    try writer.close()
    return size(path) / 600
  }

  @Test("a guest that says something else with each report cannot fill the recording")
  func talkative() throws {
    let quiet = try cost("quiet") { _, _ in }
    let talks = try cost("talks") { domain, second in
      func word(_ length: Int) -> String { String(repeating: "\(second % 10)", count: length) }
      domain.revision = 0
      domain.facts = DomainFacts(
        name: domain.name, osName: word(80), kernel: word(40), ipv4: word(40), ipv6: word(48))
    }
    // Figures that come and go, and reports that are refused for ever other reasons.
    let raves = try cost("raves") { domain, second in
      domain.revision = 0
      domain.report?.swapUsed = second % 2 == 0 ? .mib(second) : nil
      domain.health =
        second % 2 == 0 ? .implausible(String(repeating: "\(second)", count: 60)) : .stale
    }
    print("bytes a sample: \(quiet) quiet, \(talks) talkative, \(raves) raving")
    #expect(talks < quiet + 20, "\(talks) bytes a sample, \(quiet) else")
    #expect(raves < quiet + Int64(DomainRation.mostBytes) / 60 * 3 / 2, "\(raves)")
  }

  @Test("what a guest says is in the recording, a minute later at the latest")
  func saidOnceAMinute() throws {
    let path = scratch.file("a.memtop")
    let writer = try RecordingWriter(path, RecordingOptions(), now: now)
    for second in Int64(0)...100 {
      var domain = Handmade.domain(.gib(4))
      // At rest after its last word.
      domain.revision = second < 5 ? UInt64(second + 1) : 6
      domain.facts = DomainFacts(
        name: second < 3 ? "db2" : "db3", osName: "Debian \(min(second, 5))")
      _ = try writer.append(Handmade.snapshot(Double(second), [domain]))
    }
    try writer.close()
    let told = try Extract(RecordingFile(path)).snapshots().map { $0.domains[0].facts }
    #expect(told[0].osName == "Debian 0")
    #expect(told[1...60].allSatisfy { $0.osName == "Debian 1" })
    #expect(told[61...].allSatisfy { $0.osName == "Debian 5" })
    // A name is not the guest's word.
    #expect(told[2].name == "db2" && told[3].name == "db3")
  }

  @Test("the limit holds with a thousand domains, of which each sample is a good part of it")
  func crowded() throws {
    let path = scratch.file("a.memtop")
    let writer = try RecordingWriter(path, RecordingOptions(maxSize: .mib(2)), now: now)
    var largest: Int64 = 0
    var written: [Int64: Snapshot] = [:]
    for number in Int64(1)...60 {
      var snapshot = NumberedLoad.snapshot(number)
      let template = snapshot.domains[1]
      snapshot.domains = DomainSamples(
        (0..<1_000).map { index in
          var domain = template
          domain.id = DomainID(
            domid: UInt16(index + 1), uuid: DomainUUID(high: 9, low: UInt64(index)))
          domain.allocation = .kib(number * 1000 + Int64(index))
          return domain
        })
      snapshot.events = []
      let outcome = try writer.append(snapshot)
      #expect(outcome == .written, "\(number)")
      if outcome == .written { written[snapshot.steady.milliseconds] = snapshot }
      largest = max(largest, size(path))
    }
    try writer.close()
    #expect(largest <= 2 << 20, "\(largest)")
    let past = try RecordedPast(RecordingFile(path))
    let range = try #require(past.range)
    for (time, snapshot) in written where range.contains(SteadyTime(milliseconds: time)) {
      expectEqual(try #require(past.snapshot(at: snapshot.steady)), snapshot, "\(time)")
    }
  }

  @Test("free pages are given back, but for a mebibyte, once they are most of the file")
  func vacuum() throws {
    let path = scratch.file("a.memtop")
    try write(path, 1...5_000, RecordingOptions())
    let before = size(path)
    try write(path, 9_000...9_400, RecordingOptions(keep: .minutes(1)))
    #expect(size(path) < before / 10 * 6, "\(before) before, \(size(path)) after")
    let check = try RecordingCheck(path)
    #expect(check.problems.isEmpty && check.numbers.last == 9_400)
  }
}
