import CSQLite
import Glibc
import MemtopCore

/// A prepared statement; parameters count from 1, columns from 0, as SQLite has it.
///
/// It is the gate between SQLite and everything else: a file may come from anybody, so a number leaves
/// here only as what it is meant to be, within bounds that no sum or product of such numbers overflows
/// later. What lies outside, or is no number, is unknown (nil), and counted (`Database.refusals`).
final class Statement {
  private let handle: OpaquePointer
  /// Statements must end before their database.
  private let database: Database

  init(_ handle: OpaquePointer, of database: Database) {
    self.handle = handle
    self.database = database
  }

  deinit { sqlite3_finalize(handle) }

  func bind(_ parameter: Int, _ value: Int64?) {
    if let value {
      sqlite3_bind_int64(handle, Int32(parameter), value)
    } else {
      sqlite3_bind_null(handle, Int32(parameter))
    }
  }

  /// Makes all parameters NULL.
  func unbind() { sqlite3_clear_bindings(handle) }

  func bind(_ parameter: Int, _ value: Double) {
    sqlite3_bind_double(handle, Int32(parameter), value)
  }

  func bind(_ parameter: Int, _ text: String?) {
    guard let text else { return bind(parameter, nil as Int64?) }
    sqlite3_bind_text(handle, Int32(parameter), text, -1, CS_TRANSIENT)
  }

  /// An amount in KiB: whole where it is, else a fraction, so that nothing is lost.
  func bindKiB(_ parameter: Int, _ bytes: Int64?) {
    guard let bytes, bytes & 1023 != 0 else { return bind(parameter, bytes.map { $0 >> 10 }) }
    bind(parameter, Double(bytes) / 1024)
  }

  /// Goes to the next row; false where there is none.
  func step() throws(DatabaseError) -> Bool {
    errno = 0
    switch sqlite3_step(handle) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    default: throw database.error("cannot read or write rows")
    }
  }

  /// Runs a statement that gives no rows, and makes it ready for the next time.
  func run() throws(DatabaseError) {
    defer { reset() }
    _ = try step()
  }

  func reset() { sqlite3_reset(handle) }

  /// A whole number within `bounds`; nil where it is NULL, or refused.
  private func whole(_ column: Int, in bounds: ClosedRange<Int64>) -> Int64? {
    switch sqlite3_column_type(handle, Int32(column)) {
    case SQLITE_NULL: return nil
    case SQLITE_INTEGER:
      let value = sqlite3_column_int64(handle, Int32(column))
      return bounds.contains(value) ? value : refused()
    default: return refused()
    }
  }

  /// In bytes, of what stands there in KiB.
  private func bytesOfKiB(_ column: Int, in bounds: ClosedRange<Int64>) -> Int64? {
    guard sqlite3_column_type(handle, Int32(column)) == SQLITE_FLOAT else {
      return whole(column, in: bounds.lowerBound >> 10...bounds.upperBound >> 10).map { $0 << 10 }
    }
    let bytes = (sqlite3_column_double(handle, Int32(column)) * 1024).rounded()
    return Int64(exactly: bytes).flatMap { bounds.contains($0) ? $0 : nil } ?? refused()
  }

  private func refused() -> Int64? {
    database.refuse()
    return nil
  }
}

/// Within which bounds numbers of a recording are believed.
enum Bounds {
  /// Bytes, and bytes a second: a pebibyte. Sums of as many domains as there can be fit.
  static let amount: Int64 = 1 << 50
  /// Milliseconds: two thousand years from 1970.
  static let time: Int64 = 1 << 46
  /// Between two samples: a year.
  static let interval: Int64 = 366 * 86_400_000

  static func time(_ time: Int64) -> Int64 { min(max(time, -Self.time), Self.time) }
}

// What columns are meant to be.
extension Statement {
  /// A sample's number.
  func sample(_ column: Int) -> Int64? { whole(column, in: 1...RowID.mostSamples - 1) }

  /// The id of a row about a domain.
  func rowID(_ column: Int) -> Int64? {
    whole(column, in: 0...RowID.make(sample: RowID.mostSamples, place: 0) - 1)
  }

  func eventID(_ column: Int) -> Int64? {
    whole(column, in: 0...EventReader.firstID(of: RowID.mostSamples) - 1)
  }

  func place(_ column: Int) -> Int64? { whole(column, in: 0...Int64(RowID.mostPlaces - 1)) }

  /// How many there are of something.
  func count(_ column: Int) -> Int64? { whole(column, in: 0...1 << 48) }

  /// An instant, or a distance of two, in milliseconds.
  func time(_ column: Int) -> Int64? { whole(column, in: -Bounds.time...Bounds.time) }

  func wallTime(_ column: Int) -> WallTime? { time(column).map { WallTime(milliseconds: $0) } }

  /// Between samples, or reports.
  func interval(_ column: Int) -> Int64? { whole(column, in: 1...Bounds.interval) }

  /// An amount of memory, or by how much one changed, in bytes; it stands there in KiB.
  func amount(_ column: Int) -> Int64? {
    bytesOfKiB(column, in: -Bounds.amount...Bounds.amount)
  }

  /// An amount that cannot be less than nothing.
  func size(_ column: Int) -> Int64? { bytesOfKiB(column, in: 0...Bounds.amount) }

  /// Bytes a second; they stand there as they are.
  func rate(_ column: Int) -> Int64? { whole(column, in: -Bounds.amount...Bounds.amount) }

  /// A small number that stands for a word, or a yes or no.
  func code(_ column: Int) -> Int64? { whole(column, in: 0...Int64(UInt8.max)) }

  /// Hundredths of a percent, or by how much they changed.
  func share(_ column: Int) -> Int64? {
    whole(column, in: Int64(Int32.min)...Int64(Int32.max))
  }

  func domid(_ column: Int) -> UInt16? {
    whole(column, in: 0...Int64(UInt16.max)).map { UInt16($0) }
  }

  /// 64 bits of which only growth by one means anything.
  func bits(_ column: Int) -> Int64? { whole(column, in: .min...(.max)) }

  func text(_ column: Int) -> String? {
    guard let bytes = sqlite3_column_text(handle, Int32(column)) else { return nil }
    let length = Int(sqlite3_column_bytes(handle, Int32(column)))
    return String(decoding: UnsafeBufferPointer(start: bytes, count: length), as: UTF8.self)
  }

  /// A domain's number as it stands at a place, or by how much it changed.
  func value(_ place: Int, of column: SampleRow.Column) -> Int64? {
    switch column.meaning {
    case .amount: amount(place)
    case .time: time(place)
    case .rate: rate(place)
    case .code: code(place)
    case .share: share(place)
    case .bits: bits(place)
    }
  }
}
