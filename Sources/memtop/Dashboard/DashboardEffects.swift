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
      case .apply(let rows): begin(rows)
      }
    }
  }

  /// What was agreed to is what is carried out: a worse word on the last look stops it.
  private func begin(_ rows: [Review.Row]) {
    let run = ChangeRun(rows.map { (order: $0.order, agreed: $0.verdict) })
    driver = ChangeDriver(run, host: host, sampler: sampler, worker: worker)
    hurry()
  }
}
