import Testing

@testable import MemtopCore
@testable import MemtopSimulation

@Suite("A guest in a study", .timeLimit(.minutes(30))) struct StudyMachineTests {
  private static func guest(
    _ demand: @escaping (Int) -> Bytes, swap: Bytes = .mib(64), hours: Int = 1
  ) -> StudyGuest {
    StudyGuest(
      load: "test", memory: .mib(512), staticMax: .gib(2), swap: swap, fileSet: .mib(100),
      readRate: .mib(10), hotPermille: 60, commitPermille: 1200,
      series: DemandSeries(hours: hours, phase: 0, demand: demand, reading: { _ in 100 }))
  }

  /// Lives on to `end`, under one target.
  private static func live(
    _ machine: inout StudyMachine, _ view: inout StudyView, to end: Int, from: Int = 0,
    free: Bytes = .gib(8)
  ) {
    for second in from..<end { machine.step(&view, second: second, free: free) }
  }

  @Test("a killed program comes back after thirty seconds, and wants what it wanted")
  func restart() {
    // 1 GiB for a minute is too much for 512 MiB and 64 of swap; 300 is not.
    let guest = Self.guest { (60..<70).contains($0) ? .gib(1) : .mib(300) }
    var machine = StudyMachine(guest, allocation: .mib(512))
    var view = StudyView(guest, allocation: .mib(512))
    Self.live(&machine, &view, to: 60)
    #expect(machine.memory.oomKills == 0)
    #expect(machine.memory.resident == .mib(300))
    Self.live(&machine, &view, to: 85, from: 60)
    #expect(machine.memory.oomKills == 1)
    #expect(machine.memory.resident < .mib(60))
    Self.live(&machine, &view, to: 110, from: 85)
    #expect(machine.memory.resident == .mib(300))
  }

  @Test("what is killed while its balloon takes is as dead for thirty seconds")
  func killedWhileTaking() {
    let guest = Self.guest { $0 < 60 ? .mib(300) : .mib(900) }
    var machine = StudyMachine(guest, allocation: .mib(512))
    var view = StudyView(guest, allocation: .mib(512))
    Self.live(&machine, &view, to: 10)
    // Far below what the programs use: the balloon never arrives, and kills nobody.
    view.setTarget(.mib(64))
    Self.live(&machine, &view, to: 60, from: 10)
    #expect(machine.memory.oomKills == 0)
    #expect(machine.memory.resident == .mib(300))
    Self.live(&machine, &view, to: 600, from: 60)
    // Each life ends within some seconds, and each death lasts thirty.
    #expect((2...540 / 30).contains(machine.memory.oomKills))
  }

  @Test("a leak grows, and begins anew when it is started anew")
  func leak() {
    var guest = Self.guest { _ in .mib(100) }
    guest.series.leak = DemandSeries.Leak(perHour: .mib(360), age: 600, restarts: [1200])
    var machine = StudyMachine(guest, allocation: .mib(512))
    var view = StudyView(guest, allocation: .mib(512))
    Self.live(&machine, &view, to: 1190)
    // 100 MiB, and 360 an hour for 600 + 1,180 seconds.
    #expect(machine.memory.resident == .mib(278))
    Self.live(&machine, &view, to: 1300, from: 1190)
    #expect(machine.memory.resident < .mib(111))
  }

  @Test("a balloon moves 256 MiB a second, takes no more than the host has, and rests 1 MiB below")
  func balloon() {
    let guest = Self.guest { _ in .mib(200) }
    var machine = StudyMachine(guest, allocation: .mib(512))
    var view = StudyView(guest, allocation: .mib(512))
    view.setTarget(.gib(3))
    #expect(view.target == .gib(2), "static-max is the most")
    Self.live(&machine, &view, to: 2)
    #expect(view.allocation == .mib(1023))
    Self.live(&machine, &view, to: 3, from: 2, free: .mib(10))
    #expect(view.allocation == .mib(1033))
    Self.live(&machine, &view, to: 20, from: 3)
    #expect(view.allocation == .mib(2047))
    view.setTarget(.mib(512))
    Self.live(&machine, &view, to: 40, from: 20)
    #expect(view.allocation == .mib(511))
    #expect(view.changes == 2)
  }

  @Test("seconds in which nothing moves are counted as if they had been lived")
  func rest() {
    let guest = Self.guest { $0 < 1800 ? .mib(200) : .mib(210) }
    var machine = StudyMachine(guest, allocation: .mib(512))
    var view = StudyView(guest, allocation: .mib(512))
    var memory = GuestMemory(shape: guest.shape, allocation: .mib(511))
    var hits = 0.0
    for second in 0..<3600 {
      machine.step(&view, second: second, free: .zero)
      _ = memory.step(demand: second < 1800 ? .mib(200) : .mib(210))
      hits += Double(Bytes.mib(10).kib) * memory.hitShare
    }
    #expect(machine.memory.isSame(as: memory))
    #expect(machine.tally.hits == hits)
    #expect(machine.tally.reads == 3600 * 10 * 1024)
  }

  /// The seconds of a guest's reports to qmemman, and what each says is used.
  private static func reportsToQmemman(
    _ demand: @escaping (Int) -> Bytes, target: Bytes = .gib(1)
  ) -> [(second: Int, used: Bytes)] {
    let guest = Self.guest(demand)
    var machine = StudyMachine(
      guest, allocation: target, reporter: .meminfoWriter(MeminfoWriter()))
    var view = StudyView(guest, allocation: target)
    var reports: [(second: Int, used: Bytes)] = []
    for second in 0..<900 {
      machine.step(&view, second: second, free: .zero)
      guard let report = view.report, report.second != reports.last?.second else { continue }
      reports.append((report.second, report.busy + report.swapUsed))
    }
    return reports
  }

  @Test("Qubes' writer reports used memory that moves by more than 30,000 kB, and never by time")
  func meminfoWriter() {
    let still = Self.reportsToQmemman { _ in .mib(200) }
    #expect(still.map(\.second) == [1])
    // Neither free memory nor any cache is used.
    let memory = GuestMemory(shape: Self.guest { _ in .zero }.shape, allocation: .mib(1023))
    #expect(still[0].used - .mib(200) == memory.allocation - memory.free)
    func steps(_ more: Bytes, of base: Bytes = .mib(200)) -> [Int] {
      Self.reportsToQmemman { base + more * Int64($0 / 300) }.map(\.second)
    }
    #expect(steps(.kib(30_000)) == [1, 601])
    #expect(steps(.kib(30_004)) == [1, 301, 601])
    #expect(steps(.kib(-30_004)) == [1, 301, 601])
    // 1.3 times what is used is above all it has: half of that is enough, upwards.
    #expect(steps(.kib(15_000), of: .mib(750)) == [1, 601])
    #expect(steps(.kib(15_004), of: .mib(750)) == [1, 301, 601])
    #expect(steps(.kib(-15_004), of: .mib(800)) == [1, 601])
  }

  @Test("qmemman's outcome does not depend on memtop-agent's interval")
  func independent() {
    let outcomes = [(10, true), (60, false)].map { interval, isEarly in
      PolicyStudy(
        guests: StudyLoad.office.guests(count: 3, hours: 2, seed: 1), hours: 2, interval: interval,
        reportsEarly: isEarly
      ).run(.qmemman)
    }
    #expect(outcomes[0] == outcomes[1])
  }

  @Test("an agent reports at its interval, and sooner when available or MemTotal moves by 5 %")
  func reports() {
    func arrivals(isEarly: Bool, target: Bytes, _ demand: @escaping (Int) -> Bytes) -> [Int] {
      let guest = Self.guest(demand)
      let agent = StudyAgent(interval: 60, phase: 0, isEarly: isEarly)
      var machine = StudyMachine(guest, allocation: .mib(512), reporter: .agent(agent))
      var view = StudyView(guest, allocation: .mib(512))
      Self.live(&machine, &view, to: 600)
      var arrivals: Set<Int> = []
      for second in 600..<900 {
        if second == 700 { view.setTarget(target) }
        machine.step(&view, second: second, free: .gib(8))
        arrivals.insert(view.report!.second)
      }
      return arrivals.sorted().filter { $0 > 661 }
    }
    let still = [721, 781, 841]
    #expect(arrivals(isEarly: true, target: .mib(512)) { _ in .mib(200) } == still)
    let jump = arrivals(isEarly: true, target: .mib(512)) { $0 < 750 ? .mib(200) : .mib(260) }
    #expect(jump == [721, 751, 811, 871])
    #expect(arrivals(isEarly: true, target: .mib(640)) { _ in .mib(200) }.first == 701)
    #expect(arrivals(isEarly: false, target: .mib(640)) { _ in .mib(200) } == still)
  }
}
