import MemtopCore

/// All domains of a recording as they stood at one sample; moved on by chunks.
struct RecordedState {
  /// What stands at one place.
  struct PlaceState {
    var identity: Identity?
    var row: Row
    /// Of the last change: the same number, the same sample.
    var revision: Int64 = 0
    var isPresent = false
    /// The sample of its last row, to see who is left out of a keyframe.
    var written: Int64 = 0

    /// Nothing is known of it.
    static let vacant = PlaceState(
      row: [Int64](repeating: SampleRow.missing, count: SampleRow.width))
  }

  private(set) var stands: [PlaceState] = []
  var host: HostRow?
  /// What is made of each identity that is read; nil is nothing.
  var disguise: ((Identity) -> Identity)?
  private var scratch: [RowEncoder.Stored] = []
  /// The last keyframe that was passed.
  private var passed: Int64 = 0

  /// Anything has been gone through.
  var isBegun: Bool { !stands.isEmpty }

  private mutating func ensure(_ place: Int) {
    while stands.count <= place {
      stands.append(.vacant)
    }
  }

  /// Goes through the changes of `chunk` up to and with `last`, sample by sample.
  ///
  /// - Parameters:
  ///   - next: the index of the first change yet to be applied; moved on.
  ///   - note: called with each place that changed, and what stands there now.
  mutating func apply(
    _ chunk: RowChunk, next: inout Int, upTo last: Int64, reader: ChunkReader, samples: SampleIndex,
    note: (Int, Int64, PlaceState) -> Void = { _, _, _ in }
  ) throws(DatabaseError) {
    while next < chunk.changes.count {
      let id = chunk.changes[next].id
      let sample = RowID.sample(id)
      guard sample <= last else { break }
      pass(keyframesBefore: sample, chunk, note)
      let place = RowID.place(id)
      ensure(place)
      scratch.removeAll(keepingCapacity: true)
      while next < chunk.changes.count, chunk.changes[next].id == id {
        take(chunk, chunk.changes[next], at: place)
        next += 1
      }
      if isTelling(place) {
        try restore(place, id, reader)
        RowDecoder.apply(scratch, to: &stands[place].row, at: samples.at(sample))
        stands[place].isPresent = true
        stands[place].written = sample
      }
      stands[place].revision = id
      note(place, sample, stands[place])
      if next == chunk.changes.count || RowID.sample(chunk.changes[next].id) != sample {
        closeKeyframe(sample, chunk, note)
      }
    }
    pass(keyframesBefore: last + 1, chunk, note)
    if let row = chunk.hosts.last(where: { $0.sample <= last })?.row { host = row }
  }

  /// A change counts where what it changes is known: rows before it may be damaged, or forgotten.
  private func isTelling(_ place: Int) -> Bool {
    stands[place].isPresent ? !scratch.isEmpty : scratch.contains { $0.table == .base }
  }

  private mutating func take(_ chunk: RowChunk, _ change: RowChunk.Change, at place: Int) {
    guard change.start >= 0 else {
      let identity = shown(chunk.identities[Int(-change.start) - 1])
      if stands[place].identity?.id != identity?.id { stands[place].isPresent = false }
      stands[place].identity = identity
      return
    }
    let count = change.table.columns.count
    let start = Int(change.start)
    scratch.append(
      RowEncoder.Stored(
        table: change.table, values: chunk.values[start..<start + count]))
  }

  private func shown(_ identity: Identity?) -> Identity? {
    guard let identity, let disguise else { return identity }
    return disguise(identity)
  }

  /// A keyframe tells numbers anew, and names only where they changed.
  private mutating func restore(_ place: Int, _ id: Int64, _ reader: ChunkReader)
    throws(DatabaseError)
  {
    guard stands[place].identity == nil else { return }
    stands[place].identity = shown(try reader.identity(at: place, atOrBefore: id))
  }

  /// A keyframe can be without a row: if there is no domain, or in a chunk of some places only.
  private mutating func pass(
    keyframesBefore sample: Int64, _ chunk: RowChunk, _ note: (Int, Int64, PlaceState) -> Void
  ) {
    while let keyframe = chunk.keyframe(after: passed), keyframe < sample {
      passed = keyframe
      closeKeyframe(keyframe, chunk, note)
    }
  }

  /// A domain without a row in a keyframe is absent.
  private mutating func closeKeyframe(
    _ sample: Int64, _ chunk: RowChunk, _ note: (Int, Int64, PlaceState) -> Void
  ) {
    guard chunk.isKeyframe(sample) else { return }
    for place in stands.indices where stands[place].isPresent && stands[place].written != sample {
      stands[place].isPresent = false
      stands[place].identity = nil
      note(place, sample, stands[place])
    }
  }

  /// The domains of now, ascending by host and domid.
  func domains(at time: SteadyTime) -> [DomainSample] {
    var domains = stands.indices.compactMap { domain(at: $0, time) }
    domains.sort { $0.id.place < $1.id.place }
    return domains
  }

  /// The domain at this place; nil where there is none.
  func domain(at place: Int, _ time: SteadyTime) -> DomainSample? {
    guard stands[place].isPresent, let who = stands[place].identity else { return nil }
    var sample = SampleRow.sample(
      stands[place].row, id: who.id, text: who.text, at: time)
    sample.revision = UInt64(bitPattern: stands[place].revision &+ 1)
    return sample
  }
}
