import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

/// A page's rows, and the title above it, say the same.
@Suite(.timeLimit(.minutes(30))) struct PageWordsTests {
  private static func page(_ sample: DomainSample) -> Dashboard {
    var board = Dashboard(columns: 120, rows: 40, snapshot: Samples.host([sample]))
    board.press("Enter")
    return board
  }

  private static func domain(
    _ state: DomainState = .running, target: Bytes = .gib(3), phase: BalloonState.Phase = .settled,
    startedFrom: Bytes = .gib(2)
  ) -> DomainSample {
    var sample = Samples.domain(
      8, "mail", alloc: .gib(2), target: target, busy: .mib(600), state: state, phase: phase)
    sample.balloon.startedFrom = startedFrom
    return sample
  }

  @Test("what is warned of at every size is not called safe in the next row")
  func warned() {
    let stuck = Self.page(
      Self.domain(.stuck, phase: .stuck(since: SteadyTime(milliseconds: 4_700_000))))
    #expect(stuck.frame().contains("mail is stuck at"), "\(stuck.frame())")
    #expect(stuck.frame().contains("with the warning above;"), "\(stuck.frame())")
    #expect(!stuck.frame().contains("safe;"), "\(stuck.frame())")
    let calm = Self.page(Self.domain(target: .gib(2)))
    #expect(calm.frame().contains("safe;"), "\(calm.frame())")
  }

  @Test("a balloon that has only got another target is not said to have moved")
  func moved() {
    let since = Samples.steady - .seconds(5)
    let still = Self.page(Self.domain(phase: .growing(since: since)))
    #expect(still.frame().contains("not moved yet (5s)"), "\(still.frame())")
    let moving = Self.page(Self.domain(phase: .growing(since: since), startedFrom: .gib(1)))
    #expect(moving.frame().contains("moved 5s ago"), "\(moving.frame())")
  }

  @Test("a sign of a sum is a loss as a number is; a bar's cells are none")
  func losses() {
    #expect(StyledLine("nothing left) =").losesWords(beyond: 14))
    #expect(!StyledLine("busy [##== ]").losesWords(beyond: 10))
  }

  @Test("while a review is open, the title counts what the review refuses")
  func title() {
    var board = Dashboard(columns: 120, rows: 40)
    board.press("/")
    board.type("web1")
    board.press("Enter", "e")
    board.type("512M")
    board.press("Enter", "Enter")
    board.send(DecidingTests.fresh())
    #expect(board.frame().contains("1 staged, refused"), "\(board.frame())")
    let calm = Samples.twelve.map { sample in
      var sample = sample
      if sample.name == "web1" { sample.busy = .mib(64) }
      return sample
    }
    board.send(.snapshot(Samples.host(calm, after: .seconds(3))))
    #expect(board.state.mode == .review)
    #expect(board.frame().contains("1 staged, refused"), "\(board.frame())")
    board.press("Esc")
    #expect(!board.frame().contains("1 staged, refused"), "\(board.frame())")
  }
}
