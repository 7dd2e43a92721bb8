import MemtopCore

/// A part of a recording: some of its samples, of them some of the domains, redacted or not.
///
/// Reads forwards and keeps one stretch of samples at a time, however long the recording is.
public struct Extract {
  public let file: RecordingFile
  /// From which instant to which, by the wall clock; nil is where the recording begins and ends.
  public var begin: WallTime?
  public var end: WallTime?
  /// Of each step of the wall clock that long the newest sample; nil is every sample.
  public var step: Span?
  public var domain: DomainChoice?
  public var redactor: Redactor?

  public init(
    _ file: RecordingFile, begin: WallTime? = nil, end: WallTime? = nil, step: Span? = nil,
    domain: DomainChoice? = nil, redactor: Redactor? = nil
  ) {
    self.file = file
    self.begin = begin
    self.end = end
    self.step = step
    self.domain = domain
    self.redactor = redactor
  }

  /// The samples in question; nil where there are none.
  var ids: ClosedRange<Int64>? { file.samples.ids(from: begin, to: end) }

  /// As `domain`, by the names that it has when redacted.
  var shownDomain: DomainChoice? {
    guard let domain, let redactor else { return domain }
    return redactor.choice(domain)
  }

  /// Hands the samples to `body`, oldest first, until it has had enough.
  public func forEach(_ parts: SnapshotParts, _ body: (Snapshot) -> Bool) throws(RecordingError) {
    try visit(parts) { body($1) }
  }

  /// - Parameter body: is told the sample's number, too.
  func visit(_ parts: SnapshotParts, _ body: (Int64, Snapshot) -> Bool) throws(RecordingError) {
    guard let ids else { return }
    let choice = shownDomain
    do throws(DatabaseError) {
      let stream = try SampleStream(file, redactor: redactor)
      var chosen = ChosenSamples(file.samples, ids, step: step)
      var before = ids.lowerBound - 1
      while let time = try chosen.next() {
        guard try stream.reach(time.id) else { continue }
        var snapshot = try stream.snapshot(time, after: before, parts)
        if let choice {
          snapshot.domains.removeAll { !choice.holds($0.id, name: $0.name) }
          snapshot.events.removeAll { !choice.holds($0.domain, name: $0.name) }
        }
        before = time.id
        if !body(time.id, snapshot) { return }
      }
    } catch {
      throw RecordingError(error, file.path)
    }
  }
}

/// What a snapshot is wanted for; making it without the rest takes a fraction of the time.
public struct SnapshotParts: OptionSet, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public static let host = SnapshotParts(rawValue: 1)
  /// With those of the samples before it that were not chosen.
  public static let events = SnapshotParts(rawValue: 2)
}
