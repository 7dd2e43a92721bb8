import MemtopCore

/// Writes `memory/memtop-regulation` keys into xenstore, on a connection of its own. They name logins
/// and reasons, which are none of the guests' business.
///
/// Unchecked: used by one thread at a time.
package final class XenRegulationWriter: RegulationWriter, @unchecked Sendable {
  private var store: StoreConnection?
  private var hypervisor: Hypervisor?

  package init() {}

  package func publish(_ domain: DomainID, _ regulation: Regulation?) throws(SourceError) {
    if hypervisor == nil { hypervisor = try Hypervisor() }
    guard let hypervisor else { return }
    // Asked last: the key's text names the uuid, too, for the moment between.
    guard let found = try hypervisor.domain(domain.domid), found.id == domain else { return }
    try set(domain.domid, regulation?.bytes(for: domain.uuid))
  }

  package func beat(_ beat: RegulatorBeat?) throws(SourceError) { try set(0, beat?.bytes) }

  /// xenstored may have been started anew since the last key: a connection that was kept is tried once more.
  private func set(_ domid: UInt16, _ value: [UInt8]?) throws(SourceError) {
    guard store != nil else { return try write(domid, value) }
    do throws(SourceError) {
      try write(domid, value)
    } catch {
      try write(domid, value)
    }
  }

  private func write(_ domid: UInt16, _ value: [UInt8]?) throws(SourceError) {
    let directory = "\(StoreEvent.domains)/\(domid)"
    let path = "\(directory)/\(StoreKey.regulation.path)"
    do throws(StoreConnection.Lost) {
      if store == nil { store = try StoreConnection(socketOnly: StoreConnection.hasSocket) }
      guard let store else { return }
      // One that is gone meanwhile has nothing to be noted.
      if let value {
        _ = try store.writePrivate(path, below: directory, value)
      } else {
        try store.remove(path)
      }
    } catch {
      store = nil
      throw SourceError("\(error)")
    }
  }
}
