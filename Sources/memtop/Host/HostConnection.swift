import MemtopCore
import MemtopXen

/// A host that can be read, and written to.
struct HostConnection {
  let source: HostSource
  let writer: TargetWriter
  /// What the guard must know of a domain beyond a snapshot; asked right before a change.
  let guardFacts: @Sendable (DomainID) -> GuardFacts
  /// What a call into the host is waiting for.
  let waitingFor: @Sendable () -> String?
  /// Before this process is stopped: nothing of it may hold up a guest.
  let pause: @Sendable () -> Void
  let resume: @Sendable () -> Void
  /// Snapshots of before this run, where there are any: the simulated host's.
  let past: () -> [Reading]
}

enum XenConnection {
  /// Opens the Xen that this dom0 runs on.
  static func open() throws(Failure) -> HostConnection {
    let host: XenHost
    switch XenHost.probe() {
    case .success(let found): host = found
    case .failure(let why): throw Failure(line: "\(why)", status: why.status)
    }
    do throws(SourceError) {
      let source = try XenSource(host, parseDom0: GuestReport.init(meminfo:vmstat:pressure:))
      let writer = XenTargetWriter()
      return HostConnection(
        source: source, writer: writer, guardFacts: { _ in GuardFacts() },
        waitingFor: { source.status.waiting?.description }, pause: { source.pauseWatch() },
        resume: { source.resumeWatch() }, past: { [] })
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
