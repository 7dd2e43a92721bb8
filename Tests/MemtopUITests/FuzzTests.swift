import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

/// Long runs of whatever may happen, in any order, repeatable by their seed.
@Suite(.timeLimit(.minutes(30))) struct FuzzTests {
  struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  private static let keys: [Key] =
    (0x20...0x7E).map { .character(Character(Unicode.Scalar($0))) }
    + [.up, .down, .left, .right, .pageUp, .pageDown, .home, .end, .insert, .delete, .tab]
    + [.enter, .escape, .backspace, .enter, .enter, .escape, .escape, .f(1), .f(7), .f(8)]
    + "DLUZ".map { .control($0) }

  private static func event(_ dice: inout Dice, second: Int64) -> AppEvent {
    switch Int.random(in: 0..<20, using: &dice) {
    case 0:
      return .resized(
        ScreenSize(
          columns: .random(in: 0...200, using: &dice), rows: .random(in: 0...60, using: &dice)))
    case 1, 2, 3: return .snapshot(snapshot(&dice, second))
    case 4: return .tick(Samples.steady + .seconds(second))
    case 5: return .sourceProblem(Bool.random(using: &dice) ? "no answer" : nil)
    case 6: return .readForChange(snapshot(&dice, second), Samples.facts)
    default: return .key(keys.randomElement(using: &dice)!)
    }
  }

  /// Beyond anything that a report may say: its numbers end at 4 PiB.
  private static func absurd(_ dice: inout Dice) -> Bytes {
    Bytes(.random(in: -(1 << 53)...(1 << 53), using: &dice))
  }

  private static func snapshot(_ dice: inout Dice, _ second: Int64) -> Snapshot {
    var domains = Samples.twelve.filter { _ in .random(in: 0..<10, using: &dice) > 0 }
    for index in domains.indices {
      switch Int.random(in: 0..<12, using: &dice) {
      case 0: domains[index].pressure = Pressure.allCases.randomElement(using: &dice)
      case 1: domains[index].state = DomainState.allCases.randomElement(using: &dice)!
      case 2: domains[index].busy = absurd(&dice)
      case 3: domains[index].swapUsed = absurd(&dice)
      case 4: domains[index].allocation = .mib(.random(in: 0...9000, using: &dice))
      case 5: domains[index].target = Bool.random(using: &dice) ? nil : .zero
      case 6: domains[index].staticMax = .zero
      default: break
      }
    }
    return Samples.host(domains, after: .seconds(second))
  }

  @Test(
    "whatever happens, nothing breaks and nothing is applied that was not agreed", arguments: 1...4)
  func anything(seed: UInt64) {
    var dice = Dice(state: seed)
    let past = Samples.past()
    var board = Dashboard(snapshot: nil, history: past)
    var wasAgreed = false
    for step in 0..<1500 {
      let event = Self.event(&dice, second: Int64(step) / 4)
      if case .key(.character("y")) = event, board.state.mode == .review { wasAgreed = true }
      if case .key(.enter) = event, board.state.mode == .prompt { wasAgreed = true }
      board.send(event)
      for effect in board.effects where Self.isChange(effect) { #expect(wasAgreed) }
      if board.state.mode == .list { wasAgreed = false }
      #expect(
        board.state.playback.timeline.isLive || board.effects.allSatisfy { !Self.isChange($0) })
      if step % 5 == 0 { _ = board.frame(ascii: step % 2 == 0) }
    }
  }

  @Test(
    "whatever is pressed, a recording leads to nothing that would change a host", arguments: 1...4)
  func replay(seed: UInt64) {
    var dice = Dice(state: seed)
    let past = RecordedHistory()
    var board = Dashboard.replay(past, follows: seed % 2 == 0)
    let harmless: Set<Effect> = [.quit, .suspend, .redraw, .flushInput]
    for step in 0..<1500 {
      switch Int.random(in: 0..<12, using: &dice) {
      case 0: board.wait(Span(milliseconds: .random(in: 0...9000, using: &dice)))
      case 1:
        past.coming = [Self.snapshot(&dice, Int64(step + 1))]
        if past.refresh() { board.send(.grew) }
      case 2:
        board.send(
          .resized(
            ScreenSize(
              columns: .random(in: 0...200, using: &dice),
              rows: .random(in: 0...60, using: &dice))))
      default: board.send(.key(Self.keys.randomElement(using: &dice)!))
      }
      #expect(board.effects.allSatisfy(harmless.contains))
      #expect(!board.state.playback.timeline.isLive && board.state.staging.isEmpty)
      if step % 5 == 0 { _ = board.frame(ascii: step % 2 == 0) }
    }
  }

  private static func isChange(_ effect: Effect) -> Bool {
    if case .apply = effect { true } else { false }
  }
}
