import Glibc
import MemtopCore
import MemtopRecording
import MemtopSystem
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
    case .past, .preview, .sampleForChange, .publishing, .written, .progress: break
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

/// What `memtop record` has done so far, on one line of the terminal that is written over; where
/// standard error is not a terminal there is none.
struct RecordStatus {
  private let file: String
  private let clock: HostClock
  private let began: WallTime
  private var samples = 0
  private var isOnScreen = false
  private var due = SteadyTime(milliseconds: 0)
  private let isTerminal: Bool

  private static let pace = Span.seconds(1)

  init(_ file: String, clock: HostClock) {
    self.file = file
    self.clock = clock
    began = clock.wall()
    let terminal = getenv("TERM").map { String(cString: $0) } ?? "dumb"
    isTerminal = isatty(STDERR_FILENO) == 1 && terminal != "dumb"
  }

  /// A sample has been written.
  mutating func count() {
    samples += 1
    let now = clock.steady()
    guard isTerminal, now >= due, isInForeground else { return }
    due = now + Self.pace
    show("^C ends it; " + text)
  }

  /// Gives the line back, for a message.
  mutating func clear() {
    if isOnScreen { replaceErrorLine("") }
    isOnScreen = false
  }

  /// Leaves what it came to.
  mutating func end() {
    guard isTerminal, isInForeground, samples > 0 else { return clear() }
    show(text)
    writeError("\n")
    isOnScreen = false
  }

  private mutating func show(_ line: String) {
    let width = (TerminalWidth.of(STDERR_FILENO) ?? 80) - 1
    replaceErrorLine(TextWidth.cut(line, to: width, sign: "~"))
    isOnScreen = true
  }

  /// "recording since 14:02:11: 12 samples, 1.2M, into a.memtop"
  private var text: String {
    let name = SafeText.escaped(Array(file.utf8), limit: 200)
    let count = samples == 1 ? "1 sample" : "\(samples) samples"
    let time = RecordingTimes.text(began).suffix(8)
    return "recording since \(time): \(count), \(Self.size(of: file).short), into \(name)"
  }

  private static func size(of file: String) -> Bytes {
    ["", "-wal"].reduce(Bytes.zero) { sum, end in
      var status = stat()
      return stat(file + end, &status) == 0 ? sum + Bytes(Int64(status.st_size)) : sum
    }
  }

  /// A job in the background must not write over what the shell shows.
  private var isInForeground: Bool { tcgetpgrp(STDERR_FILENO) == getpgrp() }
}
