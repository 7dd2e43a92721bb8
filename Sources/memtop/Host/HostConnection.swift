import MemtopCore
import MemtopXen

/// A host that can be read, and written to: a real Xen, or the simulated one.
struct HostConnection: Sendable {
  let source: HostSource
  let writer: TargetWriter
  /// Used on the sampler's thread.
  let regulation: RegulationWriter
  /// What the guard must know of a domain beyond a snapshot; asked right before a change, on the
  /// sampler's thread.
  let guardFacts: @Sendable (DomainID) -> GuardFacts
  /// What a call into the host is waiting for.
  let waitingFor: @Sendable () -> SamplerStatus.Wait?
  /// Before this process is stopped: nothing of it may hold up a guest.
  let pause: @Sendable () -> Void
  let resume: @Sendable () -> Void
  /// The next reading of before this run, oldest first, where there are any: the simulated host's.
  var past: @Sendable () -> Reading?
  /// Where the record of a change goes; false where nobody takes it.
  let log: @Sendable (TargetOrder, TargetOutcome) -> Bool
  /// False where a guest cannot have reported anything since the last reading.
  var hasNews: @Sendable () -> Bool = { true }
  /// What came of an operator's order, to be counted; nothing where no operator acts on a real host.
  var count: @Sendable ([OperatorCounts.Entry]) -> Void = { _ in }
  /// What was counted on the host, by any process; nil where it cannot be read.
  var counts: @Sendable () -> OperatorCounts? = { nil }

  /// The guard refused orders, one rule for each.
  func countRefusals(_ rules: [GuardRule]) { count(rules.map { .refused($0) }) }
}

enum XenConnection {
  /// Opens the Xen that this dom0 runs on.
  ///
  /// - Parameters:
  ///   - author: whom changes are noted under; the operator's login if not said.
  ///   - changesSoon: the process that sets targets is made ready at once; only for a process that has
  ///     one thread yet.
  ///   - scope: of which domains xenstore is read.
  static func open(
    author: String? = nil, changesSoon: Bool = false, scope: ReadScope = .everything
  ) throws(Failure) -> HostConnection {
    let host: XenHost
    switch XenHost.probe() {
    case .success(let found): host = found
    case .failure(let why): throw Failure(line: "\(why)", status: why.status)
    }
    let writer = XenTargetWriter(author: author)
    if changesSoon { writer.prepareByDoubling(on: host) }
    do throws(SourceError) {
      let source = try XenSource(host, parseDom0: { GuestReport($0) }, scope: scope)
      return HostConnection(
        source: source,
        writer: writer,
        regulation: XenRegulationWriter(),
        guardFacts: { source.guardFacts($0) },
        waitingFor: { source.status.waiting }, pause: { source.pauseWatch() },
        resume: { source.resumeWatch() }, past: { nil },
        log: { ChangeLog.write($0, $1, author: author ?? OperatorName.ofThisProcess) },
        hasNews: { source.hasNews },
        count: { if author == nil { OperatorCountsFile().add($0) } },
        counts: { OperatorCountsFile().read() })
    } catch {
      throw Failure(line: "\(error)", status: .failed)
    }
  }
}

extension XenUnavailable {
  var status: Failure.Status {
    switch self {
    case .notRoot: .noPermission
    case .notDom0, .guest, .unsupported, .unknownRelease, .libraryMissing, .refused: .noHost
    }
  }
}
