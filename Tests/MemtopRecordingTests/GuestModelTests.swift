import Foundation
import MemtopRecording
import Testing

@testable import MemtopCore
@testable import MemtopSimulation

/// How near the simulated guest comes to real ones: ten minutes of random load on three regulated
/// guests of a real Xen (Tests/XenLab/LongTests.swift), replayed by `GuestMemory`.
///
/// What the balloon gave and took is what it really held. What the programs wanted is what the load
/// generator noted that it took (`guest-load.log`), so a report that is wrong is not compared with itself.
/// The log and its recording are made together, by `MEMTOP_LAB_LONG=1 MEMTOP_LAB_OUT=FOLDER swift test
/// --filter randomLoad`. What the model says is available, and in swap, is compared with what the real
/// guest said, each second that a report was fresh.
@Suite(.timeLimit(.minutes(30))) struct GuestModelTests {
  private static func snapshots(_ file: String) throws -> [Snapshot] {
    var snapshots: [Snapshot] = []
    try Extract(RecordingFile(Kept.path(file))).forEach(.host) {
      snapshots.append($0)
      return true
    }
    return snapshots
  }

  private func expectNear(_ error: ModelError?, _ name: String) throws {
    let error = try #require(error)
    print("guest model: \(name): \(error)")
    #expect(error.seconds > 500)
    #expect(error.available.mean <= 10)
    #expect(error.swap.mean <= 10)
    #expect(error.kills == 0)
  }

  @Test(
    "under the load that its generator noted, the simulated guest is within 10 MiB of a real one",
    arguments: ["pv1", "pv2", "pvh1"])
  func noted(name: String) throws {
    let log = try LoadLog(String(contentsOfFile: Kept.path("guest-load.log"), encoding: .utf8))
    try expectNear(
      ModelError(Self.snapshots("guest-load.memtop"), name) { log.held(by: name, at: $0) }, name)
  }

  /// Of this recording no log was kept: what the programs wanted is taken from the guest's own reports.
  /// It shows how the model shares that among memory, cache and swap, and no more.
  @Test(
    "of what a guest reports as wanted, as much is available and in swap as in a real one, to 10 MiB",
    arguments: ["pv1", "pv2", "pvh1"])
  func reported(name: String) throws {
    try expectNear(ModelError(Self.snapshots("random-load.memtop"), name, held: nil), name)
  }

  @Test("between two notes, the load is taken evenly")
  func log() throws {
    let log = try LoadLog("100 pv1 0\n100 pv2 0\n110 pv1 0\n120 pv1 50\n121 pv2 30\n130 pv1 50\n")
    let held = [90, 110, 115, 120, 400].map {
      log.held(by: "pv1", at: WallTime(milliseconds: $0 * 1000))
    }
    #expect(held == [.zero, .zero, .mib(25), .mib(50), .mib(50)])
    #expect(throws: LoadLog.Malformed.self) { try LoadLog("100 pv1\n") }
  }
}

/// The recordings that are kept, and what is noted of them.
private enum Kept {
  static func path(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Recordings/\(name)").path
  }
}

/// What the load generator noted: "SECONDS GUEST MIB", before and after each thing that it did.
private struct LoadLog {
  struct Malformed: Error { var line: Substring }

  private var notes: [String: [(time: Int64, held: Bytes)]] = [:]

  init(_ text: String) throws {
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 3, let second = Int64(words[0]), let mib = Int64(words[2]) else {
        throw Malformed(line: line)
      }
      notes[String(words[1]), default: []].append((second * 1000, .mib(mib)))
    }
  }

  func held(by name: String, at time: WallTime) -> Bytes {
    let notes = notes[name] ?? []
    guard let next = notes.firstIndex(where: { $0.time > time.milliseconds }) else {
      return notes.last?.held ?? .zero
    }
    guard next > 0 else { return .zero }
    let (from, to) = (notes[next - 1], notes[next])
    let (passed, whole) = (time.milliseconds - from.time, to.time - from.time)
    return Bytes(from.held.count + (to.held - from.held).count * passed / whole)
  }
}

/// The distance between a recorded guest and the simulated one, in MiB.
private struct ModelError: CustomStringConvertible {
  struct Distance {
    var sum = 0.0
    var worst = 0.0
    var count = 0
    var mean: Double { count > 0 ? sum / Double(count) : .infinity }

    mutating func add(_ one: Bytes, _ other: Bytes) {
      let distance = Double((one - other).magnitude.count) / Double(1 << 20)
      sum += distance
      worst = max(worst, distance)
      count += 1
    }

    var text: String {
      String(format: "%.1f MiB on average, at worst %.1f", mean, worst)
    }
  }

  var available = Distance()
  var swap = Distance()
  var kills = 0
  private(set) var seconds = 0

  var description: String {
    "available \(available.text); swap \(swap.text); \(kills) kills in \(seconds) s"
  }

  /// nil where no report is in it.
  ///
  /// - Parameter held: what the load had taken at a time, beside what the programs wanted at the
  ///   beginning; nil takes what they want from each report.
  init?(_ snapshots: [Snapshot], _ name: String, held: ((WallTime) -> Bytes)?) {
    let found = snapshots.map { snapshot in
      (snapshot.time, snapshot.domains.first { $0.name == name })
    }
    let samples = found.compactMap { $0.1 }
    let first = samples.first { $0.health == .fresh && $0.busy != nil && $0.swapUsed != nil }
    guard let first, let busy = first.busy, let swapped = first.swapUsed,
      let swapTotal = first.report?.swapTotal, let staticMax = first.staticMax
    else { return nil }
    let shape = GuestMemory.Shape(
      staticMax: staticMax, swapTotal: swapTotal, fileSet: .mib(60), readRate: .mib(20),
      hotPermille: 20)
    var memory = GuestMemory(shape: shape, allocation: first.allocation)
    // What a guest without any program has busy: the real kernel's is not the model's to the MiB.
    _ = memory.step(demand: .zero)
    let own = memory.allocation - memory.available
    let atFirst = max(.zero, busy + swapped - own)
    for case (let time, let sample?) in found {
      let distance = sample.allocation - memory.allocation
      if distance > .zero { memory.grow(by: distance) }
      if distance < .zero { _ = memory.shrink(by: -distance) }
      let reported = max(.zero, (sample.busy ?? busy) + (sample.swapUsed ?? swapped) - own)
      let wanted = held.map { atFirst + $0(time) } ?? reported
      if memory.step(demand: wanted) { kills += 1 }
      seconds += 1
      guard sample.health == .fresh, let said = sample.available, let out = sample.swapUsed,
        sample.reportAge.map({ $0 < .seconds(1) }) == true
      else { continue }
      available.add(memory.available, said)
      swap.add(memory.swapUsed, out)
    }
    guard available.count > 0 else { return nil }
  }
}
