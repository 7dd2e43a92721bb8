import CLinux
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

  /// Longer than this without an answer is told on standard error, once.
  private static let patience = Span.seconds(5)

  func run() throws(Failure) {
    signal(SIGPIPE, SIG_IGN)
    let doorbell = eventfd(0, Int32(EFD_CLOEXEC))
    let sampler = Sampler(source: host.source) { eventfd_write(doorbell, 1) }
    var writer = BatchWriter(format: format, fields: fields, sort: sort)
    var taken = 0
    var due = HostClock.system.steady()
    while true {
      sampler.request()
      for sample in wait(for: sampler, doorbell) {
        switch sample {
        case .problem(let error): throw Failure(line: error.description, status: .failed)
        case .snapshot(let snapshot):
          guard writer.write(snapshot) else { return }
          taken += 1
          if taken == samples { return }
        }
      }
      due = max(due + interval, HostClock.system.steady())
      sleep(until: due)
    }
  }

  private func wait(for sampler: Sampler, _ doorbell: Int32) -> [Sampler.Sample] {
    var hasTold = false
    while true {
      let ready = sampler.take()
      if !ready.isEmpty { return ready }
      var descriptor = pollfd(fd: doorbell, events: Int16(POLLIN), revents: 0)
      let rang = poll(&descriptor, 1, Int32(Self.patience.milliseconds))
      if rang > 0 {
        var rings: eventfd_t = 0
        eventfd_read(doorbell, &rings)
      } else if rang == 0, !hasTold {
        hasTold = true
        complain(host.waitingFor() ?? "the host has not answered")
      }
    }
  }

  private func sleep(until due: SteadyTime) {
    let left = max(0, (due - HostClock.system.steady()).milliseconds)
    poll(nil, 0, Int32(clamping: left))
  }
}

/// Writes samples to standard output.
struct BatchWriter {
  let format: BatchFormat
  let fields: [Field]
  let sort: SortOrder?
  private var output: [UInt8] = []
  private var hasHeader = false

  init(format: BatchFormat, fields: [Field], sort: SortOrder?) {
    self.format = format
    self.fields = fields
    self.sort = sort
  }

  /// - Returns: false once the reader has closed the pipe.
  mutating func write(_ snapshot: Snapshot) -> Bool {
    output.removeAll(keepingCapacity: true)
    if !hasHeader { format.appendHeader(fields, to: &output) }
    hasHeader = true
    format.append(snapshot, fields, order: order(snapshot), to: &output)
    return StandardOutput.write(output)
  }

  private func order(_ snapshot: Snapshot) -> [Int] {
    guard let sort else { return Array(snapshot.domains.indices) }
    return sort.field.order(of: snapshot.domains, reversed: sort.isReversed)
  }
}
