import MemtopCore
import MemtopUI

/// What stands behind the screen: a host that is sampled, or a recording that is read.
///
/// The dashboard calls it, on its own thread only.
protocol DashboardSource: AnyObject {
  /// What the screen draws the past from.
  var history: any HistoryReader { get }
  /// When it wants to be woken.
  var due: SteadyTime { get }
  /// Something new is awaited at any moment: a frame that only time would change can wait for it.
  var isNewsNear: Bool { get }

  /// Before the loop begins.
  func begin(_ dashboard: Dashboard)
  /// Takes what has come.
  func takeNews()
  /// Does what is due; the answer is whether anything was.
  func keepTime(_ now: SteadyTime) -> Bool
  /// Does what the dashboard itself cannot.
  func perform(_ effect: Effect)
  /// This process is going to be stopped, and goes on.
  func pause()
  func resume()
  /// The terminal is given back: sees what is under way to its end.
  func end()
}
