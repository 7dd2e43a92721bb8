import MemtopCore

/// The way in which a domain's target is set, by who owns the targets of the host.
protocol TargetSetter {
  /// What the owner is waited for.
  var phase: ChangePhase { get }
  /// Somebody else's change since the order was judged is not written over.
  func requireUnchanged(_ present: TargetState) throws(ChangeFailure)
  /// The keys that this writes once each; whoever else writes them sets what this sets.
  var keys: [StoreKey] { get }
  /// Whether it sets the domain's limit, too.
  var setsLimit: Bool { get }
  func set() throws(ChangeFailure)
}

/// What xenstore says of a domain's target.
struct TargetState: Hashable {
  var target: Bytes?
  var videoram: Bytes
  var range: DynamicRange?

  init(_ domain: DomainID, _ store: StoreConnection) throws(ChangeFailure) {
    target = try Bytes(key: .target, of: domain, store)
    videoram = try Bytes(key: .videoram, of: domain, store) ?? .zero
    guard let low = try Bytes(key: .dynamicMin, of: domain, store),
      let high = try Bytes(key: .dynamicMax, of: domain, store)
    else { return }
    range = DynamicRange(low: low, high: high)
  }

  /// SIZE as `xl mem-set` takes it; nil where there is no target.
  var size: Bytes? { target.map { $0 + videoram } }

  /// squeezed has done what the range asks for.
  func isWithin(_ wanted: DynamicRange) -> Bool {
    range == wanted && target.map { wanted.contains($0) } == true
  }
}

extension TargetTask.Change {
  /// - Parameter tools: opens what the way needs.
  func setter(_ tools: ChangeTools) throws(ChangeFailure) -> any TargetSetter {
    if let range { return XAPISetter(change: self, range: range, clock: tools.clock) }
    try tools.openLight()
    return LibxlSetter(change: self, light: try LightContext())
  }
}

/// libxl: the operator's own hosts, where nobody else sets targets.
struct LibxlSetter: TargetSetter {
  let change: TargetTask.Change
  let light: LightContext

  var phase: ChangePhase { .setting }
  var setsLimit: Bool { true }

  /// Where there is no target yet, libxl writes dom0's twice (libxl__fill_dom0_memory_info).
  var keys: [StoreKey] { change.from == nil ? [] : [.target] }

  func requireUnchanged(_ present: TargetState) throws(ChangeFailure) {
    guard present.size != change.from else { return }
    throw ChangeFailure(
      present.size.map { TargetOrder.overtaken(by: $0) }
        ?? "someone else removed its target meanwhile")
  }

  func set() throws(ChangeFailure) {
    try ChangeFailure.of { () throws(LibxlError) in
      try light.setTarget(change.domain.domid, change.size)
    }
  }
}
