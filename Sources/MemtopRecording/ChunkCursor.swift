/// A recording's state that is moved on, a chunk at a time.
struct ChunkCursor {
  var state: RecordedState
  /// The sample that `state` shows; 0 before the first.
  private(set) var sample: Int64
  private var chunk = Chunk()
  private var chunkIDs: ClosedRange<Int64>?
  private var next = 0

  /// Samples read at a time.
  static let chunkLength: Int64 = 128

  init(at sample: Int64 = 0, _ state: RecordedState = RecordedState()) {
    self.sample = sample
    self.state = state
  }

  /// The next sample is in a chunk that is yet to be read.
  var isAtChunkEnd: Bool { chunkIDs?.contains(sample + 1) != true }

  /// Goes on to `wanted`, or to the end of the chunk that holds the next sample.
  ///
  /// - Parameter note: called with each place that changed on the way, the sample, and who stands there.
  mutating func advance(
    upTo wanted: Int64, in samples: SampleIndex, _ reader: ChunkReader,
    note: (Int, Int64, RecordedState.Stand) -> Void
  ) throws(DatabaseError) {
    if isAtChunkEnd { try readChunk(from: sample + 1, samples, reader) }
    guard let chunkIDs else { return }
    let last = min(wanted, chunkIDs.upperBound)
    try state.apply(chunk, next: &next, upTo: last, reader: reader, samples: samples, note: note)
    sample = last
  }

  private mutating func readChunk(
    from first: Int64, _ samples: SampleIndex, _ reader: ChunkReader
  ) throws(DatabaseError) {
    // What is not written yet must not be taken for read.
    let last = min(first + Self.chunkLength - 1, max(first, samples.ids?.upperBound ?? first))
    let (chunk, read) = try Self.readable(first, last, reader)
    var end = read.upperBound
    if chunk.isEmpty {
      let next = try reader.sample(after: end) ?? .max
      end = max(end, min(next - 1, samples.ids?.upperBound ?? first))
    }
    (self.chunk, chunkIDs) = (chunk, first...end)
    next = 0
  }

  /// The samples from the first to the last, or as many of them as can be read.
  private static func readable(_ first: Int64, _ last: Int64, _ reader: ChunkReader)
    throws(DatabaseError) -> (Chunk, ClosedRange<Int64>)
  {
    var last = last
    while true {
      do throws(DatabaseError) {
        return (try reader.read(first...last), first...last)
      } catch {
        guard error.isLoss, last > first else { throw error }
        last = first + (last - first) / 2
      }
    }
  }
}
