import Testing

@testable import MemtopCore
@testable import MemtopSimulation

/// The regulator's rule without any shortcut: everything is asked for each second.
private struct PlainRegulator: TrialPolicy {
  let reserve: Bytes
  var peaks: [BusyPeak?] = []
  var pressures: [Pressure?] = []
  var paces: [RegulatorPace] = []
  var pressed: [SteadyTime?] = []
  var seen: [Int] = []

  mutating func act(second: Int, host: TrialHost, guests views: inout [TrialView]) {
    if paces.isEmpty {
      peaks = views.map { _ in nil }
      pressures = views.map { _ in nil }
      paces = views.map { _ in RegulatorPace() }
      pressed = views.map { _ in nil }
      seen = views.map { _ in -1 }
    }
    let now = SteadyTime(milliseconds: Int64(second) * 1000)
    var free = host.free - reserve
    for index in views.indices { free -= max(.zero, views[index].target - views[index].allocation) }
    let guests = views.indices.map { advised(views[$0], $0) }
    for (index, advice) in Advisor.advise(guests, free: max(.zero, free)).enumerated() {
      guard case .success(let advice) = advice, let report = views[index].report else { continue }
      let size = views[index].target
      let reported = SteadyTime(milliseconds: Int64(report.second) * 1000)
      guard
        let target = paces[index].allowed(
          advice.target, from: size, reported: reported, pressed: pressed[index], now: now)
      else { continue }
      views[index].setTarget(target.rounded(downTo: .mib(1)))
      paces[index].move(isRaise: target > size, at: now)
    }
  }

  private mutating func advised(_ view: TrialView, _ index: Int) -> AdvisedGuest {
    var guest = AdvisedGuest(
      size: view.target, overhead: .mib(1), busy: view.report?.busy, staticMax: view.staticMax)
    guard let report = view.report else { return guest }
    if report.second != seen[index] {
      seen[index] = report.second
      let at = SteadyTime(milliseconds: Int64(report.second) * 1000)
      let figures = PressureRule.Figures(
        psiSome: report.psiSome, psiFull: report.psiFull, swapInRate: report.swapInRate,
        available: report.available, allocation: report.allocation)
      pressures[index] = PressureRule.word(figures, before: pressures[index])
      if let pressure = pressures[index], pressure > .ok { pressed[index] = at }
      if peaks[index] == nil { peaks[index] = BusyPeak(report.busy, at: at) }
      peaks[index]?.note(report.busy, at: at)
    }
    let distance = view.target - .mib(1) - view.allocation
    guest.peak = peaks[index]?.value
    guest.swapUsed = report.swapUsed
    guest.pressure = pressures[index]
    guest.objection = distance.magnitude > .mib(1) ? .underWay : nil
    return guest
  }
}

@Suite("memtop's own rule in trials") struct ExternalRegulatorTests {
  @Test(
    "what is not asked for again would have been answered the same",
    arguments: [TrialHost.standard.forGuests, .gib(4)], [1, 10])
  func shortcut(forGuests: Bytes, interval: Int) {
    let host = TrialHost(forGuests: forGuests, free: forGuests)
    let trial = Trial(
      load: .mixed, guests: 6, hours: 1, interval: interval, seed: 5, host: host)
    let plain = PlainRegulator(reserve: Guard.hostReserve(total: forGuests))
    #expect(trial.run(.regulator) == trial.run(plain))
  }

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
