import MemtopCore

/// One guest of a trial: what it is built for, and what its programs want over time.
///
/// It is the same for every policy: nothing here depends on what memory it is given.
public struct TrialGuest: Sendable {
  /// Which load it is of, in the words of a report.
  public var load: String
  /// SIZE at the start, what an operator would have configured for it.
  public var memory: Bytes
  public var staticMax: Bytes
  public var swap: Bytes
  /// Files that its programs read again and again.
  public var fileSet: Bytes
  public var readRate: Bytes
  /// Share of the programs' pages that they touch in a second, in thousandths.
  public var hotPermille: Int64
  /// What programs have been promised (Committed_AS) for each 1,000 bytes that they use.
  public var commitPermille: Int64
  public var series: DemandSeries

  var shape: GuestMemory.Shape {
    GuestMemory.Shape(
      staticMax: staticMax, swapTotal: swap, fileSet: fileSet, readRate: readRate,
      hotPermille: hotPermille)
  }
}
