import Glibc
import MemtopCore

extension Extract {
  /// Writes a recording of its own, with a session for each of the original's that it touches.
  ///
  /// - Throws: where a file of that name is there already; it is left as it is.
  public func write(to path: String) throws(RecordingError) {
    let sessions = try file.sessions()
    var open: (session: Int, writer: RecordingWriter)?
    var failure: RecordingError?
    var isBegun = false
    var session = 0
    try visit([.host, .events]) { id, snapshot in
      do throws(RecordingError) {
        while session + 1 < sessions.count, sessions[session + 1].firstSample <= id { session += 1 }
        if let (former, writer) = open, former != session {
          try writer.close()
          open = nil
        }
        if open == nil {
          open = (session, try writer(path, sessions, session, isNew: !isBegun))
          isBegun = true
        }
        _ = try open?.writer.append(snapshot)
        return true
      } catch {
        failure = error
        return false
      }
    }
    if let failure { throw failure }
    try open?.writer.close()
  }

  private func writer(
    _ path: String, _ sessions: [RecordingSession], _ place: Int, isNew: Bool
  ) throws(RecordingError) -> RecordingWriter {
    // The disk need have it only at the end.
    var options = RecordingOptions(sync: .minutes(60), program: "memtop dump")
    guard sessions.indices.contains(place) else {
      return try RecordingWriter(path, options, now: WallTime(milliseconds: 0), isNew: isNew)
    }
    let session = sessions[place]
    options.interval = step.map { max($0, session.interval) } ?? session.interval
    options.user = redactor?.user(session.user) ?? session.user
    options.note = session.note.map { redactor?.note($0) ?? $0 }
    if redactor == nil { options.program = session.program }
    return try RecordingWriter(path, options, now: session.began, isNew: isNew)
  }
}
