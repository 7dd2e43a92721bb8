import MemtopCore

/// The list's default order: trouble first, then size; calm enough to be read.
///
/// A domain that gets worse moves up at once. It moves down only after it has been better for
/// `patience`, and for its size only when that has changed by more than 1/8. A stub domain has no place of
/// its own: its guest is as large as both, and as badly off as the worse of them.
package struct TroubleOrder: Sendable {
  package static let patience = Span.seconds(10)

  struct Rank: Sendable {
    var id: DomainID
    var word: Condition.Word
    var size: Bytes
    /// Since when it has been better than `word`.
    var betterSince: SteadyTime?

    init(_ sample: DomainSample) {
      (id, word, size) = (sample.id, sample.word, sample.allocation)
    }

    /// A stub domain's beside its guest's.
    mutating func add(_ stub: Rank) {
      word = max(word, stub.word)
      size += stub.size
    }
  }

  /// Ascending by host and domid, as the snapshot's domains are.
  private var ranks: [Rank] = []
  /// The indices of `ranks` in order.
  private var order: [Int] = []
  /// The domains of the last snapshot.
  private var domains: DomainSamples = []
  /// The indices of those that wait to move down.
  private var restless: Set<Int> = []
  /// There were stub domains among them.
  private var hadStubs = false

  package init() {}

  /// Nobody waits to move down.
  var isSettled: Bool { restless.isEmpty }

  /// Takes note of a snapshot and gives the indices of its domains in order.
  ///
  /// - Parameter stubs: the snapshot's `stubPlaces`.
  package mutating func update(
    _ snapshot: Snapshot, _ stubs: [(stub: Int, guest: Int)]
  ) -> [Int] {
    let stubs = Dictionary(grouping: stubs, by: \.guest).mapValues { $0.map(\.stub) }
    let isMoved =
      placesToRank(snapshot, stubs).map { renew($0, snapshot, stubs) } ?? rankAll(snapshot, stubs)
    (domains, hadStubs) = (snapshot.domains, !stubs.isEmpty)
    if isMoved { order = sorted() }
    return order
  }

  /// The indices of those that may have another rank; nil where the domains are not those of before.
  private func placesToRank(_ snapshot: Snapshot, _ stubs: [Int: [Int]]) -> [Int]? {
    guard let changes = snapshot.domains.changes(since: domains) else { return nil }
    // What a stub domain has changed counts for its guest, as long as it says whose it is.
    if !stubs.isEmpty || hadStubs { return Array(ranks.indices) }
    return restless.isEmpty ? changes : Array(restless.union(changes))
  }

  /// Ranks some of the domains, which are those of before.
  /// - Returns: whether the order may be another.
  private mutating func renew(
    _ places: [Int], _ snapshot: Snapshot, _ stubs: [Int: [Int]]
  ) -> Bool {
    var isMoved = false
    for index in places {
      let was = ranks[index]
      let rank = Self.rank(
        present(snapshot.domains.ageless[index], at: index, snapshot, stubs), was: was,
        now: snapshot.steady)
      ranks[index] = rank
      isMoved = isMoved || rank.word != was.word || rank.size != was.size
      switch (was.betterSince, rank.betterSince) {
      case (nil, .some): restless.insert(index)
      case (.some, nil): restless.remove(index)
      case (nil, nil), (.some, .some): break
      }
    }
    return isMoved
  }

  private mutating func rankAll(_ snapshot: Snapshot, _ stubs: [Int: [Int]]) -> Bool {
    var old = ranks[...]
    restless = []
    ranks = snapshot.domains.ageless.enumerated().map { index, sample in
      while let first = old.first, first.id.place < sample.id.place { old.removeFirst() }
      let rank = Self.rank(
        present(sample, at: index, snapshot, stubs),
        was: old.first?.id == sample.id ? old.first : nil,
        now: snapshot.steady)
      if rank.betterSince != nil { restless.insert(index) }
      return rank
    }
    return true
  }

  private func present(
    _ sample: DomainSample, at index: Int, _ snapshot: Snapshot, _ stubs: [Int: [Int]]
  ) -> Rank {
    var rank = Rank(sample)
    guard !stubs.isEmpty else { return rank }
    for stub in stubs[index] ?? [] { rank.add(Rank(snapshot.domains[stub])) }
    return rank
  }

  private static func rank(_ present: Rank, was: Rank?, now: SteadyTime) -> Rank {
    guard var rank = was else { return present }
    if (present.size - rank.size).magnitude * 8 > rank.size { rank.size = present.size }
    if present.word >= rank.word {
      rank.word = present.word
      rank.betterSince = nil
    } else if now - (rank.betterSince ?? now) >= patience {
      rank.word = present.word
      rank.betterSince = nil
    } else if rank.betterSince == nil {
      rank.betterSince = now
    }
    return rank
  }

  /// Worse before better, big before small, then by domid.
  private func sorted() -> [Int] {
    ranks.indices.sorted { a, b in
      if ranks[a].word != ranks[b].word { return ranks[a].word > ranks[b].word }
      if ranks[a].size != ranks[b].size { return ranks[a].size > ranks[b].size }
      return a < b
    }
  }
}
