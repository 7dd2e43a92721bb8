import MemtopCore
extension ChangeProgress {
  init(_ run: ChangeRun) {
    self.init(
      steps: run.items.map { item in
        let stage: Stage =
          switch item.state {
          case .pending: .waiting
          case .writing: .writing
          case .following: .following
          case .arrived: .reached
          case .stuck, .late: .stuck
          case .failed(let why): .failed(why)
          case .notAttempted: .skipped
          }
        return Step(item.order, stage)
      }, isFinished: run.isFinished)
  }
}
