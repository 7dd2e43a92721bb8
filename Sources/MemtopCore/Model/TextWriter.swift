/// Text that is put together byte by byte in memory of its own: a table of 1,000 domains a second is
/// written with it, where a String a cell would be most of the work.
package struct TextWriter: ~Copyable {
  private var start: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  /// Bytes that were written.
  package private(set) var count = 0

  package init(capacity: Int) {
    self.capacity = max(16, capacity)
    start = .allocate(capacity: self.capacity)
  }

  deinit { start.deallocate() }

  package var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

  /// What was written in that place.
  package func bytes(_ place: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(rebasing: bytes[place])
  }

  package mutating func removeAll() { count = 0 }

  package mutating func append(_ byte: UInt8) {
    if count == capacity { makeRoom(1) }
    start[count] = byte
    count += 1
  }

  package mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { append($0) }
  }

  /// What another writer has written.
  package mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let base = bytes.baseAddress else { return }
    makeRoom(bytes.count)
    (start + count).update(from: base, count: bytes.count)
    count += bytes.count
  }

  package mutating func append(_ bytes: [UInt8]) { bytes.withUnsafeBufferPointer { append($0) } }

  /// So many bytes, which `write` writes.
  mutating func append(_ size: Int, _ write: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
    makeRoom(size)
    write(UnsafeMutableBufferPointer(start: start + count, count: size))
    count += size
  }

  /// What was written in that place, once more.
  package mutating func append(again place: Range<Int>) {
    makeRoom(place.count)
    (start + count).update(from: start + place.lowerBound, count: place.count)
    count += place.count
  }

  /// Overwrites as much at `place` with what was written elsewhere.
  package mutating func put(again source: Range<Int>, at place: Int) {
    precondition(place >= 0 && place + source.count <= count && source.upperBound <= count)
    (start + place).update(from: start + source.lowerBound, count: source.count)
  }

  package mutating func appendDecimal(_ number: Int64) {
    makeRoom(20)
    if number < 0 { append(UInt8(ascii: "-")) }
    var rest = number.magnitude
    var digits = 1
    var limit: UInt64 = 10
    while digits < 19, rest >= limit { (digits, limit) = (digits + 1, limit &* 10) }
    var place = count + digits
    count = place
    repeat {
      place -= 1
      start[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    } while rest > 0
  }

  /// A number of tenths, hundredths and so on: "0.0123" is 123 with four decimals.
  package mutating func appendDecimal(_ number: Int64, decimals: Int) {
    var unit: UInt64 = 1
    for _ in 0..<decimals { unit *= 10 }
    if number < 0 { append(UInt8(ascii: "-")) }
    appendDecimal(Int64(clamping: number.magnitude / unit))
    append(UInt8(ascii: "."))
    while unit > 1 {
      unit /= 10
      append(UInt8(ascii: "0") + UInt8(number.magnitude / unit % 10))
    }
  }

  package mutating func append(repeating byte: UInt8, _ times: Int) {
    guard times > 0 else { return }
    makeRoom(times)
    (start + count).update(repeating: byte, count: times)
    count += times
  }

  /// Moves what was written since `mark` to the right, and blanks the room.
  package mutating func indent(from mark: Int, by columns: Int) {
    guard columns > 0 else { return }
    makeRoom(columns)
    (start + mark + columns).update(from: start + mark, count: count - mark)
    (start + mark).update(repeating: UInt8(ascii: " "), count: columns)
    count += columns
  }

  /// How many columns what was written since `mark` takes.
  package func columns(from mark: Int) -> Int {
    for place in mark..<count where start[place] >= 0x80 {
      let rest = UnsafeBufferPointer(start: start + mark, count: count - mark)
      return TextWidth.columns(of: String(decoding: rest, as: UTF8.self))
    }
    return count - mark
  }

  /// Cuts what was written since `mark` to so many columns, the last of which is `sign`.
  package mutating func cut(from mark: Int, to width: Int, sign: Unicode.Scalar) {
    let text = String(decoding: bytes(mark..<count), as: UTF8.self)
    count = mark
    append(TextWidth.cut(text, to: width, sign: sign))
  }

  private mutating func makeRoom(_ size: Int) {
    guard count + size > capacity else { return }
    let larger = max(2 * capacity, count + size)
    let new = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
    new.update(from: start, count: count)
    start.deallocate()
    (start, capacity) = (new, larger)
  }
}

extension String {
  /// What `write` puts together.
  package init(_ write: (inout TextWriter) -> Void) {
    var writer = TextWriter(capacity: 16)
    write(&writer)
    self = String(decoding: writer.bytes, as: UTF8.self)
  }
}

/// Text in a csv cell (RFC 4180).
package enum CSV {
  /// Quoted where it must be. Text that a spreadsheet would take for a formula, and work out, gets an
  /// apostrophe in front: guests choose names.
  package static func append(_ text: String, to line: inout TextWriter) {
    let isFormula = startsFormula(text)
    guard text.utf8.contains(where: isSpecial) else {
      if isFormula { line.append(UInt8(ascii: "'")) }
      return line.append(text)
    }
    line.append(UInt8(ascii: "\""))
    if isFormula { line.append(UInt8(ascii: "'")) }
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\"") { line.append(byte) }
      line.append(byte)
    }
    line.append(UInt8(ascii: "\""))
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: ",") || byte == 0x0A || byte == 0x0D
  }

  /// The full-width signs are formulas in East Asian spreadsheets.
  private static func startsFormula(_ text: String) -> Bool {
    switch text.unicodeScalars.first {
    case "=", "+", "-", "@", "\t", "\r", "\n", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}": true
    default: false
    }
  }
}
