import MemtopCore
import MemtopSystem
import MemtopXen
import Synchronization

/// Reads a host beside the loop's thread, because a call into Xen may block for ever.
///
/// The owner asks for samples and takes what is ready; it is never made to wait. While a call
/// blocks, `waiting` tells for how long.
final class Sampler: Sendable {
  /// What one request came to.
  enum Sample: Sendable {
    /// Of before this run.
    case past(Snapshot)
    /// What is known while the first sample takes long.
    case preview(Snapshot)
    case snapshot(Snapshot)
    /// With what the guard asks beside it.
    case forChange(Snapshot, [DomainID: GuardFacts])
    case problem(SourceError)
    /// What is written beside targets is not taken by xenstore; nil is that it is again.
    case publishing(SourceError?)

    /// It is what was asked for, or the word why there is none.
    var isAnswer: Bool {
      switch self {
      case .past, .preview, .publishing: false
      case .snapshot, .forChange, .problem: true
      }
    }
  }

  private enum Request {
    case past
    case sample
    case everything
    case forChange([DomainID])
    case facts([DomainID], Snapshot)
    case expect(TargetOrder, ChangeAuthor)
    case withdraw(TargetOrder)
    case publish(DomainID, Regulation?)
    case beat(RegulatorBeat?)
    case end
  }

  private struct State {
    var requests: [Request] = [.past]
    var ready: [Sample] = []
    var busySince: SteadyTime?
    var isSampling = false
    /// How many `publish` are not done.
    var publishing = 0
    /// Whose keys xenstore has not taken; nil is the sign of life.
    var refused: Set<DomainID?> = []
    var hasEnded = false
  }

  private let state = Mutex(State())
  private let reader: Reader
  private let clock: HostClock
  private let wake: @Sendable () -> Void
  private let worker: any Worker

  /// - Parameters:
  ///   - host: its source is used by the loop's worker alone from now on.
  ///   - loop: woken when a sample is ready.
  init(_ host: HostConnection, _ loop: any EventLoop) {
    reader = Reader(host)
    clock = loop.clock
    wake = loop.wake
    worker = loop.worker(isPatient: true)
    work()
  }

  /// Asks for a sample, unless one is already being waited for.
  func request() {
    let isNew = state.withLock { state in
      let isWaiting = state.requests.contains { if case .sample = $0 { true } else { false } }
      guard !state.isSampling, !isWaiting else { return false }
      state.requests.append(.sample)
      return true
    }
    if isNew { work() }
  }

  /// Asks for a sample that begins after this, with the guard's facts for these domains.
  ///
  /// One that waits already will begin later, too: while the host does not answer, none pile up.
  func requestForChange(_ domains: [DomainID]) {
    let isNew = state.withLock { state in
      let isWaiting = state.requests.contains { request in
        if case .forChange(let others) = request { others == domains } else { false }
      }
      if !isWaiting { state.requests.append(.forChange(domains)) }
      return !isWaiting
    }
    if isNew { work() }
  }

  /// Asks for the guard's facts for these domains, to go with a sample that was just taken.
  func requestFacts(_ domains: [DomainID], for snapshot: Snapshot) {
    add(.facts(domains, snapshot))
  }

  /// All domains are read from now on.
  func readEverything() { add(.everything) }

  /// A target is about to be set by memtop: its arrival in xenstore is to be told as ours.
  func expect(_ order: TargetOrder, by author: ChangeAuthor) { add(.expect(order, author)) }

  /// That target was not set after all.
  func withdraw(_ order: TargetOrder) { add(.withdraw(order)) }

  /// Writes how a domain stands with the regulator.
  func publish(_ domain: DomainID, _ regulation: Regulation?) {
    state.withLock { $0.publishing += 1 }
    add(.publish(domain, regulation))
  }

  /// Something that `publish` was given is not written.
  var isPublishing: Bool { state.withLock { $0.publishing > 0 } }
  /// Of some domain xenstore has not taken what was published last.
  var isRefused: Bool { state.withLock { !$0.refused.isEmpty } }

  /// Gives the regulator's sign of life, or takes it away.
  func beat(_ beat: RegulatorBeat?) {
    let isNew = state.withLock { state in
      // One that waits already says the same: while the host does not answer, none pile up.
      let isWaiting = state.requests.contains { if case .beat = $0 { true } else { false } }
      if !isWaiting || beat == nil { state.requests.append(.beat(beat)) }
      return !isWaiting || beat == nil
    }
    if isNew { work() }
  }

  func end() { add(.end) }

  /// Everything that was asked for before the end is done.
  var hasEnded: Bool { state.withLock { $0.hasEnded } }

  private func add(_ request: Request) {
    state.withLock { $0.requests.append(request) }
    work()
  }

