import Foundation
import MemtopCore
import Testing

@testable import MemtopRecording

@Suite("A report", .timeLimit(.minutes(30)))
struct ReportTests {
  private let scratch = Scratch()
  private var path: String { scratch.file("a.memtop") }

  private func report(_ snapshots: [Snapshot]) throws -> UsageReport {
    try record(snapshots, path)
    return try Extract(RecordingFile(path)).report()
  }

  @Test("an amount counts for as long as it held: mean, p95 and GiB hours are weighted by time")
  func weighted() throws {
    // 2 GiB for 90 s, 6 GiB for 10 s.
    let report = try report(
      (0...100).map { second in
        Handmade.snapshot(
          Double(second),
          [
            Handmade.domain(
              second < 90 ? .gib(2) : .gib(6), busy: .gib(1), available: .gib(1), pressure: .ok)
          ])
      })
    let domain = report.domains[0]
    let levels = try #require(domain.allocation)
    #expect((levels.least, levels.most) == (.gib(2), .gib(6)))
    // 2.4 GiB, to the nearest byte.
    #expect(levels.mean == Bytes(2_576_980_378))
    #expect(levels.p95 == .gib(6))
    // 240 GiB seconds are 0.066667 GiB hours.
    #expect(domain.held.gibHourMillionths == 66_667)
    #expect(domain.used?.gibHourMillionths == 27_778)
    #expect(domain.covered == .seconds(100))
    #expect(report.covered == .seconds(100))
    #expect(report.gaps.isEmpty)
  }

  @Test("of a stale report nothing counts: its time is of unknown pressure")
  func stale() throws {
    let report = try report(
      (0...100).map { second in
        var domain = Handmade.domain(
          .gib(2), busy: .gib(1), available: .gib(1), pressure: .thrashing)
        if second >= 40 { domain.health = .stale }
        return Handmade.snapshot(Double(second), [domain])
      })
    let domain = report.domains[0]
    #expect(domain.pressures[.thrashing] == .seconds(40))
    #expect(domain.pressures[nil] == .seconds(60))
    #expect(domain.busy?.known == .seconds(40) && domain.available?.known == .seconds(40))
    #expect(domain.allocation?.known == .seconds(100))
    #expect(domain.used?.gibHourMillionths == 11_111)
  }

  @Test("stretches that follow each other add up to the whole, wherever they begin and end")
  func stretches() throws {
    let path = scratch.file("a.memtop")
    let domains = { (second: Int) in
      [Handmade.domain(.gib(Int64(1 + second / 10 % 3)), swapIn: .mib(Int64(second)))]
    }
    try record((0...60).map { Handmade.snapshot(Double($0 * 10), domains($0 * 10)) }, path)
    let file = try RecordingFile(path)
    let begin: Int64 = 1_790_000_000_000
    func time(_ second: Int64) -> WallTime { WallTime(milliseconds: begin + second * 1000) }
    #expect(!file.isOfSeveralHosts)
    let whole = try Extract(file).report()
    let cuts: [Int64?] = [nil, 95, 120, 133, 134, 137, 297, nil]
    let parts = try zip(cuts, cuts.dropFirst()).map { from, to in
      try Extract(file, begin: from.map(time), end: to.map(time)).report()
    }
    #expect(parts.reduce(Span.zero) { $0 + $1.covered } == whole.covered)
    #expect(whole.covered == .seconds(600))
    let held = parts.reduce(Int128(0)) { $0 + $1.domains[0].held.product }
    #expect(whole.domains[0].held.product == held)
    #expect(parts.reduce(Bytes.zero) { $0 + ($1.domains[0].swapIn ?? .zero) } == .mib(600))
    #expect(whole.domains[0].swapIn == .mib(600))
    #expect(parts.allSatisfy { $0.domains[0].lives == 1 })
    #expect(parts[1].covered == .seconds(25))
  }

  @Test("time in which nobody was looking is left out, and named")
  func gap() throws {
    let seconds = Array(0...10) + Array(610...620)
    let report = try report(
      seconds.map { Handmade.snapshot(Double($0), [Handmade.domain(.gib(3))]) })
    #expect(report.covered == .seconds(20))
    #expect(report.domains[0].covered == .seconds(20))
    #expect(report.domains[0].held.product == Int128(3 << 30) * 20_000)
    let gap = try #require(report.gaps.first)
    #expect(report.gaps.count == 1)
    #expect(gap.length == .seconds(600))
    #expect(gap.from.milliseconds == 1_790_000_010_000)
    #expect(gap.to.milliseconds == 1_790_000_610_000)
  }

  @Test("what is not known does not count as nothing")
  func unknown() throws {
    let report = try report(
      (0...20).map { second in
        Handmade.snapshot(
          Double(second),
          [
            second < 10
              ? Handmade.domain(.gib(1), busy: .gib(1), pressure: .tight)
              : Handmade.domain(.gib(1))
          ])
      })
    let busy = try #require(report.domains[0].busy)
    #expect(busy.mean == .gib(1))
    #expect(busy.known == .seconds(10))
    #expect(report.domains[0].available == nil)
    #expect(report.domains[0].pressures[.tight] == .seconds(10))
    #expect(report.domains[0].pressures[nil] == .seconds(10))
    #expect(report.domains[0].pressures[.ok] == .zero)
  }

