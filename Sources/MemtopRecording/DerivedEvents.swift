import MemtopCore

/// Beginnings and ends of pressure and the like in sessions of a memtop that did not record them: found by
/// going once through what changed, and from then on through what is new.
///
/// The same `TurnWatch` and `HostWatch` judge here as in the observer; the figure that decided is not known,
/// for reports are passed over.
final class DerivedEvents {
  /// An event of a sample; numbers come after those of events that were recorded.
  struct Found {
    let sample: Int64
    let number: Int
    let event: HostEvent
  }

  /// Oldest first.
  private(set) var found: [Found] = []
  private unowned let file: RecordingFile
  private var walk: TurnWalk?
  private var through: Int64 = 0

  /// So many are kept, the newest.
  static let most = 20_000

  init(_ file: RecordingFile) { self.file = file }

  /// Those of some samples, oldest first.
  func found(_ samples: ClosedRange<Int64>) throws(DatabaseError) -> ArraySlice<Found> {
    try goOn()
    return found[firstIndex(from: samples.lowerBound)..<firstIndex(from: samples.upperBound + 1)]
  }

  private func firstIndex(from sample: Int64) -> Int {
    var (low, high) = (0, found.count)
    while low < high {
      let middle = (low + high) / 2
      if found[middle].sample < sample { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private func goOn() throws(DatabaseError) {
    guard let ids = file.samples.ids, through < ids.upperBound else { return }
    guard try isWhole(ids) else { return through = ids.upperBound }
    let stored = try StoredTurns(file.database)
    let sessions = file.samples.sessions
    for (index, session) in sessions.enumerated() where !stored.has(session.first) {
      let next = index + 1 < sessions.count ? sessions[index + 1].first : .max
      let (first, end) = (max(session.first, ids.lowerBound), min(next - 1, ids.upperBound))
      guard end > through, first <= end else { continue }
      try go(first...end)
    }
    through = ids.upperBound
  }

  /// Whether most of these samples are there: a damaged file may say that there are billions.
  private func isWhole(_ ids: ClosedRange<Int64>) throws(DatabaseError) -> Bool {
    let rows = try file.database.count("SELECT count(*) FROM sample") ?? 0
    return ids.upperBound - ids.lowerBound < rows * 4 + 4096
  }

  private func go(_ session: ClosedRange<Int64>) throws(DatabaseError) {
    // Where it is interrupted, the next question goes on from there: `found` stays in order.
    defer { through = max(through, walk?.sample ?? 0) }
    var next = max(session.lowerBound, through + 1)
    while next <= session.upperBound {
      do throws(DatabaseError) {
        if walk?.sample != next - 1 || next == session.lowerBound {
          walk = try TurnWalk(file, before: next)
        }
        try walk!.go(to: session.upperBound) { add($0) }
        return
      } catch  where error.isLoss {
        // Behind what cannot be read a keyframe tells everything anew.
        let lost = walk?.sample ?? next
        walk = nil
        guard let keyframe = try file.keyframes.after(max(lost, next)) else { return }
        next = keyframe
      }
    }
  }

  private func add(_ event: Found) {
    found.append(event)
    if found.count > Self.most + 1_000 { found.removeFirst(found.count - Self.most) }
  }
}

/// Which sessions have beginnings and ends among their recorded events.
private struct StoredTurns {
  private var sessions: Set<Int64> = []

  init(_ database: Database) throws(DatabaseError) {
    // Recordings of before have no such column.
    guard
      let statement = try? database.prepare(
        "SELECT first_sample FROM session WHERE turns = 1")
    else { return }
    while try statement.step() { sessions.insert(statement.sample(0) ?? 0) }
  }

  func has(_ firstSample: Int64) -> Bool { sessions.contains(firstSample) }
}
