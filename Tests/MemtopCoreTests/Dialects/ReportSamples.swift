@testable import MemtopCore

/// What guests write, for the readers' tests.
enum ReportSamples {
  static func keys(
    _ entries: [StoreKey: [UInt8]], writes: UInt64 = 1
  ) -> StoreKeys {
    StoreKeys(
      entries: entries.map { (key: $0.key, value: $0.value) },
      reportWrites: ReportWrites(each: writes))
  }

  static func keys(_ entries: [StoreKey: String], writes: UInt64 = 1) -> StoreKeys {
    keys(entries.mapValues { Array($0.utf8) }, writes: writes)
  }

  /// The one report that `entries` hold, or why there is none.
  static func read(_ entries: [StoreKey: [UInt8]]) -> Result<GuestReport, UnreadableReport> {
    switch ReportReader.readAll(keys(entries)) {
    case .none: .failure(UnreadableReport("nothing"))
    case .unreadable(let why): .failure(UnreadableReport(why))
    case .read(let reports): .success(reports[0].report)
    }
  }

  /// Numbers that no machine has, and texts that are none.
  static let notNumbers: [[UInt8]] = [
    [], Array("-1".utf8), Array("+1".utf8), Array("12345678901234567890".utf8),
    Array("9223372036854775807".utf8), Array("4398046511105".utf8), Array("1e3".utf8),
    Array("0x10".utf8), Array("1.5".utf8), Array("12 34".utf8), Array("12,34".utf8),
    Array("12\u{0}".utf8), [0], [0xFF], [0x31, 0xFF], [0xC0, 0xB1], Array("\u{1B}[2J".utf8),
    Array("1\u{1B}[31m2".utf8), Array("１２".utf8), Array("12\r".utf8), Array("12\nx".utf8),
    Array("nan".utf8), [UInt8](repeating: 0x39, count: 2000), [UInt8](repeating: 0x41, count: 4096),
  ]

  /// A problem is one short line of printable text, whatever was written.
  static func isSafe(_ text: String) -> Bool {
    !text.isEmpty && text.count < 120
      && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
  }
}
