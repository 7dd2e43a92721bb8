import MemtopCore

/// What became of the memory in a stretch of a recording, by domain.
///
/// A sample counts until the next one; where nobody was looking, nothing counts.
public struct Report: Sendable {
  public var hostname: String
  /// What was written about the sessions in question (`record --note`), and by whom.
  public var notes: [Note] = []
  /// When the first and the last sample were taken; nil where there is none.
  public var stretch: ClosedRange<WallTime>?
  /// How long somebody was looking.
  public var covered: Span
  public var gaps: [Gap]
  /// In the order in which they came.
  public var domains: [DomainReport]

  public struct Note: Hashable, Sendable {
    public var at: WallTime
    public var user: String
    public var text: String
  }

  /// A time in which nobody was looking: from one sample to the next.
  public struct Gap: Hashable, Sendable {
    public var from: WallTime
    public var to: WallTime
    /// By the steady clock, which nobody sets.
    public var length: Span
  }
}

/// One domain's part, over all its lives.
public struct DomainReport: Sendable {
  /// The last one, and its name then.
  public var id: DomainID
  public var name: String
  public var lives: Int
  /// How long it was there.
  public var covered: Span
  public var allocation: Levels?
  public var busy: Levels?
  public var available: Levels?
  /// Its allocation over time, and its busy memory.
  public var held: MemoryTime
  /// nil where no report told of it.
  public var used: MemoryTime?
  public var swapIn: Bytes?
  /// By pressure; nil is where that was not known.
  public var pressures: [Pressure?: Span]
  /// Changes of its target: who, and how often.
  public var changes: [String: Int]

  /// What is known of an amount, weighted by the time for which it held.
  public struct Levels: Hashable, Sendable {
    public var least: Bytes
    public var mean: Bytes
    public var p95: Bytes
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
