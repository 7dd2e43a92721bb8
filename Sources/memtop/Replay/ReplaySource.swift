import MemtopCore
import MemtopRecording
import MemtopSystem
import MemtopUI
import MemtopXen

/// A recording behind the screen; there is no host.
final class ReplaySource: DashboardSource {
  /// Where and how it is to be begun.
  struct Beginning {
    var time: TypedTime?
    var speed: PlaySpeed?
    var follows = false
  }

  private let past: any GrowingPast
  private let beginning: Beginning
  private let loop: any EventLoop
  private var nextLook = SteadyTime(milliseconds: 0)
  /// How often a recording that is followed is looked at for more.
  private static let pace = Span(milliseconds: 250)

  init(_ past: any GrowingPast, beginning: Beginning, loop: any EventLoop) {
    self.past = past
    self.loop = loop
    self.beginning = beginning
  }

  var history: any HistoryReader { past }
  /// Where nothing is followed, the dashboard's own ticks are enough.
  var due: SteadyTime { beginning.follows ? nextLook : SteadyTime(milliseconds: .max) }
  var isNewsNear: Bool { false }

  func begin(_ state: AppState) -> [AppEvent] {
    var events = [.tick(loop.now), opened]
    if let note = past.note { events.append(.remark(note)) }
    return events + problem(state)
  }

  func turn(_ state: AppState) -> [AppEvent] {
    guard beginning.follows, loop.now >= nextLook else { return [] }
    nextLook = loop.now + Self.pace
    guard past.refresh() else { return [] }
    return [state.shown == nil ? opened : .grew] + problem(state)
  }

  /// A recording that had no sample yet is opened by its first.
  private var opened: AppEvent { .opened(at: beginning.time, speed: beginning.speed) }

  private func problem(_ state: AppState) -> [AppEvent] {
    past.damage == state.problem ? [] : [.sourceProblem(past.damage)]
  }

  func perform(_ effect: Effect, _ state: AppState) -> [AppEvent] { [] }
  func pause() {}
  func resume() {}
  func end() {}
}

/// What opens recordings in this program.
enum Recordings {
  /// Opens a recording to be looked at.
  ///
  /// - Parameter follows: its first sample may be yet to come.
  static func open(_ file: String, follows: Bool) throws(Failure) -> any GrowingPast {
    do throws(RecordingError) {
      let recording = try RecordingFile(file)
      if !follows || recording.shortfall != nil { try recording.requireSamples() }
      return try RecordedPast(recording)
    } catch {
      throw Failure(error)
    }
  }
}