  @Test("of what no report told there is no figure, and no nought")
  func silent() throws {
    let report = try report(
      (0...20).map { Handmade.snapshot(Double($0), [Handmade.domain(.gib(1))]) })
    #expect(report.domains[0].used == nil)
    #expect(report.domains[0].swapIn == nil)
    #expect(report.domains[0].busy == nil)
    #expect(report.domains[0].held.gibHourMillionths == 5_556)
  }

  @Test("a guest that swaps nothing in has swapped in nothing")
  func noSwapIn() throws {
    let report = try report(
      (0...20).map { Handmade.snapshot(Double($0), [Handmade.domain(.gib(1), swapIn: .mib(5))]) })
    #expect(report.domains[0].swapIn == .zero)
  }

  @Test("what the operator wrote about the recording stands in it")
  func note() throws {
    try record(
      [Handmade.snapshot(0, [Handmade.domain(.gib(1))])], path, note: "before the upgrade")
    let notes = try Extract(RecordingFile(path)).report().notes
    #expect(notes.map(\.text) == ["before the upgrade"] && notes.map(\.user) == ["alice"])
    let past = try RecordedPast(RecordingFile(path))
    #expect(past.note == "Note by alice: before the upgrade")
  }

  @Test("swap-in is what the guest's counter grew by, over its lives and not over gaps")
  func swapIn() throws {
    func at(_ second: Double, _ counter: Int64, _ domid: UInt16 = 7) -> Snapshot {
      Handmade.snapshot(
        second, [Handmade.domain(.gib(1), swapIn: .mib(counter), domid: domid)])
    }
    // 5 in its first life, 3 in its second, 100 in a gap, 2 after it.
    let report = try report([
      at(0, 10), at(1, 12), at(2, 15), at(3, 1, 8), at(4, 4, 8), at(604, 104, 8), at(605, 106, 8),
    ])
    #expect(report.domains.count == 1)
    #expect(report.domains[0].swapIn == .mib(10))
    #expect(report.domains[0].lives == 2)
    #expect(report.domains[0].id.domid == 8)
  }

  @Test("changes of targets are counted by who made them")
  func changes() throws {
    let authors: [ChangeAuthor?] = [.you, .operatorNamed("bob"), .regulator, nil, .you, nil, nil]
    let report = try report(
      authors.enumerated().map { index, author in
        Handmade.snapshot(
          Double(index), [Handmade.domain(.gib(1))], [Handmade.change(Double(index), by: author)])
      })
    #expect(
      report.domains[0].changes == ["alice": 2, "bob": 1, "regulator": 1, "not memtop": 3])
  }

  @Test("of a living host it is what a plain count of every sample comes to")
  func plainCount() throws {
    let snapshots = Living().next(600)
    let report = try report(snapshots)
    var held: [DomainUUID: Int128] = [:]
    var busyTimes: [DomainUUID: [(value: Int64, time: Int64)]] = [:]
    for (one, next) in zip(snapshots, snapshots.dropFirst()) {
      let time = next.steady.milliseconds - one.steady.milliseconds
      for domain in one.domains {
        held[domain.id.uuid, default: 0] += Int128(domain.allocation.count) * Int128(time)
        guard domain.health != .stale, let busy = domain.busy else { continue }
        busyTimes[domain.id.uuid, default: []].append((busy.count, time))
      }
    }
    #expect(report.domains.count == held.count)
    for domain in report.domains {
      #expect(domain.held.product == held[domain.id.uuid])
      let times = (busyTimes[domain.id.uuid] ?? []).sorted { $0.value < $1.value }
      let all = times.reduce(0) { $0 + $1.time }
      var passed: Int64 = 0
      let p95 = times.first {
        passed += $0.time
        return passed * 100 >= all * 95
      }
      #expect(domain.busy?.p95.count == p95?.value, "\(domain.name)")
      #expect(domain.busy?.least.count == times.first?.value)
      #expect(domain.busy?.most.count == times.last?.value)
    }
  }

  @Test("a percentile of more levels than are kept is off by less than their step")
  func manyLevels() {
    var levels = TimeWeighted()
    for index in 0..<100_000 { levels.add(Int64(index) << 12, for: 1) }
    let p95 = levels.percentile(95)!
    #expect(p95 >= 94_999 << 12)
    #expect(p95 < (94_999 << 12) + 8 << 12)
    let mean: Int64 = 99_999 * 4096 / 2
    #expect(levels.mean == mean)
  }

  @Test("an empty stretch has nothing to report")
  func empty() throws {
    try record([Handmade.snapshot(0, [Handmade.domain(.gib(1))])], path)
    let extract = Extract(
      try RecordingFile(path), begin: WallTime(milliseconds: 1_800_000_000_000))
    let report = try extract.report()
    #expect(report.stretch == nil && report.domains.isEmpty)
  }
}