  /// What has been sampled since this was last asked.
  func take() -> [Sample] {
    state.withLock { state in
      defer { state.ready = [] }
      return state.ready
    }
  }

  /// For how long the present call into the host has not come back.
  func waiting(at now: SteadyTime) -> Span {
    state.withLock { $0.busySince.map { now - $0 } ?? .zero }
  }

  /// Unchecked: made by the sampler, and from then on its worker's alone.
  private final class Reader: @unchecked Sendable {
    let host: HostConnection
    let observer = Observer()
    /// xenstore did not take what was to be published last.
    init(_ host: HostConnection) { self.host = host }

    func sample(preview: (Snapshot) -> Void = { _ in }) throws(SourceError) -> Snapshot {
      observer.observe(
        try host.source.read(preview: { preview(Observer().observe($0)) }))
    }

    func facts(_ domains: [DomainID]) -> [DomainID: GuardFacts] {
      Dictionary(domains.map { ($0, host.guardFacts($0)) }) { first, _ in first }
    }
  }

  private func work() {
    worker.submit { [self] in
      while let request = next() {
        if case .end = request {
          state.withLock { $0.hasEnded = true }
          return wake()
        }
        perform(request, reader)
        state.withLock { $0.busySince = nil }
      }
    }
  }

  private func next() -> Request? {
    state.withLock { state in
      guard !state.requests.isEmpty, !state.hasEnded else { return nil }
      state.busySince = clock.steady()
      let request = state.requests.removeFirst()
      if case .sample = request { state.isSampling = true }
      return request
    }
  }

  private func perform(_ request: Request, _ reader: Reader) {
    do throws(SourceError) {
      switch request {
      case .past:
        while let reading = reader.host.past() { give(.past(reader.observer.observe(reading))) }
      case .sample: give(.snapshot(try reader.sample(preview: { show(.preview($0)) })))
      case .everything: reader.host.source.readEverything()
      case .forChange(let domains):
        let snapshot = try reader.sample()
        give(.forChange(snapshot, reader.facts(domains)))
      case .facts(let domains, let snapshot):
        give(.forChange(snapshot, reader.facts(domains)))
      case .expect(let order, let author): reader.observer.expect(order, by: author)
      case .withdraw(let order): reader.observer.withdraw(order)
      case .publish(let domain, let regulation):
        publish(domain, reader) { writer throws(SourceError) in
          try writer.publish(domain, regulation)
        }
        state.withLock { $0.publishing -= 1 }
      case .beat(let beat):
        publish(nil, reader) { writer throws(SourceError) in try writer.beat(beat) }
      case .end: break
      }
    } catch {
      give(.problem(error))
    }
  }

  /// What fails here is nothing against the host's samples.
  private func publish(
    _ domain: DomainID?, _ reader: Reader, _ body: (RegulationWriter) throws(SourceError) -> Void
  ) {
    do throws(SourceError) {
      try body(reader.host.regulation)
      let isOver = state.withLock { $0.refused.remove(domain) != nil && $0.refused.isEmpty }
      if isOver { show(.publishing(nil)) }
    } catch {
      state.withLock { _ = $0.refused.insert(domain) }
      show(.publishing(error))
    }
  }

  /// Beside what was asked for.
  private func show(_ sample: Sample) {
    state.withLock { $0.ready.append(sample) }
    wake()
  }

  /// Whoever is woken by it may ask for the next one at once.
  private func give(_ sample: Sample) {
    state.withLock { state in
      state.ready.append(sample)
      state.isSampling = false
    }
    wake()
  }
}

/// Says once what is in the way, and when it is over.
struct OnceLogger {
  enum Trouble { case reading, silence, failure, skipping }
  private var trouble: Trouble?
  /// When it was told last how far a long reading is.
  private var progress: SteadyTime?

  private static let progressInterval = Span.seconds(5)

  /// - Returns: the line, where it has not been said.
  mutating func tell(_ line: String, of trouble: Trouble) -> String? {
    defer { self.trouble = trouble }
    return self.trouble == trouble ? nil : line
  }

  /// - Returns: the line, where it has not been said.
  mutating func tell(_ waiting: HostEngine.Waiting) -> String? {
    guard waiting.isLong else { return nil }
    return tell(waiting.line, of: waiting.isReading ? .reading : .silence)
  }

  /// The same, and how far a long reading is every few seconds.
  mutating func follow(_ waiting: HostEngine.Waiting, at now: SteadyTime) -> String? {
    guard waiting.isLong, waiting.isReading else { return tell(waiting) }
    if let progress, now - progress < Self.progressInterval { return nil }
    (progress, trouble) = (now, .reading)
    return waiting.line
  }

  /// - Returns: whether anything was said of which the end is worth a word.
  @discardableResult
  mutating func end() -> Bool {
    defer { (trouble, progress) = (nil, nil) }
    return trouble != nil && trouble != .reading
  }
}
