/// Who a domain is across reboots: its uuid, or its domid where the uuid is zero (dom0).
public struct LastingID: Hashable, Sendable {
  public let uuid: DomainUUID
  public let domid: UInt16

  public init(_ id: DomainID) {
    uuid = id.uuid
    domid = id.uuid == .zero ? id.domid : 0
  }
}

extension DomainID {
  /// What tags and history follow.
  public var lasting: LastingID { LastingID(self) }
}
