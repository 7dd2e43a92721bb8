import MemtopCore
import MemtopUI

extension AppState {
  /// How long the screen may go without being told the time.
  var tickLength: Span {
    if case .past(_, .some) = playback.timeline { return Span(milliseconds: 250) }
    return .seconds(1)
  }
}
