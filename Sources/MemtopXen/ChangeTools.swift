import MemtopCore

/// What a change needs of Xen, opened when it is first needed and kept for the next.
///
/// Connections to xenstored are made for each change: it may have been started anew meanwhile.
final class ChangeTools {
  private var host: XenHost?
  private var hypervisor: Hypervisor?

  func openHypervisor() throws(ChangeFailure) -> Hypervisor {
    if let hypervisor { return hypervisor }
    _ = try probe()
    do throws(SourceError) {
      let hypervisor = try Hypervisor()
      self.hypervisor = hypervisor
      return hypervisor
    } catch {
      throw ChangeFailure("\(error)")
    }
  }

  func openLight() throws(ChangeFailure) {
    let release = try probe().release
    do throws(XenUnavailable) {
      try XenLibrary.light.open(for: release)
    } catch {
      throw ChangeFailure("\(error)")
    }
  }

  func openStore() throws(ChangeFailure) -> StoreConnection {
    do throws(StoreConnection.Lost) {
      return try StoreConnection(socketOnly: StoreConnection.hasSocket)
    } catch {
      throw ChangeFailure("\(error)")
    }
  }

  private func probe() throws(ChangeFailure) -> XenHost {
    if let host { return host }
    do throws(XenUnavailable) {
      let host = try XenHost.probe().get()
      self.host = host
      return host
    } catch {
      throw ChangeFailure("\(error)")
    }
  }

  /// Says what target and limit are now.
  func readBack(_ domain: DomainID, _ say: (TargetReply) -> Void) throws(ChangeFailure) {
    let hypervisor = try openHypervisor()
    let target = try Bytes(key: .target, of: domain, openStore())
    if let target { say(.target(target)) }
    do throws(SourceError) {
      if let found = try hypervisor.domain(domain.domid), found.id == domain {
        say(.limit(found.limit))
      }
    } catch {
      throw ChangeFailure("\(error)")
    }
  }
}

extension Bytes {
  /// A number of KiB in xenstore; nil where there is none.
  init?(key: StoreKey, of domain: DomainID, _ store: StoreConnection) throws(ChangeFailure) {
    let path = "\(StoreEvent.domains)/\(domain.domid)/\(key.path)"
    do throws(StoreConnection.Lost) {
      guard let text = try store.text(path), let bytes = Bytes(storeKiB: Array(text.utf8)) else {
        return nil
      }
      self = bytes
    } catch {
      throw ChangeFailure("\(error)")
    }
  }
}
