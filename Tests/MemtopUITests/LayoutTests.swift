import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

@Suite(.timeLimit(.minutes(30))) struct LayoutTests {
  @Test("every row of the screen holds one thing, at any height", arguments: 1...60, [false, true])
  func rows(rows: Int, isPast: Bool) {
    let plan = ScreenPlan(size: ScreenSize(columns: 80, rows: rows), hasTimeline: isPast)
    guard !plan.isTooSmall else { return }
    let list = Array(plan.firstRow..<(plan.firstRow + plan.listRows))
    let used =
      [plan.title, plan.headings, plan.hints] + list + Array(plan.events)
      + [plan.hostBar, plan.summary, plan.sentence, plan.timeline].compactMap { $0 }
    #expect(Set(used).count == used.count)
    #expect(used.allSatisfy { (0..<rows).contains($0) })
    #expect(plan.listRows >= 3)
    #expect((plan.timeline != nil) == (isPast && rows >= 10))
  }

  @Test("nothing is outside and nothing wraps, at any size", arguments: FrameTests.views)
  func sizes(view: FrameTests.View) {
    var board = FrameTests.board(view, (80, 24))
    let widths = (1...200).map { ScreenSize(columns: $0, rows: 8 + $0 % 33) }
    let heights = (1...60).map { ScreenSize(columns: 40 + $0 * 7 % 160, rows: $0) }
    for size in widths + heights {
      board.send(.resized(size))
      Self.check(board)
    }
  }

  private static func check(_ board: Dashboard) {
    let size = board.state.size
    let lines = board.frame().split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    #expect(lines.count == size.rows)
    for line in lines {
      #expect(TextWidth.columns(of: String(line)) <= size.columns, "\(size)")
    }
    guard size.columns >= 40, size.rows >= 8 else { return }
    #expect(lines.first!.hasPrefix("memtop"))
    #expect(!lines.last!.isEmpty, "\(size)")
  }

  @Test("the bars' parts are as wide as the bar", arguments: 0...130)
  func bars(width: Int) {
    let bar = HostBar(Samples.host().host, width: width)
    #expect(bar.segments.reduce(0) { $0 + $1.cells } == width)
    #expect(bar.segments.reduce(Bytes.zero) { $0 + $1.amount } == Samples.host().host.total)
  }

  @Test("before the first sample the screen says how far reading is, and then what is there")
  func firstReading() {
    var board = Dashboard(columns: 80, snapshot: nil)
    #expect(board.frame().contains("Waiting for the first sample..."))
    board.send(.sourceProblem("reading 1,004 domains, 40 %"))
    #expect(board.frame().contains("reading 1,004 domains, 40 %"))
    #expect(!board.frame().contains("Waiting"))
    board.send(.snapshot(Samples.host()))
    #expect(!board.frame().contains("reading"))
  }

  @Test("absurd figures draw a bar all the same")
  func absurd() {
    for amount in [Bytes(.max), Bytes(.min), Bytes(-1), .zero] {
      var sample = Samples.domain(1, "a", alloc: .gib(1), busy: .mib(500))
      sample.busy = amount
      sample.cache = amount.count < 0 ? amount : .zero
      #expect(MemoryBar(sample, target: .gib(1), width: 20).parts.count == 20)
      sample.staticMax = amount
      #expect(MemoryBar(sample, target: amount, width: 20).parts.count == 20)
    }
  }

  @Test(
    "a chart covers its range exactly, in no more cells than there are",
    arguments: ChartRange.allCases)
  func scales(range: ChartRange) {
    for width in 1...200 {
      let scale = ChartScale(range, width: width)
      #expect(scale.cells <= width)
      #expect(scale.cell * Int64(scale.cells) == range.span)
    }
  }
}
