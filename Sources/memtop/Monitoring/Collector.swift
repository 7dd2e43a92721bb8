import Glibc
import MemtopCore
import MemtopSystem

/// Reads a host when asked, for whoever scrapes it; one reading is for all who ask meanwhile.
final class Collector {
  private let engine: HostEngine
  private let loop: any EventLoop
  private let policies: PolicySet
  private let isOnce: Bool
  /// When the reading that is under way began.
  private var began: SteadyTime?
  private var problem = OnceLogger()
  private let labels = DomainLabels()

  /// A host that does not answer for so long is told as down; what it says later is for the next.
  static let patience = Span.seconds(8)

  /// - Parameter isOnce: this process ends after one sample.
  init(_ host: HostConnection, _ loop: any EventLoop, policies: PolicySet, isOnce: Bool = false) {
    engine = HostEngine(host, loop, interval: nil)
    (self.loop, self.policies, self.isOnce) = (loop, policies, isOnce)
  }

  /// Begins a reading, unless one is under way.
  func begin() {
    guard began == nil else { return }
    began = loop.now
    engine.read(for: [])
  }

  /// When it wants its next turn; far away where nothing is under way.
  var due: SteadyTime {
    began.map { min($0 + Self.patience, loop.now + HostEngine.readingPatience) }
      ?? SteadyTime(milliseconds: .max)
  }

  /// Takes what has come: a page where the reading is done, or takes too long.
  func turn() -> MetricsPage? {
    var page: MetricsPage?
    for event in engine.turn() {
      switch event {
      case .sampleForChange(let snapshot, _):
        if problem.end() { complain("the host responds again") }
        page = finish(snapshot) ?? page
      case .unreadable(let error):
        problem.tell(error.description, of: .failure).map(complain)
        page = finish(nil) ?? page
      case .waiting(let waiting): problem.tell(waiting).map(complain)
      case .past, .preview, .sample, .publishing, .written, .progress: break
      }
    }
    if page == nil, let began, loop.now - began >= Self.patience { page = finish(nil) }
    return page
  }

  private func finish(_ snapshot: Snapshot?) -> MetricsPage? {
    // An answer that nobody waits for any more is only of use to the observer.
    guard let began else { return nil }
    // One that an earlier scrape waited for in vain has figures of that time.
    if let snapshot, snapshot.steady < began { return nil }
    self.began = nil
    return page(snapshot, took: loop.now - began)
  }

  func page(_ snapshot: Snapshot?, took: Span?) -> MetricsPage {
    var snapshot = snapshot
    snapshot?.advise(policies)
    let regulator = snapshot?.host.regulator?.pid
    return MetricsPage(
      snapshot,
      ExporterFigures(
        version: Version.text, collection: took,
        processes: OwnFigures.processes(regulator: regulator, isOnce: isOnce),
        regulator: regulator.flatMap { CountsFile().read(of: $0) },
        operators: engine.host.counts()), labels: labels)
  }

  func pause() { engine.host.pause() }
  func resume() { engine.host.resume() }
}

/// What memtop's own processes cost, as the kernel counts it.
enum OwnFigures {
  /// - Parameters:
  ///   - regulator: the process of `memtop regulate`, where it gives a sign of life.
  ///   - isOnce: this process ends after one sample.
  static func processes(regulator: Int32?, isOnce: Bool) -> [ExporterFigures.Process] {
    [
      figures("export", getpid(), isOnce: isOnce),
      regulator.flatMap { figures("regulate", $0, isOnce: false) },
    ].compactMap { $0 }
  }

  /// nil where the process is not there, or is no memtop: numbers of processes are reused.
  private static func figures(
    _ command: String, _ pid: Int32, isOnce: Bool
  ) -> ExporterFigures.Process? {
    guard let text = try? SystemFile.text("/proc/\(pid)/stat"),
      let stat = ProcessStat(text), pid == getpid() || stat.name == "memtop"
    else { return nil }
    return .init(command: command, cpu: isOnce ? nil : stat.cpu, resident: stat.resident)
  }
}

/// /proc/PID/stat (proc(5)): "PID (NAME) STATE …"; the name may have anything in it.
struct ProcessStat {
  let name: String
  let cpu: Span
  let resident: Bytes

  init?(_ text: String) {
    guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close
    else { return nil }
    let rest = text[text.index(after: close)...].split(separator: " ")
    // The first of these is field 3 there.
    guard rest.count > 21, let user = Int64(rest[11]), let system = Int64(rest[12]),
      let pages = Int64(rest[21])
    else { return nil }
    name = String(text[text.index(after: open)..<close])
    let second = Int64(max(1, sysconf(Int32(_SC_CLK_TCK))))
    cpu = Span(milliseconds: (user + system).scaled(1000, over: second))
    resident = Bytes(pages) * Int64(sysconf(Int32(_SC_PAGESIZE)))
  }
}
