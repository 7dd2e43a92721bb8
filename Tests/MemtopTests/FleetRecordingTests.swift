import MemtopSystem
import Testing

@testable import MemtopCore
@testable import MemtopUI
@testable import TestSupport
@testable import memtop

@Suite("what a screen of several hosts records", .timeLimit(.minutes(30)))
struct FleetRecordingTests {
  private final class Recorder: SnapshotRecorder {
    var snapshots: [Snapshot] = []
    let file = "a.memtop"
    let failure: String? = nil
    let trouble: String? = nil
    let hasEnded = true
    func append(_ snapshot: Snapshot, interval: Span) { snapshots.append(snapshot) }
    func end() {}
    func waitForEnd(until: SteadyTime) {}
  }

  private static func snapshot(_ second: Int64, _ links: [HostShare.Link]) -> Snapshot {
    let hosts = links.enumerated().map { index, link in
      let number = HostNumber.named("xen\(index + 1)")
      let memory = link == .connecting ? nil : Samples.host().host
      return (
        HostShare(number: number, name: number.name!, memory: memory, link: link),
        [DomainSample]()
      )
    }
    let time = WallTime(milliseconds: second * 1000)
    return Snapshot(
      time: time, steady: SteadyTime(milliseconds: second * 1000), hosts: hosts,
      events: [
        HostEvent(
          time: time, domain: HostEvent.host, name: "xen1", kind: .hostLost("\(second)"))
      ])
  }

  private let loop = EmbeddedLoop()
  private let state = AppState(
    settings: ScreenSettings(), size: ScreenSize(columns: 80, rows: 24),
    now: SteadyTime(milliseconds: 0))

  @Test("is nothing while no host answers; what happened then comes with the next sample")
  func unanswered() {
    nonisolated(unsafe) let recorder = Recorder()
    let recording = ScreenRecording { _, _ in recorder }
    let lost = HostShare.Link.lost(why: "x")
    _ = recording.toggle(Self.snapshot(1, [.connecting, lost]), state, loop)
    _ = recording.kept(Self.snapshot(2, [.connecting, lost]), state)
    #expect(recorder.snapshots.isEmpty)
    let shown = recording.kept(Self.snapshot(3, [.current, lost]), state)
    #expect(shown.events.count == 1)
    #expect(recorder.snapshots.map(\.time.milliseconds) == [3000])
    #expect(recorder.snapshots[0].events.map(\.kind) == (1...3).map { .hostLost("\($0)") })
    #expect(recorder.snapshots[0].missing.map(\.name) == ["xen2"])
    #expect(recorder.snapshots.allSatisfy { $0.host.total > .zero })
    _ = recording.kept(Self.snapshot(4, [lost, lost]), state)
    #expect(recording.finish(loop.clock) == nil)
    #expect(recorder.snapshots.count == 2)
    #expect(recorder.snapshots[1].events.map(\.kind) == [.hostLost("4")])
  }
}
