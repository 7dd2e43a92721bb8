import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

/// Pressure on the timeline: by height and glyph, and no wall where one guest is always pressed.
@Suite(.timeLimit(.minutes(30))) struct TimelineMarkTests {
  private static func host(_ second: Int64, _ words: [UInt16: Pressure?]) -> Snapshot {
    let domains = domains.map { domain in
      var domain = domain
      domain.pressure = words[domain.id.domid] ?? nil
      return domain
    }
    return Samples.host(domains, after: .seconds(second), events: [])
  }

  private static let domains = (UInt16(0)...2).map { Samples.domain($0, "g\($0)", busy: .gib(1)) }

  private static func line(_ marks: [TimelineMark], _ glyphs: GlyphSet) -> String {
    String(String.UnicodeScalarView(marks.map { TimelineView.shape($0, glyphs).0 }))
  }

  /// Guest 1 thrashes all the time; guest 2 is tight, short, thrashing, and well again.
  private static func history() -> History {
    let history = History()
    for second in Int64(0)..<100 {
      let word: Pressure? =
        switch second {
        case 20..<30: .tight
        case 30..<40: .short
        case 40..<50: .thrashing
        default: .ok
        }
      history.append(host(second, [0: .ok, 1: .thrashing, 2: word]))
    }
    return history
  }

  private static func marks(_ domid: UInt16?) -> [TimelineMark] {
    history().marks(
      of: domid.map(Samples.id), from: Samples.steady, to: Samples.steady + .seconds(99), cells: 20)
  }

  @Test("one domain's timeline shows when each word began, and how long it held")
  func ofOne() {
    #expect(Self.line(Self.marks(2), .unicode) == "····▂▁▅─█▔▔·········")
    #expect(Self.line(Self.marks(2), .ascii) == ",,,,._:-#^^,,,,,,,,,")
    #expect(Self.marks(1).allSatisfy { $0.worst == .thrashing && $0.entered == nil })
  }

  @Test("the host's shows who becomes pressed, also where somebody always is")
  func ofAll() {
    #expect(Self.line(Self.marks(nil), .unicode) == "▔▔▔▔▂▔▅▔█▔▔▔▔▔▔▔▔▔▔▔")
    #expect(Self.line(Self.marks(nil), .ascii) == "^^^^.^:^#^^^^^^^^^^^")
  }

  @Test("short and thrashing differ in their glyphs, bars and lines", arguments: [false, true])
  func glyphs(ascii: Bool) {
    let glyphs: GlyphSet = ascii ? .ascii : .unicode
    let signs = Pressure.allCases.flatMap { [glyphs.bar($0), glyphs.line($0)] }
    #expect(Set(signs).count == 7)
  }

  @Test("a grave event is shown before pressure, and pressure that is grave before others")
  func priority() {
    func shape(_ event: TimelineMark.Event, _ entered: Pressure?) -> Unicode.Scalar {
      let mark = TimelineMark(worst: .thrashing, entered: entered, event: event)
      return TimelineView.shape(mark, .ascii).0
    }
    #expect(shape(.crashed, .thrashing) == "x")
    #expect(shape(.started, .thrashing) == "#")
    #expect(shape(.started, .tight) == "+")
    #expect(shape(.hostShort, .short) == "H")
  }

  @Test("on a page the timeline is the domain's, on the list the host's")
  func onPages() {
    let history = Self.history()
    var board = Dashboard(snapshot: nil, history: history)
    board.send(.snapshot(Self.host(99, [0: .ok, 1: .thrashing, 2: .ok])))
    board.press("z")
    #expect(board.state.playback.strip?.domain == nil)
    board.press("Enter")
    #expect(board.state.playback.strip?.domain == HistoryKey(Samples.id(1)))
    #expect(board.state.playback.strip?.marks.allSatisfy { $0.entered == nil } == true)
    board.press("j")
    #expect(board.state.playback.strip?.domain == HistoryKey(board.state.selected!.id))
    board.press("Esc")
    #expect(board.state.playback.strip?.domain == nil)
  }
}
