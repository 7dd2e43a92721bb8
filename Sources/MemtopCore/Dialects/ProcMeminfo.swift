/// The texts of a Linux kernel's /proc, read without trust: xenballoond sends a guest's, and dom0's
/// own are read the same way.
///
/// Source of the names: kernel Documentation/filesystems/proc.rst and accounting/psi.rst.
enum ProcMeminfo {
  static let longest = 16_384

  private enum Name: Int, CaseIterable {
    case total, free, available, buffers, cached, activeFile, inactiveFile
    case swapTotal, swapFree, shmem, slab

    var text: String {
      switch self {
      case .total: "MemTotal"
      case .free: "MemFree"
      case .available: "MemAvailable"
      case .buffers: "Buffers"
      case .cached: "Cached"
      case .activeFile: "Active(file)"
      case .inactiveFile: "Inactive(file)"
      case .swapTotal: "SwapTotal"
      case .swapFree: "SwapFree"
      case .shmem: "Shmem"
      case .slab: "SReclaimable"
      }
    }
  }

  /// Reads `MemTotal:  142208 kB` lines into `report`; lines of other names are passed over.
  static func parse(_ bytes: [UInt8], into report: inout GuestReport) throws(UnreadableReport) {
    guard bytes.count <= longest else {
      throw UnreadableReport("its meminfo is \(bytes.count) bytes long")
    }
    // In place: slices of an array would be counted for every word.
    let amounts = try bytes.withUnsafeBufferPointer { bytes throws(UnreadableReport) in
      var lines = Lines(bytes[...])
      var amounts = Amounts()
      while let line = lines.next() { try read(line, into: &amounts) }
      return amounts
    }
    guard let total = amounts[.total], let available = amounts.available else {
      throw UnreadableReport("its meminfo has no MemTotal or MemFree")
    }
    report.total = total
    report.free = amounts[.free]
    report.available = available
    report.cache = amounts.cache
    report.swapTotal = amounts[.swapTotal]
    report.swapUsed = amounts.swapUsed
  }

  /// What the lines say, by name.
  private struct Amounts {
    private var kib = [Int64?](repeating: nil, count: names.count)

    subscript(name: Name) -> Bytes? { kib[name.rawValue].map { .kib($0) } }

    /// False where it was set before.
    mutating func set(_ place: Int, _ number: Int64) -> Bool {
      guard kib[place] == nil else { return false }
      kib[place] = number
      return true
    }

    var available: Bytes? { self[.available] ?? estimate?.available }

    /// Cached counts shared memory, which cannot be dropped. Where nothing tells how much that is
    /// (before Linux 2.6.32), cache is not known; every kernel with MemAvailable has Shmem.
    var cache: Bytes? {
      guard let cached = self[.cached] else { return nil }
      guard let shmem = self[.shmem] else { return self[.available] == nil ? nil : cached }
      return max(cached - shmem, .zero)
    }

    var swapUsed: Bytes? {
      guard let total = self[.swapTotal], let free = self[.swapFree], free <= total else {
        return nil
      }
      return total - free
    }

    private var estimate: AvailableEstimate? {
      guard let total = self[.total], let free = self[.free] else { return nil }
      var estimate = AvailableEstimate(total: total, free: free)
      estimate.buffers = self[.buffers] ?? .zero
      estimate.cached = self[.cached] ?? .zero
      estimate.shmem = self[.shmem]
      if let active = self[.activeFile], let inactive = self[.inactiveFile] {
        estimate.fileLists = active + inactive
      }
      estimate.slab = self[.slab] ?? .zero
      return estimate
    }
  }

  private static let names: [[UInt8]] = Name.allCases.map { Array($0.text.utf8) }

