import Testing

@testable import MemtopCore

@Suite(.timeLimit(.minutes(30))) struct RegulatorCoreTests {
  private static func at(_ second: Int64) -> SteadyTime { SteadyTime(milliseconds: second * 1000) }

  /// 2 GiB, of which 1 is busy; it may have 8.
  private static let figures = AdvisedGuest(
    size: .gib(2), busy: .gib(1), swapUsed: .mib(100), swapInRate: .zero, pressure: .ok,
    staticMax: .gib(8))

  /// Each figure that advice hangs on, changed so that other advice comes of it.
  private static let changes: [@Sendable (inout AdvisedGuest) -> Void] = [
    { $0.size = .gib(3) }, { $0.overhead = .mib(64) }, { $0.busy = .mib(1200) },
    { ($0.swapInRate, $0.pressure) = (.mib(1), .short) },
    { $0.staticMax = .gib(1) }, { $0.guaranteed = .gib(4) },
    { ($0.guaranteed, $0.mayCountCache) = (.gib(4), true) }, { $0.objection = .underWay },
    { $0.policy.reserve = .size(.gib(2)) },
  ]

  @Test("a figure that changes is advised on anew", arguments: changes.indices)
  func anew(change: Int) {
    var guest = RegulatorCore.Guest()
    guest.look(Self.figures, reported: Self.at(0), now: Self.at(0))
    let before = guest.own
    var figures = Self.figures
    Self.changes[change](&figures)
    guest.look(figures, reported: Self.at(0), now: Self.at(1))
    #expect(guest.own != before)
    figures.peak = guest.figures?.peak
    #expect(guest.own == (try? figures.advice().get()))
  }

  @Test("so is what only time changes: a peak fades with each report")
  func fading() throws {
    var guest = RegulatorCore.Guest()
    guest.look(Self.figures, reported: Self.at(0), now: Self.at(0))
    var calm = Self.figures
    calm.busy = .mib(100)
    guest.look(calm, reported: Self.at(60), now: Self.at(60))
    let first = try #require(guest.own?.target)
    guest.look(calm, reported: Self.at(360), now: Self.at(360))
    #expect(try #require(guest.own?.target) < first)
  }

  private static func targets(
    _ guest: RegulatorCore.Guest, _ second: Int64, free: Bytes = .gib(20)
  ) -> [Bytes] {
    RegulatorCore.moves([guest], free: free, now: at(second)).map(\.target)
  }

  /// It may be lowered.
  private static var takenLongAgo: RegulatorCore.Guest {
    var guest = RegulatorCore.Guest()
    guest.look(figures, reported: at(-120), now: at(-120))
    return guest
  }

  @Test("one that was just taken up is not lowered for two minutes, and is raised at once")
  func taken() {
    var guest = Self.takenLongAgo
    guest.takeUp()
    guest.look(Self.figures, reported: Self.at(0), now: Self.at(1))
    guest.look(Self.figures, reported: Self.at(110), now: Self.at(110))
    #expect(Self.targets(guest, 120).isEmpty)
    #expect(Self.targets(guest, 121).count == 1)
    guest.takeUp()
    var small = Self.figures
    small.size = .gib(1)
    guest.look(small, reported: Self.at(122), now: Self.at(122))
    #expect(Self.targets(guest, 122).count == 1)
  }

  @Test("nobody is moved on a report that is not fresh, or by one from before the last move")
  func report() {
    var guest = Self.takenLongAgo
    guest.look(Self.figures, reported: nil, now: Self.at(0))
    #expect(Self.targets(guest, 0).isEmpty)
    guest.look(Self.figures, reported: Self.at(1), now: Self.at(1))
    #expect(Self.targets(guest, 1).count == 1)
    guest.moved(isRaise: false, at: Self.at(1))
    #expect(Self.targets(guest, 40).isEmpty)
    guest.look(Self.figures, reported: Self.at(2), now: Self.at(40))
    #expect(Self.targets(guest, 40).count == 1)
  }

  @Test("a report that was seen after a move may be from before it")
  func mayBeOlder() {
    var guest = Self.takenLongAgo
    guest.look(Self.figures, reported: Self.at(1), now: Self.at(1))
    guest.look(Self.figures, reported: Self.at(1), now: Self.at(2))
    guest.moved(isRaise: false, at: SteadyTime(milliseconds: 2300))
    guest.look(Self.figures, reported: Self.at(3), now: Self.at(3))
    #expect(Self.targets(guest, 40).isEmpty)
    guest.look(Self.figures, reported: Self.at(40), now: Self.at(40))
    #expect(Self.targets(guest, 40).count == 1)
  }

  @Test("pressure counts for as long as it lasts, not only when it is reported")
  func pressed() {
    var guest = RegulatorCore.Guest()
    var pressed = Self.figures
    // It has enough, and swaps in: not to be lowered, not to be raised.
    (pressed.size, pressed.pressure, pressed.swapInRate) = (.gib(4), .tight, .mib(1))
    for second in Int64(0)...60 { guest.look(pressed, reported: Self.at(0), now: Self.at(second)) }
    var calm = pressed
    (calm.pressure, calm.swapInRate) = (.ok, .zero)
    guest.look(calm, reported: Self.at(61), now: Self.at(61))
    #expect(Self.targets(guest, 179).isEmpty)
    #expect(Self.targets(guest, 180).count == 1)
  }

  @Test("a raise is at most to twice its size, in whole MiB")
  func doubled() {
    var guest = RegulatorCore.Guest()
    var figures = Self.figures
    // 500.25 MiB, and it needs 1,250.
    (figures.size, figures.busy) = (.kib(512_256), .mib(1000))
    guest.look(figures, reported: Self.at(0), now: Self.at(0))
    #expect(Self.targets(guest, 0) == [.mib(1000)])
  }

  @Test("on a short host raises are shares, in whole MiB")
  func short() {
    let guests = [0, 1].map { _ in
      var guest = RegulatorCore.Guest()
      var figures = Self.figures
      figures.busy = .mib(1900)
      guest.look(figures, reported: Self.at(0), now: Self.at(0))
      return guest
    }
    let moves = RegulatorCore.moves(guests, free: .mib(301), now: Self.at(0))
    #expect(moves.map(\.target) == [.mib(2198), .mib(2198)])
    #expect(RegulatorCore.moves(guests, free: .gib(9), now: Self.at(0)).map(\.index) == [0, 1])
  }
}
