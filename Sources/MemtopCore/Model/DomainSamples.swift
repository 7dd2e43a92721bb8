/// The domains of a snapshot, ascending by host and domid.
///
/// Snapshots of one observer share them, in chunks: a change copies one chunk, and whatever is worked out of
/// a chunk holds for as long as the next snapshot has the same one. What differs each second is only how old
/// reports are. So ages are kept as they were at one fixed time, and worked out where a sample is taken out.
public struct DomainSamples: RandomAccessCollection, MutableCollection, Sendable,
  ExpressibleByArrayLiteral
{
  /// Full but for the last, with ages as of `time` zero.
  package private(set) var chunks: [[DomainSample]]
  /// For which ages are asked; nil where they are not kept but those of the snapshot.
  private let time: SteadyTime?

  package static let chunkSize = 32

  /// Samples whose ages are those of their snapshot.
  public init(_ samples: [DomainSample]) {
    chunks = stride(from: 0, to: samples.count, by: Self.chunkSize).map {
      Array(samples[$0..<Swift.min($0 + Self.chunkSize, samples.count)])
    }
    time = nil
  }

  public init(arrayLiteral samples: DomainSample...) { self.init(samples) }

  /// Samples of an observer, in a snapshot taken at `time`.
  init(_ kept: KeptSamples, at time: SteadyTime) {
    chunks = kept.chunks
    self.time = time
  }

  public var startIndex: Int { 0 }
  public var endIndex: Int { chunks.sampleCount }

  /// The domain at this place, from 0 on, with the age of its report at the time of the snapshot.
  public subscript(index: Int) -> DomainSample {
    get { chunks.sample(at: index).aged(by: time?.milliseconds ?? 0) }
    set {
      chunks[index / Self.chunkSize][index % Self.chunkSize] =
        newValue.aged(by: -(time?.milliseconds ?? 0))
    }
  }

  /// Removes the domains for which `isUnwanted` is true; the others keep their order.
  ///
  /// - Throws: what `isUnwanted` throws. Then nothing is removed.
  public mutating func removeAll(where isUnwanted: (DomainSample) throws -> Bool) rethrows {
    self = DomainSamples(try filter { try !isUnwanted($0) })
  }

  /// Puts others in the place of a chunk: as many, with ages as those of this collection are kept.
  mutating func replaceChunk(_ place: Int, with samples: [DomainSample]) {
    precondition(samples.count == chunks[place].count)
    chunks[place] = samples
  }

  /// Those at some places.
  func part(_ places: Range<Int>) -> DomainSamples { DomainSamples(places.map { self[$0] }) }

  /// The samples without correct ages: cheaper where ages are not needed.
  package var ageless: AgelessSamples { AgelessSamples(chunks: chunks) }

  /// The place of the domain with this domid on a host.
  func index(domid: UInt16, host: HostNumber) -> Int? {
    let (samples, place) = (ageless, DomainID.place(host, domid))
    // No key path: outside of specialized code, it would cost more than the search.
    let index = samples.firstIndex(place: place) { $0.shared.findings.id.place }
    return index < samples.count && samples[index].id.place == place ? index : nil
  }

  /// Whether the other has the very samples of the chunk at `place`: at most ages differ. False promises
  /// nothing.
  package func sharesChunk(_ place: Int, with other: DomainSamples) -> Bool {
    time != nil && other.time != nil && place < other.chunks.count && place < chunks.count
      && chunks[place].isIdentical(to: other.chunks[place])
  }

  /// The places of those that are not the very same as in the other, ascending; nil where other domains stand
  /// there. One that is named may still be equal.
  package func changes(since other: DomainSamples) -> [Int]? {
    guard count == other.count else { return nil }
    var (changes, areSame): ([Int], Bool) = ([], true)
    for place in chunks.indices where !sharesChunk(place, with: other) {
      let start = place * Self.chunkSize
      chunks[place].withUnsafeBufferPointer { own in
        other.chunks[place].withUnsafeBufferPointer { others in
          for index in own.indices where !own[index].isSame(as: others[index]) {
            changes.append(start + index)
            areSame = areSame && own[index].id == others[index].id
          }
        }
      }
    }
    return areSame ? changes : nil
  }

  /// The same of all samples.
  package func areSame(as other: DomainSamples) -> Bool {
    chunks.count == other.chunks.count
      && chunks.indices.allSatisfy { sharesChunk($0, with: other) }
  }
}

/// Samples whose ages are not those of their snapshot.
package struct AgelessSamples: RandomAccessCollection {
  fileprivate let chunks: [[DomainSample]]
  package var startIndex: Int { 0 }
  package var endIndex: Int { chunks.sampleCount }
  package subscript(index: Int) -> DomainSample { chunks.sample(at: index) }
}

/// What an observer keeps from snapshot to snapshot: samples with ages as of steady time zero.
struct KeptSamples {
  fileprivate private(set) var chunks: [[DomainSample]] = []

  var count: Int { chunks.sampleCount }

  subscript(index: Int) -> DomainSample { chunks.sample(at: index) }

  /// Puts a sample in the place of the one there, or behind the last.
  mutating func put(_ sample: DomainSample, at index: Int) {
    let (chunk, place) = index.quotientAndRemainder(dividingBy: DomainSamples.chunkSize)
    if chunk == chunks.count { chunks.append([]) }
    if place < chunks[chunk].count {
      chunks[chunk][place] = sample
    } else {
      chunks[chunk].append(sample)
    }
  }
}

extension [[DomainSample]] {
  fileprivate var sampleCount: Int {
    isEmpty ? 0 : (count - 1) * DomainSamples.chunkSize + self[count - 1].count
  }

  fileprivate func sample(at index: Int) -> DomainSample {
    self[index / DomainSamples.chunkSize][index % DomainSamples.chunkSize]
  }
}

extension DomainSample {
  /// The same sample, so much later.
  func aged(by milliseconds: Int64) -> DomainSample {
    guard let age = reportAge else { return self }
    var sample = self
    sample.reportAge = age + Span(milliseconds: milliseconds)
    return sample
  }

  /// Its overall status; computed once, when its findings are made.
  package var word: Condition.Word { shared.word }
}

extension Array {
  /// Whether both have one storage, and so the same elements. False promises nothing.
  package func isIdentical(to other: [Element]) -> Bool {
    // No key path: generic code would create one at each call.
    withUnsafeBufferPointer { own in
      other.withUnsafeBufferPointer { $0.baseAddress == own.baseAddress && $0.count == own.count }
    }
  }
}
