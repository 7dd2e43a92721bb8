import MemtopCore

/// memtop's own rule: the advisor on reports that lag behind, at the regulator's pace.
///
/// It is the code that `memtop regulate` runs, on the same figures: once a second the advice for all
/// guests, of which each is moved where its pace allows it. What cannot have changed since is not
/// asked for again: an advice is a function of a guest's own figures, unless the host is short.
struct ExternalRegulator: TrialPolicy {
  /// What is remembered of a guest from one second to the next.
  private struct Memory {
    var seen = -1
    var peak: BusyPeak?
    var pressure: Pressure?
    /// When it was under pressure last.
    var pressed: SteadyTime?
    var pace = RegulatorPace()
    var isUnderWay = false
    /// Its advice, of those figures that were known when it was asked for; nil is none.
    var advised: Bytes?
  }

  private let reserve: Bytes
  private var memories: [Memory] = []
  private var guests: [AdvisedGuest] = []

  init(host: TrialHost) {
    reserve = Guard.hostReserve(total: host.forGuests)
  }

  mutating func act(second: Int, host: TrialHost, guests views: inout [TrialView]) {
    if memories.isEmpty { begin(views) }
    let now = SteadyTime(milliseconds: Int64(second) * 1000)
    var free = host.free - reserve
    var wanted = Bytes.zero
    var mayMove = false
    for index in views.indices {
      look(at: views[index], index)
      free -= max(.zero, views[index].target - views[index].allocation)
      guard let target = memories[index].advised else { continue }
      mayMove = true
      wanted += max(.zero, target - views[index].target)
    }
    guard mayMove else { return }
    if wanted > max(.zero, free) {
      let advice = Advisor.advise(guests, free: max(.zero, free))
      for index in views.indices {
        move(&views[index], index, to: (try? advice[index].get())?.target, now: now)
        // Others' needs had a say in it: asked for anew.
        memories[index].seen = -1
      }
    } else {
      for index in views.indices {
        move(&views[index], index, to: memories[index].advised, now: now)
      }
    }
  }

  private mutating func begin(_ views: [TrialView]) {
    memories = views.map { _ in Memory() }
    // libxl builds PVH domains 1 MiB below their target.
    guests = views.map {
      AdvisedGuest(size: $0.target, overhead: .mib(1), busy: nil, staticMax: $0.staticMax)
    }
  }

  /// Takes in what is new of a guest.
  private mutating func look(at view: TrialView, _ index: Int) {
    guard let report = view.report else { return }
    let isUnderWay = (view.target - .mib(1) - view.allocation).magnitude > .mib(1)
    let isNew = report.second != memories[index].seen
    guard isNew || isUnderWay != memories[index].isUnderWay || view.target != guests[index].size
    else { return }
    if isNew { note(report, &memories[index]) }
    memories[index].isUnderWay = isUnderWay
    guests[index].size = view.target
    guests[index].busy = report.busy
    guests[index].peak = memories[index].peak?.value
    guests[index].swapUsed = report.swapUsed
    guests[index].pressure = memories[index].pressure
    guests[index].objection = isUnderWay ? .underWay : nil
    memories[index].advised = (try? guests[index].advice().get())?.target
  }

  private func note(_ report: TrialReport, _ memory: inout Memory) {
    memory.seen = report.second
    let time = SteadyTime(milliseconds: Int64(report.second) * 1000)
    let figures = PressureRule.Figures(
      psiSome: report.psiSome, psiFull: report.psiFull, swapInRate: report.swapInRate,
      available: report.available, allocation: report.allocation)
    memory.pressure = PressureRule.word(figures, before: memory.pressure)
    if let pressure = memory.pressure, pressure > .ok { memory.pressed = time }
    if memory.peak == nil { memory.peak = BusyPeak(report.busy, at: time) }
    memory.peak?.note(report.busy, at: time)
  }

  private mutating func move(
    _ view: inout TrialView, _ index: Int, to advised: Bytes?, now: SteadyTime
  ) {
    guard let advised, let report = view.report else { return }
    let reported = SteadyTime(milliseconds: Int64(report.second) * 1000)
    guard
      let target = memories[index].pace.allowed(
        advised, from: view.target, reported: reported, pressed: memories[index].pressed, now: now)
    else { return }
    memories[index].pace.move(isRaise: target > view.target, at: now)
    view.setTarget(target.rounded(downTo: .mib(1)))
  }
}
