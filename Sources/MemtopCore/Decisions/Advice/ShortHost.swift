/// How guests share a host that has less than they lack.
struct ShortHost {
  let guests: [AdvisedGuest]
  let free: Bytes

  /// Raises become shares of what is free, by weight; who has a surplus lowers at once by what is
  /// lacking, in proportion; where that is not enough for those under pressure, others give up to
  /// half their reserve, but nobody below its floor.
  func share(_ advice: inout [Result<Advice, NoAdvice>], wanted: Bytes) {
    let suffering = guests.indices.reduce(Bytes.zero) { sum, index in
      guests[index].isPressed ? sum + raise(advice[index], index) : sum
    }
    let missing = wanted - free
    let surplus = guests.map { $0.surplus() }
    var gifts = Sharing.proportional(missing, among: surplus)
    let found = gifts.reduce(.zero, +)
    let rest = min(missing, suffering) - found
    if rest > .zero {
      let spare = zip(guests, gifts).map { max(.zero, $0.spare() - $1) }
      gifts = zip(gifts, Sharing.proportional(rest, among: spare)).map { $0 + $1 }
    }
    scaleRaises(&advice)
    for index in guests.indices where gifts[index] >= Advisor.deadBand(size: guests[index].size) {
      take(gifts[index], from: index, &advice)
    }
  }

  private func raise(_ advice: Result<Advice, NoAdvice>, _ index: Int) -> Bytes {
    guard case .success(let advice) = advice else { return .zero }
    return max(.zero, advice.target - guests[index].size)
  }

  private func take(_ gift: Bytes, from index: Int, _ advice: inout [Result<Advice, NoAdvice>]) {
    // Only of those that lack nothing themselves.
    guard raise(advice[index], index) == .zero else { return }
    let target = (guests[index].size - gift).rounded(downTo: .mib(1))
    if case .success(let own) = advice[index], own.target <= target { return }
    advice[index] = .success(Advice(target: target, cause: .gives(guests[index].size - target)))
  }

  /// What is free goes to the raises, by weight; nobody gets more than it lacks.
  private func scaleRaises(_ advice: inout [Result<Advice, NoAdvice>]) {
    let raises = guests.indices.map { raise(advice[$0], $0) }
    let shares = Sharing.weighted(free, raises, guests.map { Double($0.policy.weight) })
    for index in guests.indices where raises[index] > .zero {
      guard case .success(var own) = advice[index] else { continue }
      let part = shares[index].rounded(downTo: .mib(1))
      guard part < raises[index].rounded(downTo: .mib(1)) else { continue }
      guard part >= .mib(1) else {
        advice[index] = .failure(NoAdvice(.hostEmpty(wanted: own.target)))
        continue
      }
      own.target = guests[index].size + part
      switch own.cause {
      case .lacks(let goal), .pressed(_, let goal):
        own.cause = .shared(goal, given: part, missing: raises[index])
      case .shared, .surplus, .gives: break
      }
      advice[index] = .success(own)
    }
  }
}
