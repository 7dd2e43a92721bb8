/// Whose history: a uuid outlives reboots; domains without one go by their domid.
struct HistoryKey: Hashable, Sendable {
  let uuid: DomainUUID
  let domid: UInt16

  init(_ id: DomainID) {
    uuid = id.uuid
    domid = id.uuid == .zero ? id.domid : 0
  }
}
