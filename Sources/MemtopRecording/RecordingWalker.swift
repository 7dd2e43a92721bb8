import MemtopCore

/// Goes through a recording sample by sample; finds any of them without reading from the start.
///
/// Reads a chunk at a time, and holds no transaction between two of them.
package final class RecordingWalker {
  private let file: RecordingFile
  private let reader: ChunkReader
  private let events: EventReader
  private var cursor = ChunkCursor()
  /// The sample that is shown; 0 before the first.
  package var sample: Int64 { cursor.sample }
  /// The way back to where it came by, from chunk to chunk.
  private var marks: [(sample: Int64, state: RecordedState)] = []
  private static let mostMarks = 64

  /// Stands before the first sample.
  ///
  /// - Throws: where the tables of samples and events cannot be read.
  package init(_ file: RecordingFile) throws(RecordingError) {
    self.file = file
    (reader, events) = try file.reading { () throws(DatabaseError) in
      (try ChunkReader(file.database, file.found), try EventReader(file.database, file.found))
    }
  }

  /// Goes to a sample: on from here where that is shorter than from the keyframe before it.
  ///
  /// Throws where the file is damaged there: `RecordingFile.lost` then says up to which sample.
  package func go(to wanted: Int64) throws(RecordingError) {
    try go(to: wanted) { _, _, _ in }
  }

  /// - Parameter note: called with each place that changed on the way, the sample, and who stands there.
  func go(to wanted: Int64, note: (Int, Int64, RecordedState.PlaceState) -> Void)
    throws(RecordingError)
  {
    if let lost = file.lost(wanted) { throw missing(lost) }
    do throws(DatabaseError) {
      try begin(for: wanted)
      while sample < wanted { try advance(upTo: wanted, note) }
      if cursor.state.host == nil { cursor.state.host = try reader.host(atOrBefore: wanted) }
    } catch {
      if error.isLoss, file.lost(sample + 1) == nil { file.lose(from: sample + 1, error) }
      placeState(at: 0, RecordedState())
      throw RecordingError(error, file.path)
    }
  }

  /// Stands before the beginning of a stretch, from where on all that changed in it is come by.
  func stand(before keyframe: Int64) { placeState(at: keyframe - 1, RecordedState()) }

  /// Goes to the first sample from `wanted` on that can be read; what is passed over is in the file's
  /// `damage`.
  ///
  /// - Returns: that sample; nil where there is none up to and with `last`.
  /// - Throws: where reading fails for another reason than damage.
  package func go(from wanted: Int64, upTo last: Int64) throws(RecordingError) -> Int64? {
    var next = wanted
    while next <= last {
      do throws(RecordingError) {
        try go(to: next)
        return next
      } catch {
        guard let lost = file.lost(next) else { throw error }
        next = lost.upperBound + 1
      }
    }
    return nil
  }

  private func missing(_ lost: ClosedRange<Int64>) -> RecordingError {
    RecordingError(
      .damaged,
      "\(file.path) is damaged: samples \(lost.lowerBound) to \(lost.upperBound) are missing")
  }

  /// Stands where the way to `wanted` is shortest: here, where it came by before, or at a keyframe.
  private func begin(for wanted: Int64) throws(DatabaseError) {
    if sample != 0, sample <= wanted, wanted - sample <= ChunkCursor.chunkLength { return }
    let keyframe = try file.keyframes.atOrBefore(wanted) ?? file.samples.ids?.lowerBound ?? wanted
    if sample != 0, sample <= wanted, keyframe <= sample { return }
    if let mark = marks.last(where: { $0.sample <= wanted }), mark.sample >= keyframe {
      placeState(at: mark.sample, mark.state)
    } else {
      placeState(at: keyframe - 1, RecordedState())
    }
  }

  private func placeState(at sample: Int64, _ state: RecordedState) {
    cursor = ChunkCursor(at: sample, state)
    marks.removeAll { $0.sample > sample }
  }

  private func advance(upTo wanted: Int64, _ note: (Int, Int64, RecordedState.PlaceState) -> Void)
    throws(DatabaseError)
  {
    if cursor.isAtChunkEnd { remember() }
    try cursor.advance(upTo: wanted, in: file.samples, reader, note: note)
  }

  /// Not where it began before a keyframe: nothing was known there yet.
  private func remember() {
    guard cursor.state.isBegun, sample >= (marks.last?.sample ?? 0) + ChunkCursor.chunkLength else {
      return
    }
    if marks.count == Self.mostMarks { marks.removeFirst(Self.mostMarks / 2) }
    marks.append((sample, cursor.state))
  }

  /// The domains at the present sample, and all else that was known then.
  package func snapshot() -> Snapshot {
    let time = SteadyTime(milliseconds: file.samples.at(sample))
    let domains = cursor.state.domains(at: time)
    let host = cursor.state.host ?? HostRow.unknown
    let wall = file.samples.wall(sample)
    let happened = (try? events.events(of: sample, wall: wall)) ?? []
    var snapshot = Snapshot(
      time: wall, steady: time, host: host.host(domains), domains: domains,
      events: happened,
      problem: host.problem)
    snapshot.addPastHosts(missing: host.missing.map { .named($0) })
    return snapshot
  }
}
