import MemtopCore
import MemtopSystem
import MemtopUI

/// A batch of targets on several hosts, each set by `memtop set` on its host, where its guard has all
/// that it needs. One at a time; the first that fails stops the rest.
final class FleetChange {
  private(set) var progress: ChangeProgress
  /// Rules whose warnings were agreed to, by step.
  private let accepted: [[GuardRule]]
  private let hosts: [HostNumber: RemoteHost]
  private let transport: Transport
  private let loop: any EventLoop
  private var process: RemoteProcess?

  init(
    _ rows: [Review.Row], hosts: [HostNumber: RemoteHost], transport: Transport,
    loop: any EventLoop
  ) {
    self.hosts = hosts
    self.transport = transport
    self.loop = loop
    // Memory is given back before it is handed out.
    let rows = rows.filter(\.order.isLower) + rows.filter { !$0.order.isLower }
    let steps = rows.flatMap { row in
      row.order.steps.map { order in
        (order, row.verdict.findings.filter { $0.severity == .warn }.map(\.rule))
      }
    }
    accepted = steps.map(\.1)
    progress = ChangeProgress(steps: steps.map { ChangeProgress.Step($0.0) })
    begin()
  }

  var watched: [Int32] { [process?.output, process?.errors].compactMap { $0 } }

  /// - Returns: how it goes, where that has changed.
  func turn() -> ChangeProgress? {
    guard let process, let index = progress.steps.firstIndex(where: { $0.state == .writing }) else {
      return nil
    }
    while let bytes = process.read() {
      if bytes.isEmpty { return nil }
    }
    guard let ending = process.hasEnded() else { return nil }
    finish(index, ending, process)
    begin()
    return progress
  }

  private func begin() {
    process = nil
    while let index = progress.steps.firstIndex(where: { $0.state == .pending }) {
      if let failed = progress.steps.first(where: { $0.state.isFailed }) {
        progress.steps[index].state = .notAttempted(after: failed.order.name)
        continue
      }
      if start(index) { return }
    }
    progress.isFinished = true
  }

  /// - Returns: whether it is under way.
  private func start(_ index: Int) -> Bool {
    let order = progress.steps[index].order
    guard let host = hosts[order.domain.host] else {
      progress.steps[index].state = .failed("its host is not connected")
      return false
    }
    do throws(Errno) {
      process = try RemoteProcess(
        transport.program, transport.arguments(host, words(index, order)))
      progress.steps[index].state = .writing
      return true
    } catch {
      progress.steps[index].state = .failed("\(transport.program): \(error)")
      return false
    }
  }

  private func words(_ index: Int, _ order: TargetOrder) -> [String] {
    let id = order.domain
    var words = [
      "set", id.uuid == .zero ? String(id.domid) : id.uuid.description, Self.kib(order.to),
    ]
    if let from = order.from { words += ["--from", Self.kib(from)] }
    if !accepted[index].isEmpty {
      words += ["--accept", accepted[index].map(\.rawValue).joined(separator: ",")]
    }
    if isWaitedFor(index) { words += ["--wait=60"] }
    return words
  }

  /// A raise after it, on the same host, needs what it gives.
  private func isWaitedFor(_ index: Int) -> Bool {
    let order = progress.steps[index].order
    return order.isLower
      && progress.steps[index...].contains {
        $0.order.domain.host == order.domain.host && !$0.order.isLower
      }
  }

  private static func kib(_ size: Bytes) -> String { "\(size.count / 1024)K" }

  private func finish(_ index: Int, _ ending: RemoteProcess.Ending, _ process: RemoteProcess) {
    switch ending {
    case .exited(0):
      progress.steps[index].state = .following(since: loop.now)
      progress.steps[index].hasLanded = true
    case .exited(3):
      progress.steps[index].state = .failed(
        process.lastComplaint() ?? "it did not reach its target in time")
      progress.steps[index].hasLanded = true
    case .exited(let status):
      progress.steps[index].state = .failed(
        process.lastComplaint() ?? "memtop set ended with status \(status)")
    case .signalled(let number):
      progress.steps[index].state = .failed("ssh was ended by signal \(number)")
    }
  }
}

extension ChangeState {
  fileprivate var isFailed: Bool { if case .failed = self { true } else { false } }
}
