/// Whose history: a uuid outlives reboots; domains without one go by their domid.
package struct HistoryKey: Hashable, Sendable {
  package let uuid: DomainUUID
  package let domid: UInt16

  package init(_ id: DomainID) {
    uuid = id.uuid
    domid = id.uuid == .zero ? id.domid : 0
  }
}
