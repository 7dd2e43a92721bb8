/// What a guest says of its own memory, read from one dialect; untrusted, but well formed.
///
/// What the guest did not report is nil, never zero.
public struct GuestReport: Hashable, Sendable {
  /// Which format it was written in.
  public var dialect: ReportDialect
  /// The guest kernel's MemTotal: less than its allocation by what the kernel keeps for itself.
  public var total: Bytes?
  /// The kernel's MemFree, a part of which it keeps back: it can be more than `available`.
  public var free: Bytes?
  /// What programs could still take without swapping (the kernel's MemAvailable).
  public var available: Bytes?
  /// Memory in use, without swap, where the dialect reports that instead of `available` (Qubes).
  public var used: Bytes?
  /// Disk cache: Cached less Shmem. What ZFS would give back is added by memtop-agent and in dom0.
  public var cache: Bytes?
  /// The size of all its swap (SwapTotal).
  public var swapTotal: Bytes?
  /// Swap in use: SwapTotal less SwapFree, or Qubes' `memory/swapinfo`.
  public var swapUsed: Bytes?
  /// Cumulative since the guest booted.
  public var swapIn: Bytes?
  /// Cumulative since the guest booted.
  public var swapOut: Bytes?
  /// Of `swapUsed`: on zram devices, so still in memory, compressed.
  public var zramUsed: Bytes?
  /// Of `swapIn`: read from zram devices.
  public var zramIn: Bytes?
  /// Of `swapUsed`: pages that zswap holds in memory, compressed, before any disk.
  public var zswapped: Bytes?
  /// Read back from zswap since the guest booted. Linux does not count it in `swapIn`, which counts
  /// what a device read (mm/page_io.c, swap_read_folio).
  public var zswapIn: Bytes?
  /// PSI memory "some" avg10, in hundredths of a percent (0...10_000): some task waited for memory.
  public var psiSome: Int?
  /// PSI memory "full" avg10, in hundredths of a percent (0...10_000): all tasks waited for memory.
  public var psiFull: Int?
  /// How often the agent says that it reports.
  public var interval: Span?
  /// The agent's number of this report (`seq`), one more each time. Only memtop's dialect has it.
  public var sequence: UInt64?
  /// Where a guest that moves its own balloon has put it.
  public var selfTarget: Bytes?

  package init(dialect: ReportDialect) { self.dialect = dialect }
}

/// A report where it is kept: it is large, and what has one is copied often.
@dynamicMemberLookup
final class KeptReport: Equatable, Sendable {
  let report: GuestReport
  init(_ report: GuestReport) { self.report = report }

  subscript<Value>(dynamicMember path: KeyPath<GuestReport, Value>) -> Value {
    report[keyPath: path]
  }

  static func == (a: KeptReport, b: KeptReport) -> Bool { a === b || a.report == b.report }
}

/// Who wrote a report, which decides what its numbers mean.
public enum ReportDialect: String, CaseIterable, Hashable, Sendable {
  /// memtop-agent's `data/memtop`.
  case memtop
  /// The whole text of /proc/meminfo in `memory/meminfo`.
  case xenballoond
  /// One integer in `memory/meminfo`: used KiB including used swap.
  case qubes
  /// `data/meminfo_total` and `data/meminfo_free`; "free" may or may not include cache.
  case xapi
  /// Dom0's own /proc: not a guest's word.
  case proc

  /// Whether no news means that nothing changed: the last report stands until the next.
  package var isStanding: Bool { self == .qubes }
}

/// Whether a report can be acted on.
public enum ReportHealth: Hashable, Sendable {
  case fresh
  /// Found at start and no change seen yet: xenstore values carry no time. When the next one is overdue, it is
  /// stale.
  case unknownAge
  /// Not written for longer than its dialect's limit.
  case stale
  /// No report at all.
  case silent
  case implausible(String)
  case unreadable(String)

  /// The one word shown for it.
  public var word: String {
    switch self {
    case .fresh: "fresh"
    case .unknownAge: "unknown age"
    case .stale: "stale"
    case .silent: "silent"
    case .implausible: "implausible"
    case .unreadable: "unreadable"
    }
  }

  /// Why, where there is more to say than the word.
  public var reason: String? {
    switch self {
    case .implausible(let why), .unreadable(let why): why
    case .fresh, .unknownAge, .stale, .silent: nil
    }
  }

