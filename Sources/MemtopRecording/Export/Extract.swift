import Glibc
import MemtopCore

/// A part of a recording: some of its samples, of them some of the domains, redacted or not.
///
/// Reads forwards and keeps one stretch of samples at a time, however long the recording is.
public struct Extract {
  /// The recording that it is a part of.
  public let file: RecordingFile
  /// From which instant, included, by the wall clock; nil is where the recording begins.
  public var begin: WallTime?
  /// To which instant, included, by the wall clock; nil is where the recording ends.
  public var end: WallTime?
  /// Of each step of the wall clock that long the newest sample; nil is every sample.
  public var step: Span?
  /// One domain alone; nil is all.
  public var domain: DomainChoice?
  /// Replaces names and addresses; nil leaves them.
  public var redactor: Redactor?

  /// All of a recording, or the part that these choose.
  public init(
    _ file: RecordingFile, begin: WallTime? = nil, end: WallTime? = nil, step: Span? = nil,
    domain: DomainChoice? = nil, redactor: Redactor? = nil
  ) {
    self.file = file
    self.begin = begin
    self.end = end
    self.step = step
    self.domain = domain
    self.redactor = redactor
  }

  /// The samples in question; nil where there are none.
  package var ids: ClosedRange<Int64>? { file.samples.ids(from: begin, to: end) }

  /// As `domain`, by the names that it has when redacted.
  var shownDomain: DomainChoice? {
    guard let domain, let redactor else { return domain }
    return redactor.choice(domain)
  }

  /// Hands the samples to `body`, oldest first, until it returns false. Stretches that are damaged are
  /// left out; `RecordingFile.damage` then tells of them.
  ///
  /// - Throws: `.damaged` where the file's index cannot be read, else `.system`.
  public func forEach(_ parts: SnapshotParts, _ body: (Snapshot) -> Bool) throws(RecordingError) {
    try visit(parts) { body($1) }
  }

  /// - Parameter body: is told the sample's number, too.
  func visit(_ parts: SnapshotParts, _ body: (Int64, Snapshot) -> Bool) throws(RecordingError) {
    guard let ids else { return }
    let choice = shownDomain
    do throws(DatabaseError) {
      let stream = try SampleStream(file, redactor: redactor)
      var chosen = ChosenSamples(file.samples, ids, step: step)
      var before = ids.lowerBound - 1
      while let time = try chosen.next() {
        guard try stream.reach(time.id) else { continue }
        var snapshot = try stream.snapshot(time, after: before, parts)
        if let choice {
          snapshot.wholeCount = snapshot.domains.count
          snapshot.domains.removeAll { !choice.holds($0.id, name: $0.name) }
          snapshot.events.removeAll { !choice.holds($0.domain, name: $0.name) }
        }
        before = time.id
        if !body(time.id, snapshot) { return }
      }
    } catch {
      throw RecordingError(error, file.path)
    }
  }
}

/// What a snapshot is wanted for; making it without the rest takes a fraction of the time.
public struct SnapshotParts: OptionSet, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  /// The host's own figures.
  public static let host = SnapshotParts(rawValue: 1)
  /// With those of the samples before it that were not chosen.
  public static let events = SnapshotParts(rawValue: 2)
}

extension Extract {
  /// Writes a recording of its own, with a session for each of the original's that it touches.
  ///
  /// - Throws: `.exists` where a file of that name is there already (it is left as it is), `.full` where
  ///   the disk is, else as `forEach`.
  public func write(to path: String) throws(RecordingError) {
    let sessions = try file.sessions()
    var open: (session: Int, writer: RecordingWriter)?
    var failure: RecordingError?
    var isBegun = false
    var session = 0
    do throws(RecordingError) {
      try visit([.host, .events]) { id, snapshot in
        do throws(RecordingError) {
          while session + 1 < sessions.count, sessions[session + 1].firstSample <= id {
            session += 1
          }
          if let (former, writer) = open, former != session {
            try writer.close()
            open = nil
          }
          if open == nil {
            open = (session, try writer(path, sessions, session, isNew: !isBegun))
            isBegun = true
          }
          try open?.writer.appendSurely(snapshot)
          return true
        } catch {
          failure = error
          return false
        }
      }
      if let failure { throw failure }
      try open?.writer.close()
    } catch {
      open = nil
      if isBegun { RecordingPlace.remove(path) }
      throw error
    }
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

/// The events of a part of a recording.
extension Extract {
  /// Hands what happened to `body`, oldest first, until it returns false.
  ///
  /// - Throws: as `forEach`.
  public func forEachEvent(_ body: (HostEvent) -> Bool) throws(RecordingError) {
    guard let ids else { return }
    let choice = shownDomain
    func tell(_ event: HostEvent) -> Bool {
      let shown = redactor?.event(event) ?? event
      if let choice, !choice.holds(shown.domain, name: shown.name) { return true }
      return body(shown)
    }
    try file.reading { () throws(DatabaseError) in
      let reader = try EventReader(file.database, file.found)
      var derived = try file.derived.found(ids)
      var isWanted = true
      func tellDerived(before sample: Int64) {
        while isWanted, let next = derived.first, next.sample < sample {
          derived.removeFirst()
          isWanted = tell(next.event)
        }
      }
      try reader.visit(.later, in: ids, places: nil, wall: { file.samples.wall($0) }) { found in
        tellDerived(before: found.sample)
        isWanted = isWanted && tell(found.event)
        return isWanted
      }
      tellDerived(before: .max)
    }
  }
}

extension EventReader {
  /// The events of some samples, oldest first: those that were recorded, and those that follow.
  func all(_ samples: ClosedRange<Int64>, in file: RecordingFile) throws(DatabaseError)
    -> [HostEvent]
  {
    let recorded = try found(samples) { file.samples.wall($0) }
    let derived = try file.derived.found(samples)
    guard !derived.isEmpty else { return recorded.map(\.event) }
    let all =
      recorded.map { ($0.sample, $0.number, $0.event) }
      + derived.map { ($0.sample, $0.number, $0.event) }
    return all.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }
}