  private static func read(
    _ line: ReportText.Word, into amounts: inout Amounts
  ) throws(UnreadableReport) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")),
      case let name = line[..<colon],
      let place = names.firstIndex(where: { ReportText.isSame($0, name) })
    else { return }
    var words = Words(line[(colon + 1)...])
    guard let digits = words.next(), let number = ReportText.number(digits),
      number <= ReportText.most, words.next()?.elementsEqual("kB".utf8) ?? true,
      amounts.set(place, number)
    else {
      throw UnreadableReport("its meminfo has an invalid line \(ReportText.quoted(Array(line)))")
    }
  }

  /// Reads `pswpin 12` and `pswpout 34`, which count pages of 4 KiB.
  static func parseVmstat(_ bytes: [UInt8], into report: inout GuestReport) {
    guard bytes.count <= longest else { return }
    // Two of some hundred and sixty lines.
    for begin in swapLines(bytes) {
      var lines = Lines(bytes[begin...])
      guard let line = lines.next() else { continue }
      var words = Words(line)
      guard let name = words.next(), let digits = words.next(),
        let pages = ReportText.number(digits), pages <= ReportText.most / 4
      else { continue }
      if name.elementsEqual("pswpin".utf8) { report.swapIn = .pages(pages) }
      if name.elementsEqual("pswpout".utf8) { report.swapOut = .pages(pages) }
    }
  }

  /// Where lines begin with "pswp". Most bytes are stepped over: one that is none of these letters is in
  /// no such word (Horspool's search).
  private static func swapLines(_ bytes: [UInt8]) -> [Int] {
    bytes.withUnsafeBufferPointer { bytes in
      var begins: [Int] = []
      var end = 3
      while end < bytes.count {
        switch bytes[end] {
        case UInt8(ascii: "p"):
          let begin = end - 3
          let isWord =
            bytes[begin] == UInt8(ascii: "p") && bytes[begin + 1] == UInt8(ascii: "s")
            && bytes[begin + 2] == UInt8(ascii: "w")
          if isWord, begin == 0 || bytes[begin - 1] == UInt8(ascii: "\n") { begins.append(begin) }
          end += 3
        case UInt8(ascii: "w"): end += 1
        case UInt8(ascii: "s"): end += 2
        default: end += 4
        }
      }
      return begins
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
struct Lines<Bytes: Collection>: IteratorProtocol
where Bytes.Element == UInt8, Bytes.SubSequence == Bytes {
  private var rest: Bytes
  init(_ bytes: Bytes) { rest = bytes }

  mutating func next() -> Bytes? {
    guard !rest.isEmpty else { return nil }
    // A kernel's file has hundreds of lines, and is read at every sample.
    let length = rest.withContiguousStorageIfAvailable { $0.firstIndex(of: 0x0A) ?? $0.count }
    let line = rest.prefix(length ?? rest.prefix { $0 != 0x0A }.count)
    rest = rest[line.endIndex...].dropFirst()
    return line
  }
}

/// The texts of this machine's /proc that its own figures come from; nil where a file is missing.
package struct ProcTexts: Sendable {
  package var meminfo: [UInt8]
  package var vmstat: [UInt8]?
  /// /proc/pressure/memory.
  package var pressure: [UInt8]?
  /// /proc/spl/kstat/zfs/arcstats.
  package var arcstats: [UInt8]?

  package init(
    meminfo: [UInt8], vmstat: [UInt8]? = nil, pressure: [UInt8]? = nil, arcstats: [UInt8]? = nil
  ) {
    self.meminfo = meminfo
    self.vmstat = vmstat
    self.pressure = pressure
    self.arcstats = arcstats
  }
}

extension GuestReport {
  /// This machine's own figures; nil where meminfo cannot be read.
  package init?(_ texts: ProcTexts) {
    self.init(dialect: .proc)
    do throws(UnreadableReport) {
      try ProcMeminfo.parse(texts.meminfo, into: &self)
    } catch {
      return nil
    }
    if let vmstat = texts.vmstat { ProcMeminfo.parseVmstat(vmstat, into: &self) }
    if let pressure = texts.pressure { ProcMeminfo.parsePressure(pressure, into: &self) }
    if let arcstats = texts.arcstats { ArcStats.count(arcstats, into: &self) }
  }
}
