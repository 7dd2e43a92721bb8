import MemtopCore
import MemtopSystem

/// `memtop regulate` from its start to its end.
struct RegulateSession {
  let policies: PolicySet
  let interval: Span
  let isDry: Bool
  let isDemo: Bool
  let open: () throws(Failure) -> HostConnection

  func run() throws(Failure) {
    // Blocked before the first thread, so that only the loop sees them.
    let loop = PollLoop(signals: Signals())
    let host = try open()
    // A run that changes nothing is in nobody's way.
    let lock = isDry || isDemo ? nil : try RegulatorLock()
    let file = lock == nil ? nil : CountsFile()
    let lines = ServiceLines()
    let regulating = RegulateLoop(
      host: host, policies: policies, interval: interval, isDry: isDry, loop: loop,
      publish: { file?.write($0) },
      write: { lines.write(Self.time(loop.clock.wall()) + $0) })
    let failure = regulating.run()
    withExtendedLifetime(lock) { file?.remove() }
    if let failure { throw failure }
  }

  /// The journal has a time for each line; a terminal has none.
  private static func time(_ time: WallTime) -> String {
    TerminalWidth.ofOutput.map { _ in "\(RecordingTimes.text(time).suffix(8)) " } ?? ""
  }
}
