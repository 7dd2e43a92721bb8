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
    found.lastPlace { $0.sample < sample }.map { $0 + 1 } ?? 0
  }

  private func goOn() throws(DatabaseError) {
    guard let ids = file.samples.ids, through < ids.upperBound else { return }
    let silent = try silentSessions(in: ids)
    // Counting takes as long as there are rows: only where there is something to derive.
    if !silent.isEmpty, try isWhole(ids) {
      for session in silent { try go(session) }
    }
    through = ids.upperBound
  }

  /// The samples of sessions that did not record beginnings and ends, where there are new ones.
  private func silentSessions(in ids: ClosedRange<Int64>) throws(DatabaseError)
    -> [ClosedRange<Int64>]
  {
    let stored = try StoredTurns(file.database)
    let sessions = file.samples.sessions
    return sessions.indices.filter { !stored.has(sessions[$0].first) }.compactMap { index in
      let next = index + 1 < sessions.count ? sessions[index + 1].first : .max
      let first = max(sessions[index].first, ids.lowerBound)
      let end = min(next - 1, ids.upperBound)
      return end > through && first <= end ? first...end : nil
    }
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
