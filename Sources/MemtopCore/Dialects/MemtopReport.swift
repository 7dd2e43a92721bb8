/// memtop-agent's dialect: `v1 name=number …` in the one key `data/memtop`.
///
/// Amounts are KiB, `swap_in`, `swap_out`, `zram_in` and `zswap_in` cumulative since boot, `psi_*`
/// avg10 in hundredths of a percent, `interval` seconds. Names that this version does not know are ignored, so that the
/// format can grow; a version that it does not know is refused.
enum MemtopReport {
  /// xenstore holds about 2 KB a node under its default quota.
  static let longest = 2_048

  enum Name: String, CaseIterable {
    case total, free, available, cached, swap_total, swap_free, swap_in, swap_out
    case zram, zram_in, zswap, zswap_in
    case psi_some, psi_full, interval, seq, self_target

    /// The largest number that makes sense.
    var most: Int64 {
      switch self {
      case .psi_some, .psi_full: 10_000
      case .interval: 86_400
      case .seq: .max
      case .total, .free, .available, .cached, .swap_total, .swap_free, .swap_in, .swap_out, .zram,
        .zram_in, .zswap, .zswap_in, .self_target:
        ReportText.most
      }
    }
  }

  static func parse(_ bytes: [UInt8]) throws(UnreadableReport) -> GuestReport {
    guard bytes.count <= longest else {
      throw UnreadableReport("data/memtop is \(bytes.count) bytes long")
    }
    // In place: slices of an array would be counted for every word.
    let report = try bytes.withUnsafeBufferPointer { buffer throws(UnreadableReport) in
      var words = Words(ReportText.trimmed(buffer[...]))
      guard let version = words.next(), version.elementsEqual("v1".utf8) else {
        return nil as GuestReport?
      }
      var line = Line()
      while let word = words.next() { try line.read(word) }
      return try line.finished()
    }
    guard let report else {
      throw UnreadableReport("data/memtop has an unknown version: \(ReportText.quoted(bytes))")
    }
    return report
  }

  /// What has been read of the line.
  private struct Line {
    private var report = GuestReport(dialect: .memtop)
    private var swapFree: Bytes?
    /// A bit for each name.
    private var seen: UInt64 = 0
    /// Agents write the names in order: the next one is most likely the one after the last.
    private var expected = 0

    mutating func read(_ word: ReportText.Word) throws(UnreadableReport) {
      guard let equals = word.firstIndex(of: UInt8(ascii: "=")), equals > word.startIndex else {
        throw UnreadableReport("data/memtop has an invalid word \(ReportText.quoted(Array(word)))")
      }
      guard let place = place(of: word[..<equals]) else { return }
      let name = MemtopReport.all[place]
      guard seen & 1 << place == 0 else {
        throw UnreadableReport("data/memtop has \(name.rawValue) twice")
      }
      let digits = word[(equals + 1)...]
      guard let number = ReportText.number(digits), number <= name.most else {
        throw UnreadableReport(
          "data/memtop has an invalid \(name.rawValue)=\(ReportText.quoted(Array(digits)))")
      }
      set(name, number)
      seen |= 1 << place
      expected = place + 1
    }

    private func place(of word: ReportText.Word) -> Int? {
      let names = MemtopReport.names
      if expected < names.count, ReportText.isSame(names[expected], word) { return expected }
      return names.firstIndex { ReportText.isSame($0, word) }
    }

    private mutating func set(_ name: Name, _ number: Int64) {
      switch name {
      case .total: report.total = .kib(number)
      case .free: report.free = .kib(number)
      case .available: report.available = .kib(number)
      case .cached: report.cache = .kib(number)
      case .swap_total: report.swapTotal = .kib(number)
      case .swap_free: swapFree = .kib(number)
      case .swap_in: report.swapIn = .kib(number)
      case .swap_out: report.swapOut = .kib(number)
      case .zram: report.zramUsed = .kib(number)
      case .zram_in: report.zramIn = .kib(number)
      case .zswap: report.zswapped = .kib(number)
      case .zswap_in: report.zswapIn = .kib(number)
      case .psi_some: report.psiSome = Int(number)
      case .psi_full: report.psiFull = Int(number)
      case .interval: report.interval = .seconds(number)
      case .seq: report.sequence = UInt64(number)
      case .self_target: report.selfTarget = .kib(number)
      }
    }

    func finished() throws(UnreadableReport) -> GuestReport {
      guard report.available != nil else {
        throw UnreadableReport("data/memtop has no available=")
      }
      guard let total = report.swapTotal, let swapFree else { return report }
      guard swapFree <= total else {
        throw UnreadableReport("data/memtop has swap_free above swap_total")
      }
      var report = report
      report.swapUsed = total - swapFree
      return report
    }
  }

  /// Made once: a hundred reports a second are read.
  private static let all = Name.allCases
  private static let names: [[UInt8]] = all.map { Array($0.rawValue.utf8) }
}
