/// The past as a recording holds it, on an axis of its own that has nothing to do with the clocks of
/// the machine on which it is looked at.
///
/// It is asked from one thread.
public protocol GrowingPast: HistoryReader, AnyObject {
  /// Looks whether somebody has written more; true where `range` ends later than before.
  ///
  /// Asked a few times a second while a recording is followed, and not otherwise: without it what the
  /// other questions are answered from stays as it was when the recording was opened.
  func refresh() -> Bool

  /// What of the recording cannot be read, in one line; nil where all of it can.
  var damage: String? { get }

  /// What its recorder wrote about it, and who that was, in one line; nil where that is nothing.
  var note: String? { get }
}

extension GrowingPast {
  public var note: String? { nil }
}
