/// A field's name in `--fields`, `--sort`, filters, csv and json; at most 16 ASCII letters.
///
/// Two numbers rather than a string: the screen compares them for every cell.
package struct FieldID: Hashable, Sendable, ExpressibleByStringLiteral {
  @usableFromInline let high: UInt64
  @usableFromInline let low: UInt64

  @inlinable package static func == (a: FieldID, b: FieldID) -> Bool {
    a.low == b.low && a.high == b.high
  }

  package init(stringLiteral name: StaticString) {
    precondition(name.utf8CodeUnitCount <= 16 && name.isASCII)
    var (high, low) = (UInt64(0), UInt64(0))
    name.withUTF8Buffer { bytes in
      for byte in bytes {
        high = high << 8 | low >> 56
        low = low << 8 | UInt64(byte)
      }
    }
    (self.high, self.low) = (high, low)
  }

  package var rawValue: String {
    let shifts = stride(from: 56, through: 0, by: -8)
    let bytes =
      shifts.map { UInt8(truncatingIfNeeded: high >> UInt64($0)) }
      + shifts.map { UInt8(truncatingIfNeeded: low >> UInt64($0)) }
    return String(decoding: bytes.drop { $0 == 0 }, as: UTF8.self)
  }

  /// Of every field, in the order of the table.
  package static let allCases = Field.table.map(\.id)
}

// Fields that something else knows by name.
extension FieldID {
  package static let id: FieldID = "id"
  package static let name: FieldID = "name"
  package static let state: FieldID = "state"
  package static let condition: FieldID = "condition"
  package static let alloc: FieldID = "alloc"
  package static let target: FieldID = "target"
  package static let max: FieldID = "max"
  package static let dynmin: FieldID = "dynmin"
  package static let dynmax: FieldID = "dynmax"
  package static let limit: FieldID = "limit"
  package static let overhead: FieldID = "overhead"
  package static let busy: FieldID = "busy"
  package static let cache: FieldID = "cache"
  package static let avail: FieldID = "avail"
  package static let free: FieldID = "free"
  package static let swap: FieldID = "swap"
  package static let swapin: FieldID = "swapin"
  package static let swapout: FieldID = "swapout"
  package static let pressure: FieldID = "pressure"
  package static let health: FieldID = "health"
  package static let age: FieldID = "age"
  package static let advice: FieldID = "advice"
  package static let dialect: FieldID = "dialect"
  package static let kind: FieldID = "kind"
  package static let uuid: FieldID = "uuid"
  package static let os: FieldID = "os"
  package static let ip: FieldID = "ip"
  package static let host: FieldID = "host"
  package static let bar: FieldID = "bar"
  package static let spark: FieldID = "spark"
}
