import Synchronization

/// A domain's uuid (`xc_domaininfo_t.handle`): it outlives a reboot, the domid does not.
public struct DomainUUID: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// The first 8 of its 16 bytes, big-endian.
  public let high: UInt64
  /// The last 8 of its 16 bytes, big-endian.
  public let low: UInt64

  /// The uuid of these 16 bytes.
  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// Dom0's handle is all zeros on every Xen.
  public static let zero = DomainUUID(high: 0, low: 0)

  public static func < (a: DomainUUID, b: DomainUUID) -> Bool {
    a.high != b.high ? a.high < b.high : a.low < b.low
  }

  /// The 8-4-4-4-12 form, in lower case.
  public var description: String {
    String(unsafeUninitializedCapacity: Self.length) { text in
      write(to: text)
      return Self.length
    }
  }

  /// How many bytes its description has.
  static let length = 36

  /// Its description as bytes.
  func write(to text: UnsafeMutableBufferPointer<UInt8>) {
    var place = 0
    for index in 0..<32 {
      if index == 8 || index == 12 || index == 16 || index == 20 {
        text.initializeElement(at: place, to: UInt8(ascii: "-"))
        place += 1
      }
      let word = index < 16 ? high : low
      let nibble = (word >> UInt64(60 - (index % 16) * 4)) & 0xF
      text.initializeElement(at: place, to: UInt8(nibble < 10 ? 48 + nibble : 87 + nibble))
      place += 1
    }
  }

  /// Reads the 8-4-4-4-12 form; nil for anything else.
  public init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 36 else { return nil }
    var words: [UInt64] = [0, 0]
    var digits = 0
    for (index, byte) in bytes.enumerated() {
      if index == 8 || index == 13 || index == 18 || index == 23 {
        guard byte == UInt8(ascii: "-") else { return nil }
        continue
      }
      guard let nibble = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      words[digits / 16] = words[digits / 16] << 4 | UInt64(nibble)
      digits += 1
    }
    self.init(high: words[0], low: words[1])
  }
}

/// What an action is bound to: Xen reuses domids, so a domid alone names nobody for long.
public struct DomainID: Hashable, Sendable {
  /// Its number in Xen (`xc_domaininfo_t.domain`); dom0 has 0.
  public let domid: UInt16
  /// Which host's, where several are shown together.
  public let host: HostNumber
  /// Its uuid (`xc_domaininfo_t.handle`).
  public let uuid: DomainUUID

  /// A domain by its domid and uuid; with `host` where several hosts are shown together.
  public init(domid: UInt16, uuid: DomainUUID, host: HostNumber = .only) {
    self.domid = domid
    self.host = host
    self.uuid = uuid
  }

  /// What domains are ordered by: their host, then their domid.
  package var place: UInt32 { Self.place(host, domid) }

  package static func place(_ host: HostNumber, _ domid: UInt16) -> UInt32 {
    UInt32(host.rawValue) << 16 | UInt32(domid)
  }

  /// Whether it is dom0: its domid is 0.
  public var isDom0: Bool { domid == 0 }

  /// Domids from here on are Xen's own (DOMID_FIRST_RESERVED in xen.h).
  public static let firstReserved: UInt16 = 0x7FF0
}

extension RandomAccessCollection where Index == Int {
  /// The place of the element with this domid, in a collection from 0, of one host, that ascends by domid.
  func firstIndex(domid: UInt16, by key: (Element) -> UInt16) -> Int? {
    let index = halved { key($0) < domid }
    return index < count && key(self[index]) == domid ? index : nil
  }

  /// The first element whose place (`DomainID.place`) is this or above, in an array that ascends by
  /// it; `count` where there is none.
  func firstIndex(place: UInt32, by key: (Element) -> UInt32) -> Int { halved { key($0) < place } }

  /// The first element for which `isBefore` no longer holds, found by halving.
  private func halved(_ isBefore: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// Quotes a word, so that a shell takes it as one.
package enum ShellWord {
  /// As it is where no shell would make anything of it, else in single quotes.
  static func quoted(_ word: String) -> String {
    guard word.isEmpty || !word.utf8.allSatisfy(isPlain) else { return word }
    let pieces = word.split(separator: "'", omittingEmptySubsequences: false)
    return "'" + pieces.joined(separator: #"'\''"#) + "'"
  }

  /// What names a domain to memtop: its domid where its name would be taken for something else.
  package static func domain(_ name: String, _ id: DomainID) -> String {
    let isNumber = name.utf8.allSatisfy { (0x30...0x39).contains($0) }
    let isTaken = name.hasPrefix("-") || isNumber || name == "dom0" || DomainUUID(name) != nil
    return isTaken ? "\(id.domid)" : quoted(name)
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
    default: "-_./:@%+,".utf8.contains(byte)
    }
  }
}

/// One of several hosts that are shown together, by the number that this process gave to its name.
///
/// A number, because every table of domains compares and hashes it.
public struct HostNumber: Hashable, Comparable, Sendable {
  package let rawValue: UInt16

  /// The host of a screen, command or recording that has one only.
  public static let only = HostNumber(rawValue: 0)

  /// The number of a name. It stays the same for as long as the process lives.
  ///
  /// Names beyond 65,535 share the last number.
  package static func named(_ name: String) -> HostNumber {
    names.withLock { names in
      if let known = names.numbers[name] { return known }
      guard names.list.count < UInt16.max else { return HostNumber(rawValue: .max) }
      names.list.append(name)
      let number = HostNumber(rawValue: UInt16(names.list.count))
      names.numbers[name] = number
      return number
    }
  }

  /// The name that it was given to; nil for `only`.
  public var name: String? {
    rawValue == 0 ? nil : Self.names.withLock { $0.list[Int(rawValue) - 1] }
  }

  public static func < (a: HostNumber, b: HostNumber) -> Bool { a.rawValue < b.rawValue }

  private struct Names {
    var list: [String] = []
    var numbers: [String: HostNumber] = [:]
  }

  private static let names = Mutex(Names())
}

extension DomainID {
  /// A domain's name where those of several hosts stand beside each other: "web1 on xen2".
  public func named(_ name: String) -> String { host.name.map { "\(name) on \($0)" } ?? name }
}
