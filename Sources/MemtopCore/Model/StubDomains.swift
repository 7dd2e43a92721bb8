/// Stub domains: each runs the device model (QEMU) of one guest in a domain of its own.
///
/// libxl writes `target` for the stub domain and `image/device-model-domid` for its guest (libxl_dm.c,
/// libxl__spawn_stub_dm); no guest can write either.
extension DomainSample {
  public var isStubDomain: Bool { self.deviceModelOf != nil }

  /// What people call a guest: neither dom0 nor a guest's device model.
  public var isGuest: Bool { !self.id.isDom0 && !isStubDomain }
}

extension Snapshot {
  /// The place in `domains` of the guest whose device model the domain at `index` runs; nil where it is no
  /// stub domain, or its guest is not there or has another device model.
  package func guest(ofStubAt index: Int) -> Int? {
    guard let domid = domains[index].deviceModelOf,
      let guest = domains.firstIndex(domid: domid, by: \.id.domid), domains[guest].isGuest
    else { return nil }
    let stub = domains[index].id.domid
    return domains[guest].deviceModel ?? stub == stub ? guest : nil
  }

  /// The guest of a stub domain, by the same rule.
  public func guest(of stub: DomainSample) -> DomainSample? {
    index(of: stub.id).flatMap(guest(ofStubAt:)).map { domains[$0] }
  }

  /// The stub domains that belong to a guest, ascending by domid: one, or two while one takes over.
  public func stubDomains(of guest: DomainSample) -> [DomainSample] {
    stubPlaces.filter { domains[$0.guest].id == guest.id }.map { domains[$0.stub] }
  }

  /// Each stub domain that has its guest beside it, as places in `domains`; ascending by the stub's.
  package var stubPlaces: [(stub: Int, guest: Int)] {
    domains.indices.compactMap { index in guest(ofStubAt: index).map { (index, $0) } }
  }

  /// Places of domains in which each stub domain directly follows its guest, wherever it stood.
  package func withStubsUnderGuests(_ places: [Int]) -> [Int] {
    let stubs = stubPlaces
    guard !stubs.isEmpty else { return places }
    let ofGuest = Dictionary(grouping: stubs, by: \.guest).mapValues { $0.map(\.stub) }
    let listed = Set(places)
    let moved = Set(stubs.filter { listed.contains($0.guest) }.map(\.stub))
    return places.filter { !moved.contains($0) }.flatMap { place in
      [place] + (ofGuest[place] ?? []).filter(listed.contains)
    }
  }
}
