/// A row of numbers over time, of which only changes are kept.
///
/// A record is the milliseconds since the one before, a mask of the columns that changed, and how
/// much each did. Records stand in chunks; each chunk opens with all columns, so that any instant
/// is found without reading from the start, and the oldest chunk can be dropped by itself.
struct Track {
  /// Stands for "not reported" in a column.
  static let missing = Int64.min

  private struct Chunk {
    let start: SteadyTime
    /// All columns at `start`.
    let first: [Int64]
    var bytes: [UInt8] = []
    var end: SteadyTime

    /// Adds a record of the columns in `mask`, and puts them into `last`; returns by how many bytes it grew.
    mutating func append(_ row: [Int64], _ mask: UInt64, after delay: Int64, last: inout [Int64])
      -> Int
    {
      let before = bytes.count
      Varint.append(UInt64(delay), to: &bytes)
      Varint.append(mask, to: &bytes)
      var rest = mask
      while rest != 0 {
        let column = rest.trailingZeroBitCount
        rest &= rest - 1
        Varint.append(signed: row[column] &- last[column], to: &bytes)
        // In place: the caller uses its row again for the next domain.
        last[column] = row[column]
      }
      end = end + Span(milliseconds: delay)
      return bytes.count - before
    }
  }

  /// A chunk is closed when its records reach this many bytes.
  private static let chunkBytes = 512

  private var chunks: [Chunk] = []
  private(set) var last: [Int64] = []

  var isEmpty: Bool { chunks.isEmpty }
  var start: SteadyTime? { chunks.first?.start }
  /// Where the track would begin if its oldest chunk were dropped.
  var secondStart: SteadyTime? { chunks.count > 1 ? chunks[1].start : nil }
  /// The last change, not the last time that it was looked at.
  var end: SteadyTime? { chunks.last?.end }

  /// What it weighs, with the overhead of the chunks.
  var weight: Int {
    chunks.reduce(0) { $0 + $1.bytes.capacity + $1.first.count * 8 + 96 }
  }

  /// Records `row` if it differs from the last one; returns by how many bytes the track grew.
  mutating func append(_ row: [Int64], at time: SteadyTime) -> Int {
    guard let open = chunks.indices.last, chunks[open].bytes.count < Self.chunkBytes else {
      return openChunk(row, at: time)
    }
    let mask = Self.changes(row, last)
    if mask == 0 { return 0 }
    let delay = max(0, (time - chunks[open].end).milliseconds)
    return chunks[open].append(row, mask, after: delay, last: &last)
  }

  /// A bit for each column that differs; both rows are equally long.
  private static func changes(_ row: [Int64], _ last: [Int64]) -> UInt64 {
    row.withUnsafeBufferPointer { row in
      last.withUnsafeBufferPointer { last in
        var mask: UInt64 = 0
        for column in row.indices where row[column] != last[column] {
          mask |= 1 << UInt64(truncatingIfNeeded: column)
        }
        return mask
      }
    }
  }

  private mutating func openChunk(_ row: [Int64], at time: SteadyTime) -> Int {
    if row == last, !chunks.isEmpty { return 0 }
    let copy = row.map { $0 }
    chunks.append(Chunk(start: time, first: copy, end: time))
    last = copy
    return row.count * 8 + 96
  }

  /// Forgets the oldest chunk; returns how many bytes that freed.
  mutating func dropOldest() -> Int {
    guard !chunks.isEmpty else { return 0 }
    let chunk = chunks.removeFirst()
    return chunk.bytes.count + chunk.first.count * 8 + 96
  }

  /// The row as it stood at `time`; nil before the first record.
  func row(at time: SteadyTime) -> [Int64]? {
    guard let index = chunkIndex(at: time) else { return nil }
    var row = chunks[index].first
    Self.replay(chunks[index], into: &row) { $0 <= time }
    return row
  }

  /// Visits the row that held before `from`, perhaps some before that, and then each change up to `to`,
  /// oldest first.
  func visit(from: SteadyTime, to: SteadyTime, _ body: (SteadyTime, [Int64]) -> Void) {
    // A chunk that opens at `from` does not hold what was before it.
    let first = chunkIndex(at: from + Span(milliseconds: -1)) ?? 0
    for index in chunks.indices.dropFirst(first) where chunks[index].start <= to {
      let chunk = chunks[index]
      body(chunk.start, chunk.first)
      var row = chunk.first
      Self.replay(chunk, into: &row, while: { $0 <= to }, each: body)
    }
  }

  private func chunkIndex(at time: SteadyTime) -> Int? {
    var low = 0
    var high = chunks.count
    while low < high {
      let middle = (low + high) / 2
      if chunks[middle].start <= time { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : low - 1
  }

  private static func replay(
    _ chunk: Chunk, into row: inout [Int64], while wanted: (SteadyTime) -> Bool,
    each body: (SteadyTime, [Int64]) -> Void = { _, _ in }
  ) {
    chunk.bytes.withUnsafeBufferPointer { bytes in
      var position = 0
      var time = chunk.start
      while position < bytes.count {
        time = time + Span(milliseconds: Int64(clamping: Varint.read(bytes, at: &position)))
        guard wanted(time) else { return }
        let mask = Varint.read(bytes, at: &position)
        for column in row.indices where mask & 1 << UInt64(column) != 0 {
          row[column] &+= Varint.readSigned(bytes, at: &position)
        }
        body(time, row)
      }
    }
  }
}

/// Whole numbers in as few bytes as they need: seven bits a byte, least significant first.
///
/// Signed numbers are zigzag-coded (0, −1, 1, −2, …), as in Protocol Buffers' encoding.
enum Varint {
  static func append(_ value: UInt64, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  static func append(signed value: Int64, to bytes: inout [UInt8]) {
    append(UInt64(bitPattern: value << 1 ^ value >> 63), to: &bytes)
  }

  /// Reads one number and moves `position` behind it; `bytes` must hold it whole.
  static func read(_ bytes: UnsafeBufferPointer<UInt8>, at position: inout Int) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while true {
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
  }

  static func readSigned(_ bytes: UnsafeBufferPointer<UInt8>, at position: inout Int) -> Int64 {
    let value = read(bytes, at: &position)
    return Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }
}
