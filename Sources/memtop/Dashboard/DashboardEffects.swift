import MemtopCore

extension Dashboard {
  /// Does what the screen wants done.
  func perform(_ effects: [Effect]) {
    for effect in effects {
      switch effect {
      case .quit: ending = .quit
      case .suspend: suspend(.job)
      case .redraw: terminal.forget()
      case .flushInput: input.flush()
      case .setInterval: hurry()
      case .readForChange(let domains): sampler.requestForChange(domains)
      case .apply(let orders): begin(orders)
      }
    }
  }

  private func begin(_ orders: [TargetOrder]) {
    let run = ChangeRun(orders.map { (order: $0, agreed: Verdict.Severity.warn) })
    driver = ChangeDriver(run, host: host, sampler: sampler, worker: worker)
    hurry()
  }
}
