import Glibc
import MemtopCore
import MemtopSystem
import XenBridge

/// What a change needs of Xen, opened when it is first needed and kept for the next.
///
/// Connections to xenstored are made for each change: it may have been started anew meanwhile.
final class ChangeTools {
  private var host: XenHost?
  private var hypervisor: Hypervisor?
  let clock: HostClock
  /// Where the lock of changes is.
  let directory = RuntimeDirectory.standard

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

  /// nil where there is no socket: the kernel's device does not keep events and answers in order.
  func countWrites(_ keys: [StoreKey], of domid: UInt16) throws(ChangeFailure) -> KeyWrites? {
    guard StoreConnection.hasSocket, !keys.isEmpty else { return nil }
    return try ChangeFailure.of { () throws(StoreConnection.Lost) in try KeyWrites(keys, of: domid)
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
  ///
  /// - Parameter change: what libxl was called for. A limit that it left without its target is set back,
  ///   and the mark of a change that was not made is removed: it would name the wrong author for the next
  ///   one.
  func readBack(
    _ domain: DomainID, mending change: LimitChange? = nil, _ say: (TargetReply) -> Void
  ) throws(ChangeFailure) {
    // With it the libraries are found, of which the store is one.
    _ = try openHypervisor()
    let store = try openStore()
    let state = try TargetState(domain, store)
    // Afterwards, since xenstore knows only the domid: what another domain has there is not said.
    guard let found = try find(domain) else { return }
    if let range = state.range { say(.range(range)) }
    if let target = state.target { say(.target(target)) }
    guard let change else { return say(.limit(found.limit)) }
    try? removeMark(of: domain, unless: state.target, store)
    // Where this fails, what is read now says so.
    try? mend(domain, change, state, found, store, say)
    guard let now = try find(domain) else { return }
    say(.limit(now.limit))
  }

  private func mend(
    _ domain: DomainID, _ change: LimitChange, _ state: TargetState, _ found: mt_domain,
    _ store: StoreConnection, _ say: (TargetReply) -> Void
  ) throws(ChangeFailure) {
    let limit = change.mended(found.limit, size: state.size, holding: found.allocation)
    guard let limit else { return }
    try setLimit(domain, limit)
    say(.mended)
    // Another program may have set both meanwhile, of which only its target is left.
    let now = try TargetState(domain, store)
    guard now.size != state.size, let size = now.size else { return }
    if let target = now.target { say(.target(target)) }
    try setLimit(domain, LimitChange.limit(of: size))
  }

  private func setLimit(_ domain: DomainID, _ limit: Bytes) throws(ChangeFailure) {
    let hypervisor = try openHypervisor()
    try ChangeFailure.of { () throws(SourceError) in
      try hypervisor.setLimit(domain.domid, limit)
    }
  }

  private func removeMark(
    of domain: DomainID, unless target: Bytes?, _ store: StoreConnection
  ) throws(StoreConnection.Lost) {
    let path = "\(StoreEvent.domains)/\(domain.domid)/\(StoreKey.changeMark.path)"
    guard let mark = try store.text(path), let target, !mark.hasPrefix("\(target.kib) ") else {
      return
    }
    try store.remove(path)
  }

  /// The domain as Xen knows it; nil where it is gone.
  func find(_ domain: DomainID) throws(ChangeFailure) -> mt_domain? {
    let hypervisor = try openHypervisor()
    let found = try ChangeFailure.of { () throws(SourceError) in
      try hypervisor.domain(domain.domid)
    }
    return found.flatMap { $0.id == domain ? $0 : nil }
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
