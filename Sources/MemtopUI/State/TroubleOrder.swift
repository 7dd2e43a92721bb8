import MemtopCore

/// The list's default order: trouble first, then size; calm enough to be read.
///
/// A domain that gets worse moves up at once. It moves down only after it has been better for
/// `patience`, and for its size only when that has changed by more than 1/8. A stub domain has no place of
/// its own: its guest is as large as both, and as badly off as the worse of them.
public struct TroubleOrder: Sendable {
  public static let patience = Span.seconds(10)

  struct Rank: Sendable {
    var id: DomainID
    var word: Condition.Word
    var size: Bytes
    /// Since when it has been better than `word`.
    var betterSince: SteadyTime?
  }

  /// Ascending by domid, as the snapshot's domains are.
  private var ranks: [Rank] = []

  public init() {}

  /// Takes note of a snapshot and gives the indices of its domains in order.
  public mutating func update(_ snapshot: Snapshot) -> [Int] {
    var next: [Rank] = []
    let stubs = Dictionary(grouping: snapshot.stubPlaces, by: \.guest)
    next.reserveCapacity(snapshot.domains.count)
    var old = ranks.startIndex
    for index in snapshot.domains.indices {
      let id = snapshot.domains[index].id
      while old < ranks.endIndex, ranks[old].id.domid < id.domid { old += 1 }
      let known = old < ranks.endIndex && ranks[old].id == id ? ranks[old] : nil
      var present = Rank(
        id: id, word: snapshot.word(at: index), size: snapshot.domains[index].allocation)
      for place in stubs[index] ?? [] {
        present.word = max(present.word, snapshot.word(at: place.stub))
        present.size += snapshot.domains[place.stub].allocation
      }
      next.append(Self.rank(present, was: known, now: snapshot.steady))
    }
    ranks = next
    return sorted()
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
