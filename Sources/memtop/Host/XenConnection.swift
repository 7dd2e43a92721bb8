import MemtopCore
import MemtopXen

enum XenConnection {
  /// Opens the Xen that this dom0 runs on.
  ///
  /// - Parameter author: whom changes are noted under; the operator's login if not said.
  static func open(author: String? = nil) throws(Failure) -> HostConnection {
    let host: XenHost
    switch XenHost.probe() {
    case .success(let found): host = found
    case .failure(let why): throw Failure(line: "\(why)", status: why.status)
    }
    do throws(SourceError) {
      let source = try XenSource(host, parseDom0: { GuestReport($0) })
      return HostConnection(
        source: source,
        writer: author.map { XenTargetWriter(author: $0) } ?? XenTargetWriter(),
        regulation: XenRegulationWriter(),
        guardFacts: {
          GuardFacts(populateOnDemand: host.populateOnDemand($0.domid))
        },
        waitingFor: { source.status.waiting }, pause: { source.pauseWatch() },
        resume: { source.resumeWatch() }, past: { nil },
        log: { ChangeLog.write($0, $1, author: author ?? OperatorName.ofThisProcess) })
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
