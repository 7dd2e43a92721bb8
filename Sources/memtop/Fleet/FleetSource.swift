import Glibc
import MemtopCore
import MemtopSystem
import MemtopUI
import MemtopXen

/// Several hosts behind the screen, each at the other end of a connection of its own.
final class FleetSource: DashboardSource {
  private let links: [HostLink]
  private let loop: any EventLoop
  private let transport: Transport
  private let recording: ScreenRecording
  private let live = History()
  private var nextFrame: SteadyTime
  /// What comes until then is taken then: dozens of hosts would otherwise cause as many turns.
  private var nextLook: SteadyTime
  private static let pace = Span(milliseconds: 100)
  private var change: FleetChange?

  init(
    _ hosts: [RemoteHost], transport: Transport, interval: Span, loop: any EventLoop,
    recording: ScreenRecording
  ) {
    self.loop = loop
    self.transport = transport
    self.recording = recording
    nextFrame = loop.now
    nextLook = loop.now
    links = hosts.map { HostLink($0, transport: transport, interval: interval, now: loop.now) }
  }

  var history: any HistoryReader { live }
  var isNewsNear: Bool { nextFrame - loop.now <= .seconds(1) }
  var due: SteadyTime {
    let due = links.reduce(min(nextFrame, change?.due ?? nextFrame)) { min($0, $1.due) }
    return loop.now < nextLook ? nextLook : due
  }
  var watched: [Watched] {
    loop.now < nextLook ? [] : descriptors.map { Watched($0, POLLIN) }
  }
  private var descriptors: [Int32] {
    links.flatMap(\.watched) + (change?.watched ?? [])
  }

  func begin(_ state: AppState) -> [AppEvent] { [.snapshot(snapshot())] }

  func turn(_ state: AppState) -> [AppEvent] {
    let (now, wall) = (loop.now, loop.clock.wall())
    guard now >= nextLook else { return [] }
    nextLook = now + Self.pace
    for link in links { link.ask(every: state.settings.interval, now) }
    for link in links where link.turn(now, wall) {
      // The first answer is shown at once.
      if state.live?.share(of: link.number)?.sampledAt == nil { nextFrame = now }
    }
    var events: [AppEvent] = []
    if let gone = change?.turn() { events.append(progress(gone)) }
    if now >= nextFrame {
      nextFrame = now + state.settings.interval
      events.append(.snapshot(kept(snapshot(), state)))
    }
    return events + recording.turn(state, loop)
  }

  func perform(_ effect: Effect, _ state: AppState) -> [AppEvent] {
    switch effect {
    case .setInterval: nextFrame = loop.now
    case .readForChange(let domains):
      // The guard of each host looks again, at what only that host knows.
      let facts = Dictionary(
        domains.map { ($0, GuardFacts()) }, uniquingKeysWith: { first, _ in first })
      return [.readForChange(kept(snapshot(), state), facts)]
    case .apply(let rows):
      let begun = FleetChange(
        rows, hosts: hosts, transport: transport, loop: loop,
        avoidsSharing: { [links] number in
          links.first { $0.number == number }?.isAlone ?? false
        })
      change = begun
      return [progress(begun.progress)]
    case .toggleRecording: return state.live.map { [recording.toggle($0, state, loop)] } ?? []
    case .note(let text, let domain, let name):
      recording.note(text, domain, name: name, state, loop.clock)
    case .regulate, .refused, .quit, .suspend, .redraw, .flushInput: break
    }
    return []
  }

  private var hosts: [HostNumber: RemoteHost] {
    Dictionary(links.map { ($0.number, $0.host) }, uniquingKeysWith: { first, _ in first })
  }

  private func snapshot() -> Snapshot {
    let (now, wall) = (loop.now, loop.clock.wall())
    return Snapshot(
      time: wall, steady: now, hosts: links.map { $0.share(now) },
      events: links.flatMap { $0.takeEvents(now, wall) }.sorted { $0.time < $1.time })
  }

  private func kept(_ snapshot: Snapshot, _ state: AppState) -> Snapshot {
    let snapshot = recording.kept(snapshot, state)
    live.append(snapshot.current, interval: state.settings.interval)
    return snapshot
  }

  private func progress(_ progress: ChangeProgress) -> AppEvent {
    if progress.isFinished { change = nil }
    return .changeProgress(progress)
  }

  func pause() { links.forEach { $0.pause() } }

  func resume() {
    links.forEach { $0.resume(loop.now) }
    nextFrame = loop.now
  }

  func end() {
    var tellAt = loop.now + .seconds(2)
    while let change, !change.progress.isFinished {
      if loop.now >= tellAt {
        complain("waiting until the change under way is finished; ^C ends without waiting")
        tellAt = SteadyTime(milliseconds: .max)
      }
      let watched = change.watched.map { Watched($0, POLLIN) }
      _ = loop.wait(until: min(change.due, loop.now + .seconds(1)), for: watched)
      // A second signal does not wait for what a host may do.
      if loop.nextEnding() != nil { break }
      _ = change.turn()
    }
    change?.account.forEach { complain($0) }
    links.forEach { $0.end() }
    if let why = recording.finish(loop.clock) { complain("not all was recorded: \(why)") }
  }
}
