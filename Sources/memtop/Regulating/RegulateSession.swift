import MemtopCore
import MemtopSystem
import MemtopXen

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
    let regulating = RegulateLoop(
      host: host, policies: policies, interval: interval, isDry: isDry, loop: loop,
      write: { Output.standard.write(line: $0) })
    let failure = regulating.run()
    withExtendedLifetime(lock) {}
    if let failure { throw failure }
  }
}
