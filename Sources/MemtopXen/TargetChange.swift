import MemtopCore
import XenBridge

/// One change of one domain's target.
struct TargetChange {
  private let change: TargetTask.Change
  private let hypervisor: Hypervisor
  private let store: StoreConnection
  private let light: LightContext
  private let directory: String

  init(_ change: TargetTask.Change, _ tools: ChangeTools) throws(ChangeFailure) {
    self.change = change
    hypervisor = try tools.openHypervisor()
    try tools.openLight()
    store = try tools.openStore()
    light = try LightContext()
    directory = "\(StoreEvent.domains)/\(change.domain.domid)"
  }

  /// Looks at the domain last, so that as little as can be happens before the change, and marks the
  /// change as memtop's.
  func check() throws(ChangeFailure) {
    try requireSameDomain()
    try requireNoSave()
    let videoram = try Bytes(key: .videoram, of: change.domain, store) ?? .zero
    try requireSameTarget(videoram)
    try mark(videoram)
  }

  func perform() throws(ChangeFailure) {
    do throws(LibxlError) {
      try light.setTarget(change.domain.domid, change.size)
    } catch {
      // A mark without its change would name the wrong author for the next one.
      try? store.remove(path(.changeMark))
      throw ChangeFailure(error.description)
    }
  }

  private func requireSameDomain() throws(ChangeFailure) {
    let found = try ChangeFailure.of { () throws(SourceError) in
      try hypervisor.domain(change.domain.domid)
    }
    guard let found, found.id == change.domain else { throw Self.gone }
    guard found.life == .running || found.life == .paused else {
      throw ChangeFailure("the domain is shut down or dying")
    }
  }

  private func requireNoSave() throws(ChangeFailure) {
    guard SaveWatch().domidsNow().contains(change.domain.domid) else { return }
    throw ChangeFailure("the domain is being saved or migrated")
  }

  private static let gone = ChangeFailure("the domain is gone, or another has its domid")

  /// Somebody else's change since the order was judged is not written over.
  private func requireSameTarget(_ videoram: Bytes) throws(ChangeFailure) {
    let present = try Bytes(key: .target, of: change.domain, store).map { $0 + videoram }
    guard present != change.from else { return }
    throw ChangeFailure(
      present.map { TargetOrder.overtaken(by: $0) } ?? "someone else removed its target meanwhile")
  }

  /// The mark names `memory/target` as it will be: libxl writes it without videoram. The deadline
  /// tells it from the mark of the same change made before.
  private func mark(_ videoram: Bytes) throws(ChangeFailure) {
    let target = (change.size - videoram).kib
    let mark = "\(target) \(change.author) \(change.deadline.milliseconds) \(change.reason)"
    let isThere = try ChangeFailure.of { () throws(StoreConnection.Lost) in
      try store.writePrivate(path(.changeMark), below: directory, Array(mark.utf8))
    }
    guard isThere else { throw Self.gone }
  }

  private func path(_ key: StoreKey) -> String { "\(directory)/\(key.path)" }
}
