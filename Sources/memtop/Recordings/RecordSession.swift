import Glibc
import MemtopCore
import MemtopRecording
import MemtopXen

/// `memtop record`: a sample an interval, into a file, until a signal ends it.
struct RecordSession {
  let file: String
  let options: RecordingOptions
  let open: () throws(Failure) -> HostConnection

  func run() throws(Failure) {
    // Blocked before the first thread, so that only the loop sees them.
    let signals = Signals()
    let host = try open()
    var options = options
    options.user = OperatorName.ofThisProcess
    let writer: RecordingWriter
    do throws(RecordingError) {
      writer = try RecordingWriter(file, options, now: HostClock.system.wall())
    } catch {
      throw Failure(error)
    }
    var loop = RecordLoop(
      host: host, signals: signals, writer: writer, interval: options.interval,
      status: RecordStatus(file))
    let ending = loop.run()
    do throws(RecordingError) {
      try writer.close()
    } catch  where ending == nil {
      throw Failure(error)
    } catch {}
    if let ending { throw ending }
  }
}

/// One poll over signals, samples and the time.
private struct RecordLoop {
  let host: HostConnection
  let signals: Signals
  let writer: RecordingWriter
  let interval: Span
  private let bell = Doorbell()
  private let sampler: Sampler
  private var due = HostClock.system.steady()
  private var problem = Told()
  private var skips = Told()
  private var status: RecordStatus

  /// Longer than this without an answer is told.
  private static let patience = Span.seconds(5)

  init(
    host: HostConnection, signals: Signals, writer: RecordingWriter, interval: Span,
    status: RecordStatus
  ) {
    self.status = status
    self.host = host
    self.signals = signals
    self.writer = writer
    self.interval = interval
    let bell = bell
    sampler = Sampler(host) { bell.ring() }
  }

  /// - Returns: why it failed; nil where a signal ended it.
  mutating func run() -> Failure? {
    defer { status.end() }
    while true {
      let now = HostClock.system.steady()
      if now >= due {
        sampler.request()
        due = max(due + interval, now)
      }
      var descriptors = [
        pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: bell.descriptor, events: Int16(POLLIN), revents: 0),
      ]
      _ = poll(&descriptors, 2, Int32(clamping: max(0, (due - now).milliseconds)))
      if signals.wantEnd(of: host) { return nil }
      if descriptors[1].revents != 0 { bell.silence() }
      let waited = sampler.waiting(at: HostClock.system.steady())
      if waited > Self.patience {
        let wait = host.waitingFor()
        let silence = "the host has not responded for \(waited.wholeSeconds) s"
        say(
          problem.tell(
            wait?.description ?? silence, of: wait?.isGoingOn == true ? .reading : .silence))
      }
      for sample in sampler.take() {
        if let failure = take(sample) { return failure }
      }
    }
  }

  private mutating func say(_ line: String?) {
    guard let line else { return }
    status.clear()
    complain(line)
  }

  private mutating func take(_ sample: Sampler.Sample) -> Failure? {
    switch sample {
    case .past, .forChange: break
    case .problem(let error): say(problem.tell(error.description, of: .failure))
    case .snapshot(let snapshot):
      say(problem.end())
      do throws(RecordingError) {
        switch try writer.append(snapshot) {
        case .written:
          say(skips.end())
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

/// Says once what keeps it from recording, and when that is over.
private struct Told {
  enum Trouble { case reading, silence, failure, skipping }
  private var trouble: Trouble?

  /// - Returns: the line, where it has not been said.
  mutating func tell(_ line: String, of trouble: Trouble) -> String? {
    defer { self.trouble = trouble }
    return self.trouble == trouble ? nil : line
  }

  mutating func end() -> String? {
    defer { trouble = nil }
    return trouble == nil || trouble == .reading ? nil : "recording resumed"
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
