import MemtopCore
import MemtopUI
import MemtopXen

/// A recording behind the screen; there is no host.
final class ReplaySource: DashboardSource {
  /// Where and how it is to be begun.
  struct Beginning {
    var time: TypedTime?
    var speed: PlaySpeed?
    var follows = false
  }

  private let past: any GrowingPast
  private let beginning: Beginning
  private unowned var dashboard: Dashboard!
  private var nextLook = SteadyTime(milliseconds: 0)
  /// How often a recording that is followed is looked at for more.
  private static let pace = Span(milliseconds: 250)

  init(_ past: any GrowingPast, beginning: Beginning) {
    self.past = past
    self.beginning = beginning
  }

  var history: any HistoryReader { past }
  /// Where nothing is followed, the dashboard's own ticks are enough.
  var due: SteadyTime { beginning.follows ? nextLook : SteadyTime(milliseconds: .max) }
  var isNewsNear: Bool { false }

  func begin(_ dashboard: Dashboard) {
    self.dashboard = dashboard
    dashboard.tell(.tick(HostClock.system.steady()))
    dashboard.tell(opened)
    if let note = past.note { dashboard.tell(.remark(note)) }
    tellOfProblem()
  }

  func takeNews() {}

  func keepTime(_ now: SteadyTime) -> Bool {
    guard beginning.follows, now >= nextLook else { return false }
    nextLook = now + Self.pace
    guard past.refresh() else { return false }
    dashboard.tell(dashboard.state.shown == nil ? opened : .grew)
    tellOfProblem()
    return true
  }

  /// A recording that had no sample yet is opened by its first.
  private var opened: AppEvent { .opened(at: beginning.time, speed: beginning.speed) }

  private func tellOfProblem() {
    if past.damage != dashboard.state.problem { dashboard.tell(.sourceProblem(past.damage)) }
  }

  func perform(_ effect: Effect) {}
  func pause() {}
  func resume() {}
  func end() {}
}
