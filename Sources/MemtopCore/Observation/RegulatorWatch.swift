/// Watches the regulator's sign of life in dom0's keys.
struct RegulatorWatch {
  private var keys: StoreKeys?
  private var beat: RegulatorBeat?
  /// When the sign of life changed last; nil while it was only found.
  private var changed: SteadyTime?
  private var found: SteadyTime?
  private var isSilentTold = false
  /// When xenstore could not be read last: the regulator cannot write then, either.
  private var blindAt: SteadyTime?
  private var last: RegulatorStatus?

  /// A beat may be late by two of its intervals.
  private static let patience: Int64 = 3

  /// - Parameters:
  ///   - keys: dom0's; nil where xenstore has none.
  ///   - isBlind: they are of before, because xenstore cannot be read.
  mutating func status(
    _ keys: StoreKeys?, now: SteadyTime, isBlind: Bool = false, tell: (RegulatorTurn) -> Void
  ) -> RegulatorStatus? {
    if isBlind { blindAt = now } else { last = judge(keys, now, tell) }
    return last
  }

  private mutating func judge(
    _ keys: StoreKeys?, _ now: SteadyTime, _ tell: (RegulatorTurn) -> Void
  ) -> RegulatorStatus? {
    if keys !== self.keys { read(keys, now, tell) }
    self.keys = keys
    guard let beat else { return nil }
    let heard = changed ?? found ?? now
    let isSilent = now - max(heard, blindAt ?? heard) > beat.every * Self.patience
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
