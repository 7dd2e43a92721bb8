import MemtopSimulation
import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport

/// What is on the screen and unchanged is neither worked out nor drawn again. Whatever happens, frames are as
/// if all were.
@Suite("rows that are kept", .timeLimit(.minutes(30))) struct KeptRowsTests {
  private static let keys = [
    "Down", "Down", "Up", "PgDn", "PgUp", "End", "Home", "Space", "s", "S", "I", "g", "Enter",
    "Esc",
    "Esc", "E", "]", "[", "x", "?", "a",
  ]

  @Test("a frame is as if it were drawn anew", arguments: [(120, 40), (200, 50), (80, 24)])
  func equal(columns: Int, rows: Int) throws {
    var random = SeededRandom(seed: UInt64(columns))
    func roll(_ sides: Int) -> Int { Int.random(in: 0..<sides, using: &random) }
    var host = ObservedHost((1...50).map { ObservedHost.guest($0) })
    let history = History()
    var kept = Self.state(columns, rows)
    var anew = kept
    var painter = ScreenPainter()
    func tell(_ event: AppEvent, _ other: AppEvent) {
      _ = reduce(&kept, event, history: history)
      _ = reduce(&anew, other, history: history)
    }
    for second in 1...150 {
      host.live(1) { host in if roll(3) == 0 { Self.change(&host, roll) } }
      history.append(host.snapshot)
      tell(.snapshot(host.snapshot), .snapshot(Self.copy(host.snapshot)))
      if roll(4) == 0 {
        let key = try #require(Key(named: Self.keys[roll(Self.keys.count)]))
        tell(.key(key), .key(key))
      }
      if roll(20) == 0 {
        let size = ScreenSize(columns: columns + roll(9), rows: rows - roll(5))
        tell(.resized(size), .resized(size))
      }
      let frame = painter.draw(kept, history: history, glyphs: .unicode)
      let whole = Screen.draw(anew, history: history)
      guard frame == whole else {
        for row in 0..<whole.height where !frame.rowsEqual(row, to: whole) {
          Issue.record("second \(second), row \(row): \(frame.text(row)) | \(whole.text(row))")
        }
        return
      }
    }
  }

  @Test("memory that moves between NUMA nodes is drawn")
  func nodes() {
    var state = Self.state(120, 40)
    var painter = ScreenPainter()
    for free in [Bytes.gib(2), .gib(1)] {
      var snapshot = Samples.host()
      snapshot.host.nodes = [
        HostNode(number: 0, size: .gib(32), free: free),
        HostNode(number: 1, size: .gib(32), free: .gib(9) - free),
      ]
      _ = reduce(&state, .snapshot(snapshot))
      let frame = painter.draw(state, history: EmptyHistory(), glyphs: .unicode)
      #expect(frame == Screen.draw(state))
    }
  }

  private static func state(_ columns: Int, _ rows: Int) -> AppState {
    AppState(
      settings: ScreenSettings(), size: ScreenSize(columns: columns, rows: rows),
      now: SteadyTime(milliseconds: 0))
  }

  /// With samples that are never the very same.
  private static func copy(_ snapshot: Snapshot) -> Snapshot {
    var snapshot = snapshot
    snapshot.domains = DomainSamples(Array(snapshot.domains))
    return snapshot
  }

  private static func change(_ host: inout ObservedHost, _ roll: (Int) -> Int) {
    let place = roll(host.domains.count)
    switch roll(8) {
    case 0: host.domains[place].allocation += .mib(Int64(roll(900)) - 300)
    case 1: host.domains[place].write(.target, "\(1_000_000 + roll(1_000_000))")
    case 2, 3, 4:
      let (free, interval) = (roll(1_500_000), 1 + roll(20))
      host.domains[place].write(.memtopReport, "v1 available=\(free) interval=\(interval)")
    case 5: host.domains[place].write(.name, String(repeating: "n", count: 1 + roll(30)))
    case 6 where host.domains.count > 40: host.domains.remove(at: place)
    default: host.domains.append(ObservedHost.guest(host.domains.last!.id.domid + 1))
    }
  }
}
