/// The texts of a Linux kernel's /proc, read without trust: xenballoond sends a guest's, and dom0's
/// own are read the same way.
///
/// Source of the names: kernel Documentation/filesystems/proc.rst and accounting/psi.rst.
enum ProcMeminfo {
  static let longest = 16_384

  /// Reads `MemTotal:  142208 kB` lines into `report`; lines of other names are passed over.
  static func parse(_ bytes: [UInt8], into report: inout GuestReport) throws(UnreadableReport) {
    guard bytes.count <= longest else {
      throw UnreadableReport("its meminfo is \(bytes.count) bytes long")
    }
    var lines = Lines(bytes[...])
    var values = [Int64?](repeating: nil, count: names.count)
    while let line = lines.next() { try read(line, into: &values) }
    func amount(_ place: Int) -> Bytes? { values[place].map { .kib($0) } }
    report.total = amount(0)
    report.free = amount(1)
    report.cache = amount(4)
    // Kernels before 3.14 have no MemAvailable; free + buffers + cached is the old estimate.
    report.available =
      amount(2) ?? amount(1).map { $0 + (amount(3) ?? .zero) + (amount(4) ?? .zero) }
    report.swapTotal = amount(5)
    if let total = amount(5), let free = amount(6), free <= total { report.swapUsed = total - free }
    guard report.total != nil, report.available != nil else {
      throw UnreadableReport("its meminfo has no MemTotal or MemFree")
    }
  }

  private static let names: [[UInt8]] = [
    "MemTotal", "MemFree", "MemAvailable", "Buffers", "Cached", "SwapTotal", "SwapFree",
  ].map { Array($0.utf8) }

  private static func read(
    _ line: ArraySlice<UInt8>, into values: inout [Int64?]
  ) throws(UnreadableReport) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
      let place = names.firstIndex(where: { $0.elementsEqual(line[..<colon]) })
    else { return }
    var words = Words(line[(colon + 1)...])
    guard let digits = words.next(), let number = ReportText.number(digits),
      number <= ReportText.most, values[place] == nil,
      words.next()?.elementsEqual("kB".utf8) ?? true
    else {
      throw UnreadableReport("its meminfo says \(ReportText.quoted(Array(line)))")
    }
    values[place] = number
  }

  /// Reads `pswpin 12` and `pswpout 34`, which count pages of 4 KiB.
  static func parseVmstat(_ bytes: [UInt8], into report: inout GuestReport) {
    guard bytes.count <= longest else { return }
    var lines = Lines(bytes[...])
    while let line = lines.next() {
      guard line.first == UInt8(ascii: "p") else { continue }
      var words = Words(line)
      guard let name = words.next(), let digits = words.next(),
        let pages = ReportText.number(digits), pages <= ReportText.most / 4
      else { continue }
      if name.elementsEqual("pswpin".utf8) { report.swapIn = .pages(pages) }
      if name.elementsEqual("pswpout".utf8) { report.swapOut = .pages(pages) }
    }
  }

  /// Reads `some avg10=0.12 …` and `full avg10=…` of /proc/pressure/memory.
  static func parsePressure(_ bytes: [UInt8], into report: inout GuestReport) {
    var lines = Lines(bytes.prefix(longest))
    while let line = lines.next() {
      var words = Words(line)
      guard let name = words.next(), let word = words.next(), word.starts(with: "avg10=".utf8),
        let share = hundredths(word.dropFirst(6))
      else { continue }
      if name.elementsEqual("some".utf8) { report.psiSome = share }
      if name.elementsEqual("full".utf8) { report.psiFull = share }
    }
  }

  /// "12.34" → 1234, at most 100.00.
  private static func hundredths(_ bytes: ArraySlice<UInt8>) -> Int? {
    let parts = bytes.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 2, parts[1].count == 2, let whole = ReportText.number(parts[0]),
      let part = ReportText.number(parts[1]), whole * 100 + part <= 10_000
    else { return nil }
    return Int(whole * 100 + part)
  }
}

/// Lines of a text, without their newlines.
struct Lines: IteratorProtocol {
  private var rest: ArraySlice<UInt8>
  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  mutating func next() -> ArraySlice<UInt8>? {
    guard !rest.isEmpty else { return nil }
    let line = rest.prefix { $0 != 0x0A }
    rest = rest[line.endIndex...].dropFirst()
    return line
  }
}

extension GuestReport {
  /// This machine's own figures, from the texts of /proc/meminfo, /proc/vmstat and
  /// /proc/pressure/memory; nil where meminfo cannot be read.
  @Sendable
  public init?(meminfo: [UInt8], vmstat: [UInt8]?, pressure: [UInt8]?) {
    self.init(dialect: .proc)
    do throws(UnreadableReport) {
      try ProcMeminfo.parse(meminfo, into: &self)
    } catch {
      return nil
    }
    if let vmstat { ProcMeminfo.parseVmstat(vmstat, into: &self) }
    if let pressure { ProcMeminfo.parsePressure(pressure, into: &self) }
  }
}
