/// What a guest says of its own memory, read from one dialect; untrusted, but well formed.
///
/// What the guest did not report is nil, never zero.
public struct GuestReport: Hashable, Sendable {
  public var dialect: ReportDialect
  /// The guest kernel's MemTotal: less than its allocation by what the kernel keeps for itself.
  public var total: Bytes?
  public var free: Bytes?
  /// What programs could still take without swapping (the kernel's MemAvailable).
  public var available: Bytes?
  /// Memory in use, without swap, where the dialect reports that instead of `available` (Qubes).
  public var used: Bytes?
  public var cache: Bytes?
  public var swapTotal: Bytes?
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
  /// PSI memory "some" and "full" avg10, in hundredths of a percent (0...10_000).
  public var psiSome: Int?
  public var psiFull: Int?
  /// How often the agent says that it reports.
  public var interval: Span?
  public var sequence: UInt64?
  /// Where a guest that moves its own balloon has put it.
  public var selfTarget: Bytes?

  public init(dialect: ReportDialect) { self.dialect = dialect }
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
  var isStanding: Bool { self == .qubes }
}

/// Whether a report can be acted on.
public enum ReportHealth: Hashable, Sendable {
  case fresh
  /// Found at start and no change seen yet: xenstore values carry no time.
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
  public var clause: String? {
    switch self {
    case .implausible(let why): "it \(why)"
    case .unreadable(let why): why
    case .fresh, .unknownAge, .stale, .silent: nil
    }
  }

  /// What is wrong with the report, as a clause: "its report is stale".
  public var complaint: String {
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

  public var word: String {
    switch self {
    case .ok: "ok"
    case .tight: "tight"
    case .short: "short"
    case .thrashing: "thrashing"
    }
  }
}
