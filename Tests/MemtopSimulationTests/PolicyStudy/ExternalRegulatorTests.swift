import Testing

@testable import MemtopCore
@testable import MemtopSimulation

@Suite("memtop's own rule in trials", .timeLimit(.minutes(30))) struct ExternalRegulatorTests {
  @Test("three fifths more at once, with a quarter GiB of swap, kill nobody either")
  func step() {
    let guests = TrialLoad.office.guests(count: 22, hours: 6, seed: 54)[21...]
    let trial = Trial(guests: Array(guests), hours: 6, interval: 10)
    #expect(trial.run(.regulator).oomKills == 0)
  }

  @Test("a burst of 1 GiB kills nobody, whatever the report interval", arguments: [1, 10, 60])
  func burst(interval: Int) {
    let trial = Trial(load: .burst, guests: 10, hours: 3, interval: interval, seed: 1)
    #expect(trial.guests.contains { $0.series.demand.max()! > 1 << 20 })
    #expect(trial.run(.regulator).oomKills == 0)
  }

  @Test("with agents that are silent until their time, bursts kill")
  func silent() {
    let trial = Trial(
      load: .burst, guests: 10, hours: 3, interval: 60, seed: 1
    ).guests
    let deaf = Trial(guests: trial, hours: 3, interval: 60, reportsEarly: false)
    #expect(deaf.run(.regulator).oomKills > 0)
  }

  @Test("over a day in an office it holds less than sizes that never thrash, by a quarter and more")
  func office() {
    let trial = Trial(load: .office, guests: 2, hours: 24, interval: 10, seed: 2)
    #expect(trial.run(.regulator).gibHours < trial.run(.fixedCalm).gibHours * 0.75)
  }
}
