import MemtopCore

/// memtop's own rule: `RegulatorCore`, which is what `memtop regulate` runs, on reports that lag behind.
///
/// It differs from the service in three ways: a target is set at once, no guest is nudged, because a
/// study's balloons try again each second, and no other program sets targets.
struct ExternalRegulator: TargetRule {
  private var sights: [StudySight] = []
  private var guests: [RegulatorCore.Guest] = []

  mutating func act(second: Int, host: StudyHost, guests views: inout [StudyView]) {
    if sights.isEmpty {
      sights = views.map { StudySight($0) }
      guests = views.map { _ in RegulatorCore.Guest() }
    }
    let now = SteadyTime(milliseconds: Int64(second) * 1000)
    var uncommitted = host.free
    for index in views.indices {
      sights[index].look(at: views[index], now: now)
      guests[index].look(sights[index].figures, reported: sights[index].reported, now: now)
      uncommitted -= sights[index].promise
    }
    let free = PolicySet.standard.free(uncommitted: uncommitted, total: host.total)
    for move in RegulatorCore.moves(guests, free: free, now: now) {
      guests[move.index].moved(isRaise: move.target > views[move.index].target, at: now)
      views[move.index].setTarget(move.target)
    }
  }
}

/// What `Observer` would conclude of one guest of a study, by the same parts.
struct StudySight {
  private(set) var figures: AdvisedGuest
  /// When its last report arrived.
  private(set) var reported: SteadyTime?
  /// What it may still take of the host.
  private(set) var promise = Bytes.zero
  private var report: StudyReport?
  private var pressure = PressureTracker()
  private var balloon = BalloonFollower()
  private var lastAllocation = Bytes.zero

  init(_ view: StudyView) {
    figures = AdvisedGuest(
      size: view.target, busy: nil, staticMax: view.staticMax, objection: .report(.silent))
  }

  mutating func look(at view: StudyView, now: SteadyTime) {
    if var new = view.report?.asWritten, new.second != report?.second {
      // It may be of any moment since the last look.
      new.allocation = max(new.allocation, lastAllocation)
      take(new)
    }
    lastAllocation = view.allocation
    _ = balloon.update(
      BalloonFollower.Sight(
        allocation: view.allocation, target: view.target, total: report?.total, now: now))
    promise = balloon.state.promise(to: view.target, from: view.allocation)
    figures.size = view.target
    figures.objection = report == nil ? .report(.silent) : balloon.state.hindrance
  }

  private mutating func take(_ new: StudyReport) {
    let now = SteadyTime(milliseconds: Int64(new.second) * 1000)
    let rate = report.flatMap {
      GuestReport.rate($0.swapIn, new.swapIn, over: .seconds(Int64(new.second - $0.second)))
    }
    let said = PressureRule.Figures(
      psiSome: new.psiSome, psiFull: new.psiFull, swapInRate: rate, available: new.available,
      allocation: new.allocation)
    figures.pressure = pressure.note(
      PressureTracker.Report(figures: said, arrival: now), now: now)
    figures.busy = new.busy
    figures.swapUsed = new.swapUsed
    figures.swapInRate = rate
    (report, reported) = (new, now)
  }
}
