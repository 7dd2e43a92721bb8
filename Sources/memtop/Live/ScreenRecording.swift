import MemtopCore
import MemtopSystem
import MemtopUI
import MemtopXen

/// What a screen records of its samples, and what it adds to them: notes, and failures of its own.
final class ScreenRecording {
  private let open: RecorderOpener
  /// What `--record` names; nil where each recording is a new file.
  private let file: String?
  /// It begins with the first sample.
  private var beginsAtOnce: Bool
  private var recorder: (any SnapshotRecorder)?
  private var since = SteadyTime(milliseconds: 0)
  /// What the operator was told of its trouble.
  private var trouble: String?
  /// Those that were ended, until they have closed their files.
  private var ending: [Ending] = []
  /// For the next sample.
  private var ownEvents: [HostEvent] = []
  /// Of samples without figures, for the next one that has some.
  private var unwritten: [HostEvent] = []
  private static let mostUnwritten = 2000
  private var last: (snapshot: Snapshot, interval: Span)?

  private struct Ending {
    let recorder: any SnapshotRecorder
    /// How long its disk is waited for.
    let until: SteadyTime
    /// What became of it is known to the operator.
    var isTold = false

    func isOver(at now: SteadyTime) -> Bool {
      recorder.hasEnded || recorder.failure != nil || now >= until
    }
  }

  /// - Parameter file: is recorded from the first sample on.
  init(_ open: @escaping RecorderOpener, file: String? = nil) {
    self.open = open
    self.file = file
    beginsAtOnce = file != nil
  }

  /// Adds what is to be added to a sample, and writes it where it is recorded.
  func kept(_ snapshot: Snapshot, _ state: AppState) -> Snapshot {
    var snapshot = snapshot
    snapshot.events += ownEvents
    ownEvents = []
    if let recorder { append(snapshot, to: recorder, state.settings.interval) }
    return snapshot
  }

  /// Where no host answers there is nothing to write: it would be recorded that there is no memory.
  private func append(_ snapshot: Snapshot, to recorder: any SnapshotRecorder, _ interval: Span) {
    guard snapshot.hasFigures else {
      unwritten = (unwritten + snapshot.events).suffix(Self.mostUnwritten)
      return
    }
    var told = snapshot
    told.events = unwritten + snapshot.events
    unwritten = []
    recorder.append(told.current, interval: interval)
    last = (snapshot, interval)
  }

  /// Begins with the sample on the screen where that was asked for, and tells what has become of it by
  /// itself; the screen goes on.
  func turn(_ state: AppState, _ loop: any EventLoop) -> [AppEvent] {
    var events: [AppEvent] = []
    if beginsAtOnce, let newest = state.live {
      beginsAtOnce = false
      events.append(toggle(newest, state, loop))
    }
    if let recorder, let why = recorder.failure {
      recorder.end()
      (self.recorder, last) = (nil, nil)
      ending.append(Ending(recorder: recorder, until: loop.now, isTold: true))
      events.append(.recording(.stopped(why: why)))
    } else if let recorder, recorder.trouble != trouble {
      trouble = recorder.trouble
      events.append(.recording(.on(file: recorder.file, since: since, trouble: trouble)))
    }
    return events + ended(at: loop.now)
  }

  private func ended(at now: SteadyTime) -> [AppEvent] {
    var events: [AppEvent] = []
    for index in ending.indices where !ending[index].isTold && ending[index].isOver(at: now) {
      ending[index].isTold = true
      let loss = ending[index].recorder.loss
      if recorder == nil, index == ending.indices.last {
        events.append(.recording(loss.map { .stopped(why: $0) } ?? .off))
      } else if let loss {
        // The title is another recording's by now.
        events.append(.remark("Not all was recorded: \(loss)"))
      }
    }
    ending.removeAll { $0.isTold && $0.recorder.hasEnded }
    return events
  }

