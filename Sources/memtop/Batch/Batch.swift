import Glibc
import MemtopCore
import MemtopXen

/// `memtop -b`: a sample an interval, written and flushed at once.
struct Batch {
  let host: HostConnection
  let fields: [Field]
  let sort: SortOrder?
  let format: BatchFormat
  let interval: Span
  let samples: Int?
  let policies: PolicySet

  /// Longer than this without an answer is told on standard error, once; how far a long first reading
  /// is, each time.
  private static let patience = Span.seconds(5)

  func run() throws(Failure) {
    let bell = Doorbell()
    let sampler = Sampler(host) { bell.ring() }
    var writer = BatchWriter(
      format: format, fields: fields, sort: sort, terminal: TerminalWidth.ofOutput)
    var taken = 0
    var due = HostClock.system.steady()
    while true {
      sampler.request()
      var snapshot = try next(sampler, bell)
      if wantsAdvice { snapshot.advise(policies) }
      guard writer.write(snapshot) else { return }
      taken += 1
      if taken == samples { return }
      due = max(due + interval, HostClock.system.steady())
      rest(due - HostClock.system.steady())
    }
  }

  private var wantsAdvice: Bool {
    fields.contains { $0.id == .advice } || sort?.field.id == .advice
  }

  /// Waits for the sample that was asked for.
  private func next(_ sampler: Sampler, _ bell: Doorbell) throws(Failure) -> Snapshot {
    var hasTold = false
    while true {
      for sample in sampler.take() {
        switch sample {
        case .snapshot(let snapshot): return snapshot
        case .problem(let error): throw Failure(line: error.description, status: .failed)
        case .past, .forChange: break
        }
      }
      guard !bell.wait(atMost: Self.patience.milliseconds), !hasTold else { continue }
      let wait = host.waitingFor()
      hasTold = wait?.isGoingOn != true
      complain(wait?.description ?? "the host has not responded")
    }
  }
}
