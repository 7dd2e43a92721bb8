import Testing

@testable import MemtopCore
@testable import MemtopSimulation

/// The sentences of advice add up to what is advised.
@Suite(.timeLimit(.minutes(30))) struct AdviceSentenceTests {
  /// An amount as it is written, and how far it may be from what was rounded.
  private struct Amount {
    var value: Double
    var slack: Double
  }

  /// "8.00G" → 8 GiB, to 0.005 GiB.
  private static func amount(_ text: Substring) -> Amount? {
    let number = text.prefix { $0.isNumber || $0 == "." }
    let unit: [Character: Double] = [
      "B": 1, "K": 1024, "M": 1_048_576, "G": 1_073_741_824, "T": 1_099_511_627_776,
    ]
    guard let value = Double(number) else { return nil }
    let scale = text.dropFirst(number.count).first.flatMap { unit[$0] } ?? 1
    let places = number.split(separator: ".").count == 2 ? number.split(separator: ".")[1].count : 0
    let step = (0..<places).reduce(1.0) { step, _ in step / 10 }
    return Amount(value: value * scale, slack: step * scale / 2)
  }

  /// The amounts of a text, in order.
  private static func amounts(_ text: some StringProtocol) -> [Amount] {
    text.split(whereSeparator: { " ,;:".contains($0) }).compactMap {
      $0.first?.isNumber == true ? amount(Substring($0)) : nil
    }
  }

  private static func sum(_ amounts: [Amount]) -> Amount {
    amounts.reduce(Amount(value: 0, slack: 0)) {
      Amount(value: $0.value + $1.value, slack: $0.slack + $1.slack)
    }
  }

  /// SIZE is in whole MiB, rounded up.
  private static func agree(_ a: Amount, _ b: Amount) -> Bool {
    abs(a.value - b.value) <= a.slack + b.slack + Double(1 << 20)
  }

  private static func exact(_ bytes: Bytes) -> Amount {
    Amount(value: Double(bytes.count), slack: 0)
  }

  /// Whether what a sentence reckons is what is advised; which numbers of it were found wrong.
  private static func errors(_ advice: Advice, size: Bytes) -> [String] {
    let reason = advice.reason
    if reason.hasPrefix("gives ") {
      let gift = amounts(reason)
      return gift.count == 1 && agree(exact(size - advice.target), gift[0]) ? [] : ["gift"]
    }
    var errors: [String] = []
    var end = exact(advice.target)
    if let steps = reason.range("coming down to ", " step by step") {
      let goal = amounts(steps)
      if goal.isEmpty || goal[0].value > end.value + goal[0].slack { errors.append("goal") }
      end = goal.first ?? end
    }
    guard let busy = reason.firstIndex(of: "b", ofWord: "busy") else { return ["no sum"] }
    let clauses = reason[busy...].split(separator: ";")
    let sides = clauses[0].split(separator: "=")
    var reached = sum(amounts(sides[0]))
    if sides.count == 2 {
      let stated = amounts(sides[1])
      if !agree(reached, stated[0]) { errors.append("sum") }
      reached = stated.last!
    }
    if clauses.count == 2 {
      let gift = amounts(clauses[1])
      reached.value += gift[0].value - gift[1].value
      reached.slack += gift[0].slack + gift[1].slack
    }
    return agree(reached, end) ? errors : errors + ["target"]
  }

  private static func guest(_ random: inout SeededRandom) -> AdvisedGuest {
    func pick(_ most: Int64) -> Int64 { Int64(random.next() % UInt64(most)) }
    let size = Bytes.mib(64 + pick(16_000))
    let overhead = [Bytes.zero, .mib(1), .mib(16), .kib(1300)][Int(pick(4))]
    let busy = Bytes.kib(pick(max(1, (size - overhead).kib)))
    var guest = AdvisedGuest(
      size: size, overhead: overhead,
      busy: pick(3) == 0 ? size - overhead - .kib(pick(9000)) : busy,
      pressure: Pressure(rawValue: UInt8(pick(4))))
    if pick(3) == 0 { guest.peak = busy + .mib(pick(2000)) }
    if pick(2) == 0 { (guest.swapUsed, guest.swapInRate) = (.kib(pick(4 << 20)), .kib(pick(5000))) }
    if pick(4) > 0 { guest.staticMax = size + .mib(pick(8000)) }
    if pick(4) == 0 { guest.policy.floor = .mib(pick(20_000)) }
    if pick(4) == 0 { guest.policy.ceiling = .mib(64 + pick(20_000)) }
    if pick(3) == 0 { guest.policy.reserve = .size(.mib(pick(4000))) }
    if pick(6) == 0 { guest.guaranteed = .mib(pick(4000)) }
    return guest
  }

  @Test("every sum in a reason comes to the advised size, on many random hosts", arguments: 1...40)
  func sums(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    var kinds: Set<String> = []
    for _ in 0..<40 {
      let guests = (0..<8).map { _ in Self.guest(&random) }
      let free = Bytes.mib(Int64(random.next() % 3 * (random.next() % 20_000)))
      for (guest, advice) in zip(guests, Advisor.advise(guests, free: free)) {
        guard case .success(let advice) = advice else { continue }
        let errors = Self.errors(advice, size: guest.size)
        #expect(errors.isEmpty, "\(errors): \(advice.target.short) by \(advice.reason) of \(guest)")
        let isShared = advice.reason.contains(";")
        kinds.insert(advice.reason.split(separator: " ")[0] + (isShared ? ";" : ""))
      }
    }
    #expect(kinds.isSuperset(of: ["busy", "busy;", "coming"]), "\(kinds)")
  }

  @Test("a sentence that says another sum is found out")
  func wrong() {
    let goal = AdviceGoal(busy: .gib(8), beside: .reserve(.gib(2)), size: .gib(12))
    #expect(!Self.errors(Advice(target: .gib(12), cause: .lacks(goal)), size: .gib(8)).isEmpty)
    let right = AdviceGoal(
      busy: .gib(8), beside: .reserve(.gib(2)), more: .spent(.gib(2)), size: .gib(12))
    #expect(Self.errors(Advice(target: .gib(12), cause: .lacks(right)), size: .gib(8)).isEmpty)
    let shared = Advice.Cause.shared(right, given: .gib(1), missing: .gib(4))
    #expect(Self.errors(Advice(target: .gib(9), cause: shared), size: .gib(8)).isEmpty)
    #expect(!Self.errors(Advice(target: .gib(10), cause: shared), size: .gib(8)).isEmpty)
  }

  @Test("each part of a sum is said with its reason")
  func words() {
    var guest = AdvisedGuest(size: .gib(8), overhead: .mib(16), busy: .mib(8176))
    guest.staticMax = .gib(16)
    func reason(free: Bytes = .gib(64)) -> String? {
      try? Advisor.advise([guest], free: free)[0].get().reason
    }
    let terms = "busy 7.98G + reserve 2.00G + 2.00G (reserve doubled: nothing left) + overhead 16M"
    #expect(reason() == terms)
    let given = " = 12.0G; the host can give 1.00G of the missing 3.99G"
    #expect(reason(free: .gib(1)) == terms + given)
    guest.staticMax = .gib(10)
    #expect(reason() == terms + " = 12.0G, limited to 10.0G by its static-max")
    guest.policy.ceiling = .gib(9)
    #expect(reason() == terms + " = 12.0G, limited to 9.00G by the policy's ceiling")
    (guest.pressure, guest.swapUsed) = (.thrashing, .gib(3))
    #expect(
      reason() == "it is thrashing: busy 7.98G + reserve 2.00G + 3.00G in swap"
        + " + overhead 16M = 13.0G, limited to 9.00G by the policy's ceiling")
    guest = AdvisedGuest(size: .gib(4), busy: .gib(1), peak: .gib(2))
    #expect(
      reason() == "coming down to 2.25G step by step: busy (recent peak) 2.00G + reserve 256M")
  }
}

extension String {
  /// What stands between two texts; nil where they are not there.
  fileprivate func range(_ before: String, _ after: String) -> Substring? {
    guard hasPrefix(before) else { return nil }
    let rest = dropFirst(before.count)
    for index in rest.indices where rest[index...].hasPrefix(after) { return rest[..<index] }
    return nil
  }

  /// Where a word begins.
  fileprivate func firstIndex(of first: Character, ofWord word: String) -> Index? {
    indices.first { self[$0] == first && self[$0...].hasPrefix(word) }
  }
}
