import MemtopCore
import MemtopUI

/// What stands behind the screen: a host that is sampled, or a recording that is read.
///
/// The dashboard calls it, on its own thread only, and tells the screen the events that it answers.
protocol DashboardSource: AnyObject {
  /// What the screen draws the past from.
  var history: any HistoryReader { get }
  /// When it wants its next turn.
  var due: SteadyTime { get }
  /// Something new is awaited at any moment: a frame that only time would change can wait for it.
  var isNewsNear: Bool { get }

  /// Before the loop begins.
  func begin(_ state: AppState) -> [AppEvent]
  /// Takes what has come, and does what is due.
  func turn(_ state: AppState) -> [AppEvent]
  /// Does what the dashboard itself cannot.
  func perform(_ effect: Effect, _ state: AppState) -> [AppEvent]
  /// This process is going to be stopped, and goes on.
  func pause()
  func resume()
  /// The terminal is given back: sees what is under way to its end.
  func end()
}
