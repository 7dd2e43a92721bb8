import Testing

@testable import MemtopCore
@testable import MemtopSimulation

@Suite("memtop's own rule in studies", .timeLimit(.minutes(30))) struct ExternalRegulatorTests {
  @Test("three fifths more at once, with a quarter GiB of swap, kill nobody either")
  func step() {
    let guests = StudyLoad.office.guests(count: 22, hours: 6, seed: 54)[21...]
    let study = PolicyStudy(guests: Array(guests), hours: 6, interval: 10)
    #expect(study.run(.regulator).oomKills == 0)
  }

  @Test("a burst of 1 GiB kills nobody, whatever the report interval", arguments: [1, 10, 60])
  func burst(interval: Int) {
    let study = PolicyStudy(load: .burst, guests: 10, hours: 3, interval: interval, seed: 1)
    #expect(study.guests.contains { $0.series.demand.max()! > 1 << 20 })
    #expect(study.run(.regulator).oomKills == 0)
  }

  @Test("with agents that are silent until their time, bursts kill")
  func silent() {
    let study = PolicyStudy(
      load: .burst, guests: 10, hours: 3, interval: 60, seed: 1
    ).guests
    let deaf = PolicyStudy(guests: study, hours: 3, interval: 60, reportsEarly: false)
    #expect(deaf.run(.regulator).oomKills > 0)
  }

  @Test("over a day in an office it holds less than sizes that never thrash, by a quarter and more")
  func office() {
    let study = PolicyStudy(load: .office, guests: 2, hours: 24, interval: 10, seed: 2)
    #expect(study.run(.regulator).gibHours < study.run(.fixedCalm).gibHours * 0.75)
  }
}
