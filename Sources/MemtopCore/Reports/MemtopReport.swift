/// memtop-agent's dialect: `v1 name=number …` in the one key `data/memtop`.
///
/// Amounts are KiB, `swap_in` and `swap_out` cumulative since boot, `psi_*` avg10 in hundredths of
/// a percent, `interval` seconds. Names that this version does not know are ignored, so that the
/// format can grow; a version that it does not know is refused.
enum MemtopReport {
  /// xenstore holds about 2 KB a node under its default quota.
  static let longest = 2_048

  enum Name: String, CaseIterable {
    case total, free, available, cached, swap_total, swap_free, swap_in, swap_out
    case psi_some, psi_full, interval, seq

    /// The largest number that makes sense.
    var most: Int64 {
      switch self {
      case .psi_some, .psi_full: 10_000
      case .interval: 86_400
      case .seq: .max
      default: ReportText.most
      }
    }
  }

  static func parse(_ bytes: [UInt8]) throws(UnreadableReport) -> GuestReport {
    guard bytes.count <= longest else {
      throw UnreadableReport("data/memtop is \(bytes.count) bytes long")
    }
    var words = Words(ReportText.trimmed(bytes[...]))
    guard let version = words.next(), version.elementsEqual("v1".utf8) else {
      throw UnreadableReport("data/memtop is of an unknown version: \(ReportText.quoted(bytes))")
    }
    var values = Values()
    while let word = words.next() { try values.read(word) }
    return try values.report()
  }

  /// The numbers by name.
  private struct Values {
    private var numbers = [Int64?](repeating: nil, count: MemtopReport.all.count)
    /// Agents write the names in order: the next one is most likely the one after the last.
    private var expected = 0

    subscript(name: Name) -> Int64? { numbers[MemtopReport.place(of: name)] }

    mutating func read(_ word: ArraySlice<UInt8>) throws(UnreadableReport) {
      guard let equals = word.firstIndex(of: UInt8(ascii: "=")), equals > word.startIndex else {
        throw UnreadableReport("data/memtop holds \(ReportText.quoted(Array(word)))")
      }
      guard let place = place(of: word[..<equals]) else { return }
      let name = MemtopReport.all[place]
      guard numbers[place] == nil else {
        throw UnreadableReport("data/memtop says \(name.rawValue) twice")
      }
      let digits = word[(equals + 1)...]
      guard let number = ReportText.number(digits), number <= name.most else {
        throw UnreadableReport(
          "data/memtop says \(name.rawValue)=\(ReportText.quoted(Array(digits)))")
      }
      numbers[place] = number
      expected = place + 1
    }

    private func place(of word: ArraySlice<UInt8>) -> Int? {
      let names = MemtopReport.names
      if expected < names.count, names[expected].elementsEqual(word) { return expected }
      return names.firstIndex { $0.count == word.count && $0.elementsEqual(word) }
    }

    func report() throws(UnreadableReport) -> GuestReport {
      guard let available = self[.available] else {
        throw UnreadableReport("data/memtop does not say available=")
      }
      func amount(_ name: Name) -> Bytes? { self[name].map { .kib($0) } }
      var report = GuestReport(dialect: .memtop)
      report.available = .kib(available)
      report.total = amount(.total)
      report.free = amount(.free)
      report.cache = amount(.cached)
      report.swapTotal = amount(.swap_total)
      if let total = amount(.swap_total), let free = amount(.swap_free) {
        guard free <= total else {
          throw UnreadableReport("data/memtop says more swap_free than swap_total")
        }
        report.swapUsed = total - free
      }
      report.swapIn = amount(.swap_in)
      report.swapOut = amount(.swap_out)
      report.psiSome = self[.psi_some].map { Int($0) }
      report.psiFull = self[.psi_full].map { Int($0) }
      report.interval = self[.interval].map { .seconds($0) }
      report.sequence = self[.seq].map { UInt64($0) }
      return report
    }
  }

  /// Made once: a hundred reports a second are read.
  private static let all = Name.allCases
  private static let names: [[UInt8]] = all.map { Array($0.rawValue.utf8) }

  private static func place(of name: Name) -> Int { all.firstIndex(of: name)! }
}

/// Words separated by single or repeated spaces.
struct Words: IteratorProtocol {
  private var rest: ArraySlice<UInt8>
  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  mutating func next() -> ArraySlice<UInt8>? {
    rest = rest.drop { $0 == 0x20 }
    guard !rest.isEmpty else { return nil }
    let word = rest.prefix { $0 != 0x20 }
    rest = rest[word.endIndex...]
    return word
  }
}
