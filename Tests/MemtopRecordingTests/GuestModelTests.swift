import Foundation
import MemtopRecording
import Testing

@testable import MemtopCore
@testable import MemtopSimulation

/// How near the simulated guest comes to real ones: ten minutes of random load on three regulated
/// guests of a real Xen (Tests/XenLab/LongTests.swift), replayed by `GuestMemory`.
///
/// What the real guest's programs wanted is taken from its reports (busy and what is in swap); what
/// the balloon gave and took is what it really held. What the model says is available, and in swap,
/// is compared with what the real guest said, each second that a report was fresh.
@Suite(.timeLimit(.minutes(30))) struct GuestModelTests {
  private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Recordings/random-load.memtop").path

  private static func snapshots() throws -> [Snapshot] {
    var snapshots: [Snapshot] = []
    try Extract(RecordingFile(file)).forEach(.host) {
      snapshots.append($0)
      return true
    }
    return snapshots
  }

  @Test(
    "the simulated guest is within 10 MiB of what a real one has available and in swap, on average",
    arguments: ["pv1", "pv2", "pvh1"])
  func error(name: String) throws {
    let samples = try Self.snapshots().compactMap { snapshot in
      snapshot.domains.first { $0.name == name }
    }
    #expect(samples.count > 500)
    let error = try #require(ModelError(samples))
    print("guest model: \(name): \(error)")
    #expect(error.available.mean <= 10)
    #expect(error.swap.mean <= 10)
    #expect(error.kills == 0)
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
  init?(_ samples: [DomainSample]) {
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
    for sample in samples {
      let distance = sample.allocation - memory.allocation
      if distance > .zero { memory.grow(by: distance) }
      if distance < .zero { _ = memory.shrink(by: -distance) }
      let wanted = max(.zero, (sample.busy ?? busy) + (sample.swapUsed ?? swapped) - own)
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
