/// Watches the regulator's sign of life in dom0's keys.
struct RegulatorWatch {
  private var keys: StoreKeys?
  private var beat: RegulatorBeat?
  /// When the sign of life changed last; nil while it was only found.
  private var changed: SteadyTime?
  private var found: SteadyTime?
  private var isSilentTold = false

  /// A beat may be late by two of its intervals.
  private static let patience: Int64 = 3

  /// - Parameter keys: dom0's; nil where xenstore has none.
  mutating func status(
    _ keys: StoreKeys?, now: SteadyTime, tell: (RegulatorTurn) -> Void
  ) -> RegulatorStatus? {
    if keys !== self.keys { read(keys, now, tell) }
    self.keys = keys
    guard let beat else { return nil }
    let isSilent = now - (changed ?? found ?? now) > beat.every * Self.patience
    if isSilent, !isSilentTold { tell(.silent) }
    isSilentTold = isSilent
    let health: RegulatorStatus.Health =
      isSilent ? .silent : changed == nil ? .unknown : .alive
    return RegulatorStatus(pid: beat.pid, guests: beat.guests, health: health)
  }

  private mutating func read(
    _ keys: StoreKeys?, _ now: SteadyTime, _ tell: (RegulatorTurn) -> Void
  ) {
    let isFirst = self.keys == nil
    let new = keys?[.regulation].flatMap(RegulatorBeat.init)
    defer { beat = new }
    guard new != beat else { return }
    guard let new else {
      (changed, found, isSilentTold) = (nil, nil, false)
      return tell(.ended)
    }
    if isFirst {
      found = now
      return
    }
    changed = now
    if beat?.pid != new.pid { tell(.started) } else if isSilentTold { tell(.back) }
    isSilentTold = false
  }
}
