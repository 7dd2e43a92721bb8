/// Why the regulator moved a target, as a word to count by: sentences with figures in them would be
/// endlessly many.
package enum MoveCause: String, CaseIterable, Sendable {
  /// It lacked memory.
  case lacks
  /// It lacked memory and was under pressure.
  case pressed
  /// It lacked memory, and the host had a part of it to give.
  case shared
  /// It had more than it needs.
  case surplus
  /// The host was short, so it gave.
  case gives
  /// Its balloon was stuck and was woken.
  case nudge
  /// It was released, and the operator's dynamic range was given back.
  case returned
}
