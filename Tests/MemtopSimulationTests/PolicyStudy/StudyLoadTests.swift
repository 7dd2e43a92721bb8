import Testing

@testable import MemtopCore
@testable import MemtopSimulation

@Suite("The loads of studies", .timeLimit(.minutes(30))) struct StudyLoadTests {
  @Test(
    "are what they were when regulators were tuned on them",
    arguments: zip(
      StudyLoad.allCases,
      [
        0x6EE7_D28D_1B0B_6EA6, 0x2427_1F69_AB76_E1C3, 0x8BA9_3CC3_08DE_3E92, 0x49BB_A8BC_F09B_FB5B,
        0xA818_395F_F2D6_D636, 0x5652_6F2B_F628_2B99,
      ] as [UInt64]))
  func frozen(load: StudyLoad, digest: UInt64) {
    #expect(load.digest == digest)
  }

  @Test("the same seed gives the same guests, another seed others", arguments: StudyLoad.allCases)
  func seeded(load: StudyLoad) {
    func demand(_ seed: UInt64) -> [[Int32]] {
      load.guests(count: 3, hours: 2, seed: seed).map(\.series.demand)
    }
    #expect(demand(7) == demand(7))
    #expect(demand(7) != demand(8))
  }

  @Test("a longer study of more guests begins as the shorter", arguments: StudyLoad.allCases)
  func prefix(load: StudyLoad) {
    let short = load.guests(count: 2, hours: 1, seed: 3)
    let long = load.guests(count: 4, hours: 30, seed: 3)
    for (a, b) in zip(short, long) {
      #expect(a.memory == b.memory && a.fileSet == b.fileSet && a.series.phase == b.series.phase)
      #expect(b.series.demand.starts(with: a.series.demand.dropLast()))
    }
  }

  @Test("an office has three to five times as much in its hours as at night")
  func office() {
    for guest in StudyLoad.office.guests(count: 5, hours: 24, seed: 1) {
      // Ten and three in the morning, jitter, spikes and the nightly job aside.
      let day = guest.series.demand[(10 * 720 - 7 * 720)..<(16 * 720 - 7 * 720)].sorted()
      let night = guest.series.demand[(20 * 720 - 7 * 720)...].sorted()
      let ratio = Double(day[day.count / 2]) / Double(night[night.count / 2])
      #expect((2.7...5.6).contains(ratio))
    }
  }

  @Test("a burst is 1 GiB at once")
  func burst() {
    for guest in StudyLoad.burst.guests(count: 3, hours: 24, seed: 1) {
      let steps = zip(guest.series.demand, guest.series.demand.dropFirst()).map { $1 - $0 }
      let most = steps.max()!
      #expect(most > 1_000 << 10 && most < 1_060 << 10)
    }
  }

  @Test("a burst is as long as it says, wherever a seed begins")
  func burstLength() {
    for seed in 1...5 as ClosedRange<UInt64> {
      let plan = StudyPlan(
        name: "a", count: 1, memory: .gib(1), staticMax: .gib(2), swap: .zero, fileSet: .zero,
        readRate: .zero,
        load: .burst(base: .mib(100), peak: .mib(900), period: .minutes(1), length: .seconds(5)))
      let demand = plan.guests(hours: 1, seed: seed)[0].series.demand
      #expect((59...61).contains(demand.count { $0 > 500 << 10 }))
    }
  }

  @Test("static-max is generous, and swap a damper", arguments: StudyLoad.allCases)
  func shapes(load: StudyLoad) {
    for guest in load.guests(count: 5, hours: 12, seed: 2) {
      let most = Bytes.kib(Int64(guest.series.demand.max()!))
      #expect(guest.staticMax > most + .mib(200))
      #expect(guest.staticMax >= guest.memory * 3 / 2)
      #expect(guest.swap >= .mib(256) && guest.swap <= .mib(512))
    }
  }
}
