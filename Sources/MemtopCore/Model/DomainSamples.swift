/// The domains of a snapshot, ascending by host and domid.
///
/// Where nothing changed, two snapshots share them, and differ only in how old the reports are. Therefore ages
/// are kept as they were at one fixed time, and worked out where a sample is taken out.
public struct DomainSamples: RandomAccessCollection, MutableCollection, Sendable,
  ExpressibleByArrayLiteral
{
  /// The samples with ages as of steady time zero, for whoever needs no ages of a thousand domains.
  package private(set) var kept: [DomainSample]
  /// The time for which ages are asked.
  private let time: SteadyTime

  /// Samples whose ages are those of their snapshot.
  public init(_ samples: [DomainSample]) {
    kept = samples
    time = SteadyTime(milliseconds: 0)
  }

  public init(arrayLiteral samples: DomainSample...) { self.init(samples) }

  /// Samples whose ages are as of steady time zero (`DomainSample.aged`), in a snapshot taken at `time`.
  init(kept: [DomainSample], at time: SteadyTime) {
    self.kept = kept
    self.time = time
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { kept.count }

  public subscript(index: Int) -> DomainSample {
    get { kept[index].aged(by: time.milliseconds) }
    set { kept[index] = newValue.aged(by: -time.milliseconds) }
  }

  public mutating func removeAll(where isUnwanted: (DomainSample) throws -> Bool) rethrows {
    try kept.removeAll { try isUnwanted($0.aged(by: time.milliseconds)) }
  }

  /// Those at some places.
  func part(_ places: Range<Int>) -> DomainSamples {
    DomainSamples(kept: Array(kept[places]), at: time)
  }

  /// Whether these are the very samples of the other: at most ages differ. False promises nothing.
  package func areSame(as other: DomainSamples) -> Bool { kept.isIdentical(to: other.kept) }
}

extension DomainSample {
  /// The same sample, so much later.
  func aged(by milliseconds: Int64) -> DomainSample {
    guard let age = reportAge else { return self }
    var sample = self
    sample.reportAge = age + Span(milliseconds: milliseconds)
    return sample
  }
}

extension Array {
  /// Whether both have one storage, and so the same elements. False promises nothing.
  package func isIdentical(to other: [Element]) -> Bool {
    count == other.count
      && withUnsafeBufferPointer(\.baseAddress) == other.withUnsafeBufferPointer(\.baseAddress)
  }
}
