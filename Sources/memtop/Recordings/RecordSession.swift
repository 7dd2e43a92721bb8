import Glibc
import MemtopCore
import MemtopSystem
import MemtopRecording
import MemtopXen

/// `memtop record`: a sample an interval, into a file, until a signal ends it.
struct RecordSession {
  let file: String
  let options: RecordingOptions
  let open: () throws(Failure) -> HostConnection

  func run() throws(Failure) {
    // Blocked before the first thread, so that only the loop sees them.
    let loop = PollLoop(signals: Signals())
    let host = try open()
    var options = options
    options.user = OperatorName.ofThisProcess
    let writer: RecordingWriter
    do throws(RecordingError) {
      writer = try RecordingWriter(file, options, now: loop.clock.wall())
    } catch {
      throw Failure(error)
    }
    var recording = RecordLoop(
      host: host, loop: loop, writer: writer, interval: options.interval,
      status: RecordStatus(file, clock: loop.clock))
    let ending = recording.run()
    do throws(RecordingError) {
      try writer.close()
    } catch  where ending == nil {
      throw Failure(error)
    } catch {}
    if let ending { throw ending }
  }
}

/// What comes of a host, into a recording, until a signal ends it.
struct RecordLoop {
  private let engine: HostEngine
  private let loop: any EventLoop
  private let writer: RecordingWriter
  private var problem = OnceLogger()
  private var skips = OnceLogger()
  private var status: RecordStatus
  private let complain: (String) -> Void

  /// - Parameter complain: puts a line where the operator finds it.
  init(
    host: HostConnection, loop: any EventLoop, writer: RecordingWriter, interval: Span,
    status: RecordStatus, complain: @escaping (String) -> Void = memtop.complain
  ) {
    self.status = status
    self.complain = complain
    self.writer = writer
    self.loop = loop
    engine = HostEngine(host, loop, interval: interval)
  }

  /// - Returns: why it failed; nil where a signal ended it.
  mutating func run() -> Failure? {
    defer { status.end() }
    while true {
      for event in engine.turn() {
        if let failure = take(event) { return failure }
      }
      loop.wait(until: engine.due)
      if loop.isToEnd(pause: engine.host.pause, resume: engine.host.resume) { return nil }
    }
  }

  private mutating func say(_ line: String?) {
    guard let line else { return }
    status.clear()
    complain(line)
  }

  private mutating func take(_ event: HostEngine.Event) -> Failure? {
    switch event {
    case .past, .sampleForChange, .written, .progress: break
    case .waiting(let waiting): say(problem.tell(waiting))
    case .unreadable(let error): say(problem.tell(error.description, of: .failure))
    case .sample(let snapshot):
      if problem.end() { say("recording resumed") }
      do throws(RecordingError) {
        switch try writer.append(snapshot) {
        case .written:
          if skips.end() { say("recording resumed") }
          status.count()
        case .skipped(let why): say(skips.tell("not recorded: \(why)", of: .skipping))
        }
      } catch  where error.cause == .interrupted {
        // By the signal that ends this, which is taken next.
      } catch {
        return Failure(error)
      }
    }
    return nil
  }
}

extension Failure {
  init(_ error: RecordingError) {
    let status: Status =
      switch error.cause {
      case .system, .full, .exists, .interrupted: .failed
      case .foreign, .damaged: .badData
      case .taken: .taken
      }
    self.init(line: error.description, status: status)
  }
}
