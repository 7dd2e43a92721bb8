import Glibc
import MemtopCore
import MemtopSystem

/// What a change needs of Xen, opened when it is first needed and kept for the next.
///
/// Connections to xenstored are made for each change: it may have been started anew meanwhile.
final class ChangeTools {
  private var host: XenHost?
  private var hypervisor: Hypervisor?
  let clock: HostClock

  /// - Parameter host: where it is known; else it is looked for.
  init(host: XenHost?, clock: HostClock) { (self.host, self.clock) = (host, clock) }

  func openHypervisor() throws(ChangeFailure) -> Hypervisor {
    if let hypervisor { return hypervisor }
    _ = try probe()
    let hypervisor = try ChangeFailure.of { () throws(SourceError) in try Hypervisor() }
    self.hypervisor = hypervisor
    return hypervisor
  }

  func openLight() throws(ChangeFailure) {
    let release = try probe().release
    try ChangeFailure.of { () throws(XenUnavailable) in try XenLibrary.light.open(for: release) }
  }

  func openStore() throws(ChangeFailure) -> StoreConnection {
    try ChangeFailure.of { () throws(StoreConnection.Lost) in
      try StoreConnection(socketOnly: StoreConnection.hasSocket)
    }
  }

  private func probe() throws(ChangeFailure) -> XenHost {
    if let host { return host }
    let host = try ChangeFailure.of { () throws(XenUnavailable) in try XenHost.probe().get() }
    self.host = host
    return host
  }

  /// squeezed looks at the ranges every ten seconds; it is given a moment to set the target.
  func awaitTarget(_ domain: DomainID, in range: DynamicRange) {
    let end = clock.steady() + Self.squeezedPatience
    while clock.steady() < end {
      guard let state = try? TargetState(domain, openStore()), state.range == range else { return }
      if state.isWithin(range) { return }
      usleep(200_000)
    }
  }

  private static let squeezedPatience = Span.seconds(12)

  /// Says what target, limit and dynamic range are now.
  func readBack(_ domain: DomainID, _ say: (TargetReply) -> Void) throws(ChangeFailure) {
    let hypervisor = try openHypervisor()
    let state = try TargetState(domain, openStore())
    if let range = state.range { say(.range(range)) }
    if let target = state.target { say(.target(target)) }
    let found = try ChangeFailure.of { () throws(SourceError) in
      try hypervisor.domain(domain.domid)
    }
    if let found, found.id == domain { say(.limit(found.limit)) }
  }
}

extension Bytes {
  /// A number of KiB in xenstore; nil where there is none.
  init?(key: StoreKey, of domain: DomainID, _ store: StoreConnection) throws(ChangeFailure) {
    let path = "\(StoreEvent.domains)/\(domain.domid)/\(key.path)"
    let text = try ChangeFailure.of { () throws(StoreConnection.Lost) in try store.text(path) }
    guard let text, let bytes = Bytes(storeKiB: Array(text.utf8)) else { return nil }
    self = bytes
  }
}
