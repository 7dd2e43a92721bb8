import Glibc
import MemtopCore

/// The paths of one domain's keys as C strings, written over each other in one buffer.
struct StorePathBuffer: ~Copyable {
  private let buffer: UnsafeMutablePointer<CChar>
  private let keyPaths: [[CChar]]
  private var prefixLength = 0
  private static let longestDomid = "/65535/".utf8.count

  init() {
    keyPaths = StoreKey.allCases.map { key in
      key.path.utf8.map { CChar(bitPattern: $0) } + [0]
    }
    let longest = keyPaths.reduce(0) { max($0, $1.count) }
    let prefix = StoreEvent.domains.utf8CodeUnitCount + Self.longestDomid
    buffer = .allocate(capacity: prefix + longest)
  }

  deinit { buffer.deallocate() }

  /// The paths from here on are this domain's.
  mutating func enter(_ domid: UInt16) {
    prefixLength = StoreEvent.domains.utf8CodeUnitCount
    memcpy(buffer, StoreEvent.domains.utf8Start, prefixLength)
    append(UInt8(ascii: "/"))
    var power: UInt16 = 1
    while domid / power >= 10 { power *= 10 }
    while power > 0 {
      append(UInt8(ascii: "0") + UInt8(domid / power % 10))
      power /= 10
    }
    append(UInt8(ascii: "/"))
  }

  private mutating func append(_ byte: UInt8) {
    buffer[prefixLength] = CChar(bitPattern: byte)
    prefixLength += 1
  }

  /// Valid until the next call.
  func path(_ key: StoreKey) -> UnsafePointer<CChar> {
    let path = keyPaths[Int(key.rawValue)]
    memcpy(buffer + prefixLength, path, path.count)
    return UnsafePointer(buffer)
  }
}
