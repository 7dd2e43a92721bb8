/// What a domain's keys hold by way of a report.
enum ReportFinding: Equatable, Sendable {
  case none
  /// One a dialect, the richest first.
  case read([KeptReport])
  case unreadable(String)
}

/// Finds the dialects that a guest speaks and reads them.
///
/// One that cannot be read gives way to a poorer one that can: a guest may have two agents.
enum ReportReader {
  /// Richest first.
  private static let dialects: [ReportDialect] = [.memtop, .xenballoond, .qubes, .xapi]

  static func readAll(_ keys: StoreKeys) -> ReportFinding {
    var problem: String?
    var reports: [KeptReport] = []
    for dialect in dialects {
      do throws(UnreadableReport) {
        if let report = try parse(dialect, keys) { reports.append(KeptReport(report)) }
      } catch {
        problem = problem ?? error.description
      }
    }
    if !reports.isEmpty { return .read(reports) }
    return problem.map { .unreadable($0) } ?? .none
  }

  private static func parse(_ dialect: ReportDialect, _ keys: StoreKeys)
    throws(UnreadableReport) -> GuestReport?
  {
    switch dialect {
    case .memtop:
      guard let line = keys[.memtopReport] else { return nil }
      return try MemtopReport.parse(line)
    case .xenballoond:
      guard let text = meminfo(keys), !QubesReport.isOne(text) else { return nil }
      return try XenballoondReport.parse(text, vmstat: keys[.vmstat])
    case .qubes:
      guard let text = meminfo(keys), QubesReport.isOne(text) else { return nil }
      return try QubesReport.parse(text, swapinfo: keys[.swapinfo])
    case .xapi: return try XAPIReport.parse(keys)
    case .proc: return nil
    }
  }

  /// A node that a toolstack made for its guest and that is still empty says nothing.
  private static func meminfo(_ keys: StoreKeys) -> [UInt8]? {
    keys[.meminfo].flatMap { ReportText.trimmed($0[...]).isEmpty ? nil : $0 }
  }
}

/// Why a guest's report could not be read, in words for its page.
package struct UnreadableReport: Error, Hashable, Sendable, CustomStringConvertible {
  package var description: String
  init(_ description: String) { self.description = description }
}

/// Strict reading of what a guest wrote: ASCII digits and nothing else.
enum ReportText {
  /// A KiB figure above this (4 PiB) is no machine's memory; it also keeps sums from overflowing.
  static let most: Int64 = 1 << 42

  /// A part of a text that is read in place.
  typealias Word = Slice<UnsafeBufferPointer<UInt8>>

  static func isSame(_ name: [UInt8], _ word: Word) -> Bool {
    guard name.count == word.count else { return false }
    return name.indices.allSatisfy { name[$0] == word[word.startIndex + $0] }
  }

  /// A decimal number of at most 18 digits.
  static func number(_ bytes: some Collection<UInt8>) -> Int64? {
    guard !bytes.isEmpty, bytes.count <= 18 else { return nil }
    var value: Int64 = 0
    for byte in bytes {
      guard byte >= 0x30, byte <= 0x39 else { return nil }
      value = value * 10 + Int64(byte - 0x30)
    }
    return value
  }

  /// A KiB figure; blanks and newlines around it are the writers' habit and do no harm.
  static func kib(_ bytes: [UInt8], of what: String) throws(UnreadableReport) -> Bytes {
    guard let value = number(trimmed(bytes[...])), value <= most else {
      throw UnreadableReport("\(what) is \(quoted(bytes)), not a number of KiB")
    }
    return .kib(value)
  }

  static func trimmed<Bytes: BidirectionalCollection>(_ bytes: Bytes) -> Bytes.SubSequence
  where Bytes.Element == UInt8 {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x09 }
    guard let first = bytes.firstIndex(where: { !isBlank($0) }),
      let last = bytes.lastIndex(where: { !isBlank($0) })
    else { return bytes[bytes.endIndex...] }
    return bytes[first...last]
  }

  /// What was found instead, safe to show and short.
  static func quoted(_ bytes: [UInt8]) -> String {
    "\"" + SafeText.escaped(bytes, limit: 24) + "\""
  }
}
