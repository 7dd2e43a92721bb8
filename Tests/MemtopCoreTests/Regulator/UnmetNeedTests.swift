import Testing

@testable import MemtopCore
@testable import TestSupport

@Suite("guests under pressure that cannot be given more", .timeLimit(.minutes(30)))
struct UnmetNeedTests {
  private static let empty = UnmetNeed.Why(kind: .hostEmpty, words: "the host is empty")

  private static func at(_ second: Int64) -> SteadyTime { SteadyTime(milliseconds: second * 1000) }

  /// What is said in each second in which something is.
  private static func told(
    _ seconds: Range<Int64>, pressure: (Int64) -> Pressure = { _ in .short },
    _ why: (Int64) -> UnmetNeed.Why?
  ) -> [Int64: String] {
    var need = UnmetNeed()
    return seconds.reduce(into: [:]) { lines, second in
      lines[second] = need.note(why(second), pressure(second), at: at(second))
    }
  }

  @Test("a line after ten seconds, and one when it has been over for half a minute")
  func lines() {
    let calm = Self.told(0..<100, pressure: { $0 < 50 ? .short : .ok }) {
      $0 < 50 ? Self.empty : nil
    }
    #expect(
      calm == [10: "short, and not raised: the host is empty", 79: "no longer under pressure"])
    #expect(Self.told(0..<100) { $0 < 50 ? Self.empty : nil }[79] == "can be raised again")
  }

  @Test("a moment is no news, and what comes and goes is said once")
  func flapping() {
    #expect(Self.told(0..<100) { $0 % 50 < 8 ? Self.empty : nil }.isEmpty)
    #expect(Self.told(0..<300) { $0 % 20 < 8 ? Self.empty : nil }.count == 1)
  }

  @Test("another reason is another line")
  func reasons() {
    let highest = UnmetNeed.Why(kind: .highest, words: "already at its highest")
    let lines = Self.told(0..<60) { $0 / 5 % 2 == 0 ? Self.empty : highest }
    #expect(lines.keys.sorted() == [10, 15])
  }

  /// What a regulator says of a guest of 2 GiB that is short, in half a minute.
  private static func said(
    policy: PolicySet.Change..., free: Bytes = .gib(20), others: [DomainSample] = [],
    _ change: (inout DomainSample) -> Void = { _ in }
  ) -> [String] {
    let rule = PolicySet.Rule(pattern: DomainPattern("*"), changes: [.regulated(true)] + policy)
    var regulator = Regulator(policies: PolicySet(rules: [rule]))
    var lines: [String] = []
    for second in Int64(100)..<130 {
      let guest = TestHost.guest(5, busy: .mib(1900)) {
        ($0.pressure, $0.regulation) = (.short, RegulatedHost.regulated(by: "x", at: .gib(2)))
        change(&$0)
      }
      let snapshot = TestHost.snapshot([guest] + others, free: free, second: second) {
        $0.promised = .zero
      }
      _ = regulator.see(snapshot)
      let decision = regulator.decide(snapshot)
      for case .tell("g5", let line) in regulator.tell(decision, snapshot) { lines.append(line) }
    }
    return lines
  }

  @Test("the policy's ceiling, an empty host and the guard are each named")
  func named() {
    #expect(
      Self.said(policy: .ceiling(.gib(2)))
        == ["short, and not raised: already at its highest (the policy's ceiling)"])
    let empty = Self.said(free: .mib(100))
    #expect(empty.count == 1)
    #expect(empty[0].hasSuffix("but the host has nothing free beyond its reserve"), "\(empty)")
    // What the host has promised to another is known to the guard alone.
    let growing = TestHost.guest(6) { ($0.allocation, $0.target) = (.mib(64), .gib(30)) }
    let guarded = Self.said(others: [growing])
    #expect(guarded.count == 1, "\(guarded)")
    #expect(guarded.first?.hasPrefix("short, and not raised: the guard: g5 needs ") == true)
    #expect(Self.said().isEmpty)
    #expect(Self.said(policy: .ceiling(.gib(2))) { $0.pressure = .ok }.isEmpty)
  }
}
