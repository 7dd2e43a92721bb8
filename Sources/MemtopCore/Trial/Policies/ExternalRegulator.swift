/// memtop's own rule: the advisor on reports that lag behind, at the regulator's pace.
///
/// It is the code that `memtop regulate` runs, on the same figures: once a second the advice for all
/// guests, of which a guest is moved where its pace allows it.
struct ExternalRegulator: TrialPolicy {
  /// What is remembered of a guest from one second to the next.
  private struct Memory {
    var seen = -1
    var peak: BusyPeak?
    var pressure: Pressure?
    var pace = RegulatorPace()
  }

  private let policy = MemoryPolicy()
  private let reserve: Bytes
  private var memories: [Memory] = []
  private var guests: [AdvisedGuest] = []

  init(host: TrialHost) {
    reserve = Guard.hostReserve(total: host.forGuests)
  }

  mutating func act(second: Int, host: TrialHost, guests views: inout [TrialView]) {
    if memories.isEmpty { memories = views.map { _ in Memory() } }
    let now = SteadyTime(milliseconds: Int64(second) * 1000)
    var free = host.free - reserve
    guests.removeAll(keepingCapacity: true)
    for index in views.indices {
      note(views[index], &memories[index])
      guests.append(advised(views[index], memories[index]))
      free -= max(.zero, views[index].target - views[index].allocation)
    }
    let advice = Advisor.advise(guests, free: max(.zero, free))
    for index in views.indices {
      guard case .success(let own) = advice[index], let report = views[index].report else {
        continue
      }
      let size = views[index].target
      let reported = SteadyTime(milliseconds: Int64(report.second) * 1000)
      guard
        let target = memories[index].pace.allowed(
          own.target, from: size, reported: reported, now: now)
      else { continue }
      views[index].setTarget(target)
      memories[index].pace.move(isRaise: target > size, at: now)
    }
  }

  /// Takes in a report that is new.
  private func note(_ view: TrialView, _ memory: inout Memory) {
    guard let report = view.report, report.second != memory.seen else { return }
    memory.seen = report.second
    let time = SteadyTime(milliseconds: Int64(report.second) * 1000)
    let figures = PressureRule.Figures(
      psiSome: report.psiSome, psiFull: report.psiFull, swapInRate: report.swapInRate,
      available: report.available, allocation: report.allocation)
    memory.pressure = PressureRule.word(figures, before: memory.pressure)
    memory.pace.note(memory.pressure, at: time)
    if memory.peak == nil { memory.peak = BusyPeak(report.busy, at: time) }
    memory.peak?.note(report.busy, at: time)
  }

  private func advised(_ view: TrialView, _ memory: Memory) -> AdvisedGuest {
    // libxl builds PVH domains 1 MiB below their target.
    let distance = view.target - .mib(1) - view.allocation
    return AdvisedGuest(
      size: view.target, overhead: .mib(1), busy: view.report?.busy, peak: memory.peak?.value,
      swapUsed: view.report?.swapUsed, pressure: memory.pressure, staticMax: view.staticMax,
      objection: distance.magnitude > .mib(1) ? .underWay : nil, policy: policy)
  }
}