  /// Begins to record with the sample on the screen, or ends it.
  func toggle(_ newest: Snapshot, _ state: AppState, _ loop: any EventLoop) -> AppEvent {
    if let recorder {
      end(recorder, until: loop.now + FileRecorder.patience)
      return .recording(.ending(file: recorder.file, since: since))
    }
    // A second descriptor of it would take SQLite's locks from the first when it is closed.
    if let file, ending.contains(where: { !$0.recorder.hasEnded }) {
      return .remark("\(file) is still being written")
    }
    do throws(Failure) {
      let recorder = try open(newest.current, loop.wake)
      (last, unwritten) = (nil, [])
      append(newest, to: recorder, state.settings.interval)
      self.recorder = recorder
      (since, trouble) = (loop.now, nil)
      return .recording(.on(file: recorder.file, since: since))
    } catch {
      return .recording(.stopped(why: error.line))
    }
  }

  /// - Parameter name: what the domain was called when the note was begun; it may have ended since.
  func note(
    _ text: String, _ domain: DomainID?, name: String?, _ state: AppState, _ clock: HostClock
  ) {
    guard let newest = state.live else { return }
    let subject = domain.flatMap { id in
      (newest.domain(id)?.name ?? name).map { (id: id, name: $0) }
    }
    add(
      HostEvent(
        time: clock.wall(), domain: subject?.id ?? HostEvent.host,
        name: subject?.name ?? newest.host.hostname,
        kind: .note(text, by: OperatorName.ofThisProcess)))
  }

  func add(_ event: HostEvent) { ownEvents.append(event) }

  /// Ends it. What was noted since the last sample comes with that sample once more.
  private func end(_ recorder: any SnapshotRecorder, until: SteadyTime) {
    if let last, !(unwritten + ownEvents).isEmpty {
      var snapshot = last.snapshot
      snapshot.time = snapshot.time + Span(milliseconds: 1)
      snapshot.steady = snapshot.steady + Span(milliseconds: 1)
      snapshot.events = unwritten + ownEvents
      (unwritten, ownEvents) = ([], [])
      recorder.append(snapshot.current, interval: last.interval)
    }
    recorder.end()
    (self.recorder, last) = (nil, nil)
    ending.append(Ending(recorder: recorder, until: until))
  }

  /// Ends it and sees it written, as far as the disk lets that be.
  ///
  /// - Returns: why not all of it is in the file.
  func finish(_ clock: HostClock) -> String? {
    if let recorder { end(recorder, until: clock.steady() + FileRecorder.patience) }
    var losses: [String] = []
    for one in ending where !one.isTold {
      one.recorder.waitForEnd(until: one.until)
      if let loss = one.recorder.loss { losses.append(loss) }
    }
    return losses.isEmpty ? nil : losses.joined(separator: "; ")
  }
}

/// Writes what the screen samples to a file; it is used from the dashboard's thread.
protocol SnapshotRecorder: AnyObject {
  /// The file's name, as the operator is told.
  var file: String { get }
  /// Why it has ended by itself, in one line; nil while it runs. Asked often.
  var failure: String? { get }
  /// Why the newest sample could not be written; nil where it could. Later ones are tried all the same.
  var trouble: String? { get }
  /// All that it took is written, and the file is closed.
  var hasEnded: Bool { get }
  /// Takes a snapshot to write, and returns at once: a disk that is slow must not hold up the screen.
  ///
  /// - Parameter interval: in which the next one is meant to come.
  func append(_ snapshot: Snapshot, interval: Span)
  /// Stops taking snapshots, and returns at once. `hasEnded` is true when all that it took is written.
  func end()
  /// Returns once it has ended or failed, or at this time.
  func waitForEnd(until: SteadyTime)
}

extension SnapshotRecorder {
  /// Why not all that it took is in the file, at its end; nil where it is.
  fileprivate var loss: String? {
    if let failure { return failure }
    return hasEnded
      ? trouble : "\(file): the disk does not respond; its newest samples may be missing"
  }
}

/// Opens a recording of the host that this snapshot is of; it is not appended yet. `wake` may be called from any thread when
/// `failure`, `trouble` or `hasEnded` has changed.
typealias RecorderOpener =
  @Sendable (
    _ newest: Snapshot, _ wake: @escaping @Sendable () -> Void
  ) throws(Failure) -> any SnapshotRecorder
