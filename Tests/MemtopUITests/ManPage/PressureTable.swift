@testable import MemtopCore

/// At which figures each pressure status begins, found by asking the rule itself.
enum PressureTable {
  static var text: String {
    let words: [Pressure] = [.tight, .short, .thrashing]
    let rows = words.map { word in
      ".It \(word.word) Ta \(some(word)) Ta \(full(word)) Ta \(swapIn(word)) Ta \(free(word))"
    }
    let heading = ".It Sy status Ta Sy PSI some Ta Sy PSI full Ta Sy swap-in Ta Sy available"
    let columns = ".Bl -column \"thrashing\" \"PSI some\" \"PSI full\" \"512K/s\" \"available\""
    let least = [
      ".Pp", "A guest with less than \(leastLeft) available is at least tight,",
      "whatever PSI says, because its next request for memory may not fit.",
    ]
    return ([columns, heading] + rows + [".El"] + least).map { $0 + "\n" }.joined()
  }

  /// "max(16 MiB, 1/32 of its allocation)", found by asking the rule.
  private static var leastLeft: String {
    func left(_ allocation: Bytes) -> Bytes {
      let most = Int(allocation.kib)
      let more = least(most, .tight) {
        .init(psiSome: 0, available: .kib(Int64(most - $0)), allocation: allocation)
      }
      return .kib(Int64(most - more!) + 1)
    }
    let share = Bytes.gib(64).count / left(.gib(64)).count
    return "max(\(left(.mib(100)).mib) MiB, 1/\(share) of its allocation)"
  }

  private static func some(_ word: Pressure) -> String {
    let share = least(10_000, word) { .init(psiSome: $0, psiFull: 0, allocation: .gib(1)) }
    return share.map(percent) ?? "\\-"
  }

  private static func full(_ word: Pressure) -> String {
    let share = least(10_000, word) { .init(psiSome: 0, psiFull: $0, allocation: .gib(1)) }
    return share.map(percent) ?? "\\-"
  }

  private static func swapIn(_ word: Pressure) -> String {
    let rate = least(1 << 20, word) {
      .init(swapInRate: .kib(Int64($0)), available: .gib(1), allocation: .gib(1))
    }
    return rate.map { Bytes.kib(Int64($0)).short + "/s" } ?? "\\-"
  }

  /// The other way round: the less is available, the worse.
  private static func free(_ word: Pressure) -> String {
    let least = least(1000, word) {
      .init(available: .mib(1000 - Int64($0)), allocation: .mib(1000))
    }
    return least.map { "under " + percent((1000 - $0 + 1) * 10) } ?? "\\-"
  }

  /// The smallest of 0...most at which the rule says `word` or worse, coming from ok.
  private static func least(
    _ most: Int, _ word: Pressure, _ figures: (Int) -> PressureRule.Figures
  ) -> Int? {
    func reaches(_ number: Int) -> Bool {
      PressureRule.word(figures(number), before: .ok).map { $0 >= word } ?? false
    }
    guard reaches(most) else { return nil }
    var (below, above) = (-1, most)
    while above - below > 1 {
      let middle = (below + above) / 2
      if reaches(middle) { above = middle } else { below = middle }
    }
    return above
  }

  private static func percent(_ hundredths: Int) -> String {
    let rest = hundredths % 100
    return "\(hundredths / 100)" + (rest == 0 ? "" : ".\(rest / 10)") + " %"
  }
}
