import MemtopCore

/// What became of the memory in a stretch of a recording, by domain.
///
/// A sample counts until the next one; where nobody was looking, nothing counts.
public struct UsageReport: Sendable {
  /// The host's name at the last sample, safe to print; empty where there is no sample.
  public var hostname: String
  /// What was written about the sessions in question (`record --note`), and by whom.
  public var notes: [Note] = []
  /// When the first and the last sample were taken; nil where there is none.
  public var stretch: ClosedRange<WallTime>?
  /// How long somebody was looking.
  public var covered: Span
  /// The times within the stretch in which no samples were taken, or none of one of several hosts; oldest
  /// first.
  public var gaps: [Gap]
  /// In the order in which they came.
  public var domains: [DomainReport]

  /// What was written about a session.
  public struct Note: Hashable, Sendable {
    /// When the session began, by the wall clock.
    public var at: WallTime
    /// The login name of who recorded; empty where that is not known.
    public var user: String
    /// What was written, safe to print.
    public var text: String
  }

  /// A time that is left out: from the last sample before it to the first one after it.
  public struct Gap: Hashable, Sendable {
    /// When the last sample before it was taken, by the wall clock.
    public var from: WallTime
    /// When the first sample after it was taken, by the wall clock.
    public var to: WallTime
    /// By the steady clock, which nobody sets.
    public var length: Span
    /// The host that gave no figures, of several; nil where no samples were taken at all.
    public var host: String?
  }

  /// The gaps of a domain: those of everybody, and those of its host.
  package func gaps(of domain: DomainReport) -> [Gap] {
    gaps.filter { $0.host == nil || $0.host == domain.id.host.name }
  }
}

/// One domain's part, over all its lives.
public struct DomainReport: Sendable {
  /// The last one.
  public var id: DomainID
  /// Its last name, safe to print.
  public var name: String
  /// How often it appeared in the stretch: each reboot, and each return after an absence, counts.
  public var lives: Int
  /// How long it was there.
  public var covered: Span
  /// What it held; nil where that is known for no length of time, as with one sample alone.
  public var allocation: Levels?
  /// Its busy memory (`DomainSample.busy`); nil where no report told of it.
  public var busy: Levels?
  /// What it had available (`DomainSample.available`); nil where no report told of it.
  public var available: Levels?
  /// Its allocation over time, and its busy memory.
  public var held: MemoryTime
  /// nil where no report told of it.
  public var used: MemoryTime?
  /// How many bytes it swapped in while samples were taken; nil where no report told of it.
  public var swapIn: Bytes?
  /// By pressure; nil is where that was not known.
  public var pressures: [Pressure?: Span]
  /// Changes of its target: who, and how often.
  public var changes: [String: Int]

  /// What is known of an amount, weighted by the time for which it held.
  public struct Levels: Hashable, Sendable {
    /// The smallest amount.
    public var least: Bytes
    /// The mean over time, to the nearest byte.
    public var mean: Bytes
    /// The amount that was not exceeded in 95 % of the time. Where more than 512 different amounts
    /// occurred, it may be rounded up, to a multiple of 4 KiB or more.
    public var p95: Bytes
    /// The largest amount.
    public var most: Bytes
    /// For how long it was known.
    public var known: Span

    init?(_ levels: TimeWeighted) {
      guard let mean = levels.mean, let p95 = levels.percentile(95) else { return nil }
      least = Bytes(levels.least)
      self.mean = Bytes(mean)
      self.p95 = Bytes(p95)
      most = Bytes(levels.most)
      known = Span(milliseconds: levels.known)
    }
  }
}

/// An amount of memory held for a time; what a host that sells memory by use bills.
public struct MemoryTime: Hashable, Sendable {
  /// Bytes × milliseconds.
  public var product: Int128

  init(_ product: Int128) { self.product = product }

  /// In millionths of a GiB·hour, to the nearest.
  public var gibHourMillionths: Int64 {
    let unit = Int128(1 << 30) * 3_600_000
    return Int64(clamping: (product * 2_000_000 + unit) / (unit * 2))
  }
}

extension Extract {
  /// Adds up the samples; `step` plays no part.
  ///
  /// - Throws: as `forEach`.
  public func report() throws(RecordingError) -> UsageReport {
    let count = UsageCount(choice: domain)
    let ids = ids
    try file.reading { () throws(DatabaseError) in
      try count.add(ids, from: begin, to: end, of: file)
    }
    var report = count.report
    if let ids { report.notes = try file.notes(of: ids) }
    return report
  }
}
