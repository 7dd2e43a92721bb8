import MemtopCore
import MemtopSystem

/// `memtop -b`: a sample an interval, written and flushed at once.
struct Batch {
  let host: HostConnection
  let fields: [Field]
  let sort: SortOrder?
  let format: BatchFormat
  let interval: Span
  let samples: Int?
  let policies: PolicySet
  let loop: any EventLoop

  func run() throws(Failure) {
    let engine = HostEngine(host, loop, interval: interval)
    var writer = BatchWriter(
      format: format, fields: fields, sort: sort, terminal: TerminalWidth.ofOutput)
    var taken = 0
    var waiting = OnceLogger()
    while true {
      for event in engine.turn() {
        switch event {
        case .sample(var snapshot):
          waiting.end()
          if wantsAdvice { snapshot.advise(policies) }
          guard writer.write(snapshot) else { return }
          taken += 1
          if taken == samples { return }
        case .unreadable(let error): throw Failure(line: error.description, status: .failed)
        case .waiting(let what): waiting.follow(what, at: loop.now).map(complain)
        case .past, .sampleForChange, .written, .progress: break
        }
      }
      loop.wait(until: engine.due)
    }
  }

  private var wantsAdvice: Bool {
    fields.contains { $0.id == .advice } || sort?.field.id == .advice
  }
}
