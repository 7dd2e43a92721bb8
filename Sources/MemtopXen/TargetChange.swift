import MemtopCore
import XenBridge

/// One change of one domain's target.
struct TargetChange {
  let setter: any TargetSetter
  private let change: TargetTask.Change
  private let hypervisor: Hypervisor
  private let store: StoreConnection
  private let directory: String

  init(_ change: TargetTask.Change, _ tools: ChangeTools) throws(ChangeFailure) {
    self.change = change
    hypervisor = try tools.openHypervisor()
    setter = try change.setter(tools)
    store = try tools.openStore()
    directory = "\(StoreEvent.domains)/\(change.domain.domid)"
  }

  /// Looks at the domain last, so that as little as can be happens before the change, and marks the
  /// change as memtop's.
  func check() throws(ChangeFailure) {
    try requireSameDomain()
    try requireNoSave()
    let present = try TargetState(change.domain, store)
    try setter.requireUnchanged(present)
    try mark(present.videoram)
  }

  func perform() throws(ChangeFailure) {
    do throws(ChangeFailure) {
      try setter.set()
    } catch {
      // A mark without its change would name the wrong author for the next one.
      try? store.remove(path(.changeMark))
      throw error
    }
    try? keepRange()
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

  /// The regulator's range stands in the place of the operator's, which is given back one day.
  private func keepRange() throws(StoreConnection.Lost) {
    guard let range = change.range, change.author == ChangeAuthor.regulatorName else { return }
    let former = try store.text(path(.keptRange)).flatMap { KeptRange(Array($0.utf8)) }
    guard let kept = KeptRange(after: range, former: former) else {
      return try store.remove(path(.keptRange))
    }
    _ = try store.writePrivate(path(.keptRange), below: directory, kept.bytes)
  }

  private func path(_ key: StoreKey) -> String { "\(directory)/\(key.path)" }
}
