/// Whose change of a target it was: this memtop's own, another memtop's by its mark, or
/// somebody else's.
struct AuthorTracker {
  /// An order that has not shown by now never will; its deadline is seconds away when it is given.
  private static let longestWait = Span.seconds(60)

  private var expected: (order: TargetOrder, author: ChangeAuthor, since: SteadyTime)?
  /// A mark speaks for one change: left behind, it would claim somebody else's for its author.
  private var spentMark: [UInt8]?

  mutating func expect(_ order: TargetOrder, by author: ChangeAuthor, now: SteadyTime) {
    expected = (order, author, now)
  }

  /// A mark that was found is of a change that nobody saw.
  mutating func begin(_ mark: ChangeMark?) { spentMark = mark?.bytes }

  /// Whose a change is; nil is somebody else's.
  struct Origin {
    var author: ChangeAuthor?
    var why: String?
  }

  /// Who set `memory/target` to `target`, and why.
  mutating func author(
    of target: Bytes, size: Bytes, mark: ChangeMark?, now: SteadyTime
  ) -> Origin {
    let isMarked = mark?.target == target && mark?.bytes != spentMark
    if isMarked { spentMark = mark?.bytes }
    if let expected, expected.order.to == size {
      self.expected = nil
      if now - expected.since <= Self.longestWait {
        return Origin(author: expected.author, why: expected.order.reason)
      }
    }
    guard isMarked, let mark else { return Origin() }
    return Origin(author: ChangeAuthor(loginName: mark.author), why: mark.why)
  }
}