  /// The same as a complete clause: "it claims 7.00G available but holds only 2.00G".
  package var clause: String? {
    switch self {
    case .implausible(let why): "it \(why)"
    case .unreadable(let why): why
    case .fresh, .unknownAge, .stale, .silent: nil
    }
  }

  /// What is wrong with the report, as a clause: "its report is stale".
  package var complaint: String {
    switch self {
    case .silent: "it sends no report"
    case .unknownAge: "the age of its report is unknown"
    case .fresh, .stale, .implausible, .unreadable: "its report is \(word)"
    }
  }
}

/// How hard a guest is pressed for memory, from best to worst. Recordings have the numbers.
public enum Pressure: UInt8, CaseIterable, Comparable, Hashable, Sendable {
  case ok = 0
  case tight = 1
  case short = 2
  case thrashing = 3

  public static func < (a: Pressure, b: Pressure) -> Bool { a.rawValue < b.rawValue }

  /// The one word shown for it.
  public var word: String {
    switch self {
    case .ok: "ok"
    case .tight: "tight"
    case .short: "short"
    case .thrashing: "thrashing"
    }
  }
}

extension DomainSample.Findings {
  /// The one gate between what a guest reports and everything that shows, stores or acts on it: of a
  /// report that is not believed no figure is left, and those of one that is mean one thing each.
  mutating func keepBelieved() {
    guard health.isReadable else { return forgetFigures() }
    if let cache, let available { self.cache = min(cache, available - unused(of: available)) }
  }

  /// Who reported, and how often, is not a figure: the domain's page says whose report is doubted.
  private mutating func forgetFigures() {
    report = report?.withoutFigures
    (busy, available, cache, swapUsed) = (nil, nil, nil, nil)
    (swapInRate, swapOutRate, compressedIn, pressure) = (nil, nil, nil, nil)
  }

  /// The part of what is available that is free; the kernel keeps the rest of its free memory back.
  private func unused(of available: Bytes) -> Bytes {
    max(.zero, min(report?.free ?? .zero, available))
  }
}

extension DomainSample {
  /// From where on in its allocation memory is free: bars and charts draw cache between busy and this.
  package var cacheEnd: Bytes? {
    Self.cacheEnd(busy: self.busy, available: self.available, free: self.report?.free)
  }

  package static func cacheEnd(busy: Bytes?, available: Bytes?, free: Bytes?) -> Bytes? {
    guard let busy, let available, let free else { return busy }
    return busy + max(.zero, available - max(.zero, min(free, available)))
  }
}

extension GuestReport {
  var withoutFigures: GuestReport {
    var report = GuestReport(dialect: dialect)
    report.interval = interval
    return report
  }
}

extension ReportHealth {
  /// Whether its numbers may be shown as the guest's.
  var isReadable: Bool {
    switch self {
    case .fresh, .unknownAge, .stale: true
    case .silent, .implausible, .unreadable: false
    }
  }
}

/// How fast a guest reads back what it swapped to its own memory, compressed: no disk is waited for.
public struct CompressedSwap: Hashable, Sendable {
  /// Bytes a second from zram devices, which the swap-in rate counts, too.
  public var zram: Bytes
  /// Bytes a second from zswap, which the swap-in rate does not count.
  public var zswap: Bytes

  package init(zram: Bytes = .zero, zswap: Bytes = .zero) {
    (self.zram, self.zswap) = (zram, zswap)
  }

  /// A page takes microseconds to decompress, and some hundred to be read from a fast disk: as many
  /// bytes of it count as one byte of a disk's.
  static let discount: Int64 = 64

  /// What a disk would have to read for programs to wait as long, of a swap-in rate.
  static func asDisk(_ swapIn: Bytes?, _ compressed: CompressedSwap?) -> Bytes? {
    guard let swapIn, let compressed else { return swapIn }
    return max(.zero, swapIn - compressed.zram) + (compressed.zram + compressed.zswap) / discount
  }
}

extension DomainSample.Findings {
  /// The swap-in rate by which the guest is judged: what comes from compressed memory counts little.
  var diskSwapIn: Bytes? { CompressedSwap.asDisk(swapInRate, compressedIn) }
}

extension DomainSample {
  /// The same of a sample.
  var diskSwapIn: Bytes? { CompressedSwap.asDisk(self.swapInRate, self.compressedIn) }
}
