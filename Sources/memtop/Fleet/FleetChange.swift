import MemtopCore
import MemtopRecording
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
  /// Whether the connection that ssh shares with others has stopped working for a host.
  private let avoidsSharing: (HostNumber) -> Bool
  private var process: RemoteProcess?
  private var output: [UInt8] = []
  /// `memtop set` runs there.
  private var hasBegun = false
  /// When the step under way is given up.
  private var deadline = SteadyTime(milliseconds: .max)

  /// `memtop set` begins within this, for which it may wait for the guest to report (`ReportWait`), or changes
  /// nothing.
  static let within = Span.seconds(310)
  /// From then on it sets the target within some 70 seconds (`ChangeLimits.longest`), and may wait for the
  /// guest for another minute. Beyond that it hangs, or its connection does: whatever it had begun is done by
  /// then. It counts from its greeting, because a login may take any time, and again as long for that.
  static let patience = within + .seconds(70 + 60 + 20)
  /// More than any login says before the greeting.
  private static let mostOutput = 1 << 16

  init(
    _ rows: [Review.Row], hosts: [HostNumber: RemoteHost], transport: Transport,
    loop: any EventLoop, avoidsSharing: @escaping (HostNumber) -> Bool = { _ in false }
  ) {
    self.hosts = hosts
    self.avoidsSharing = avoidsSharing
    self.transport = transport
    self.loop = loop
    // Memory is given back before it is handed out.
    let rows = rows.filter(\.order.isLower) + rows.filter { !$0.order.isLower }
    accepted = rows.map { row in
      row.verdict.findings.filter { $0.severity == .warn }.map(\.rule)
    }
    progress = ChangeProgress(steps: rows.map { ChangeProgress.Step($0.order) })
    begin()
  }

  var watched: [Int32] { [process?.output, process?.errors].compactMap { $0 } }
  var due: SteadyTime { deadline }

  /// - Returns: how it goes, where that has changed.
  func turn() -> ChangeProgress? {
    guard let process, let index = progress.steps.firstIndex(where: { $0.state == .writing }) else {
      return nil
    }
    // Before the output is read: what it wrote before it ended is then complete.
    let ending = process.hasEnded()
    // The beginning is kept, because that is where a greeting stands.
    if let bytes = process.read() { output = Array((output + bytes).prefix(Self.mostOutput)) }
    if !hasBegun, isSaid(SetGreeting.line) {
      (hasBegun, deadline) = (true, loop.now + Self.patience)
    }
    guard let end = end(of: process, ending) else { return nil }
    progress.steps[index].state = end.state
    progress.steps[index].hasLanded = end.mayHaveLanded
    process.end()
    begin()
    return progress
  }

  /// What of a change during which the screen was left is done and what is not, a line for each target.
  var account: [String] {
    progress.steps.map { step in
      let how =
        step.state == .writing
        ? "unknown: memtop ended before its host replied" : step.state.account
      var order = step.order
      order.name = label(order)
      return "\(order.line), \(how)"
    }
  }

  /// Domains of several hosts may have one name.
  private func label(_ order: TargetOrder) -> String {
    hosts[order.domain.host].map { "\(order.name) on \($0.name)" } ?? order.name
  }

  private func begin() {
    (process, output, hasBegun) = (nil, [], false)
    deadline = SteadyTime(milliseconds: .max)
    while let index = progress.steps.firstIndex(where: { $0.state == .pending }) {
      if let failed = progress.steps.first(where: { $0.state.isFailed }) {
        progress.steps[index].state = .notAttempted(after: label(failed.order))
        continue
      }
      if let why = start(index) { progress.steps[index].state = .failed(why) } else { return }
    }
    progress.isFinished = true
  }

  /// - Returns: why it cannot be begun; nil where it is under way.
  private func start(_ index: Int) -> String? {
    let order = progress.steps[index].order
    guard let host = hosts[order.domain.host] else { return "its host is not connected" }
    if order.nudge != nil { return "a balloon is nudged on its own host only" }
    if let range = order.range, !range.to.isPoint {
      return "its dynamic range can be given back on its own host only"
    }
    do throws(Errno) {
      process = try RemoteProcess(
        transport.program,
        transport.arguments(
          host, words(index, order), isAlone: avoidsSharing(order.domain.host)))
    } catch {
      return "\(transport.program): \(error)"
    }
    progress.steps[index].state = .writing
    deadline = loop.now + Self.patience
    return nil
  }

  private func words(_ index: Int, _ order: TargetOrder) -> [String] {
    var words = [
      "set", String(order.domain.domid), Self.kib(order.to), "--uuid",
      order.domain.uuid.description,
    ]
    words += ["--greet", "--within", String(Self.within.wholeSeconds)]
    // Where XAPI owns the targets, squeezed may have moved it meanwhile, and its range is what counts.
    if let range = order.range {
      words += ["--from-range", Self.kib(range.from.low) + "-" + Self.kib(range.from.high)]
    } else {
      words += ["--from", order.from.map(Self.kib) ?? "none"]
    }
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
}

extension FleetChange {
  /// How a step has ended.
  private struct End {
    var state: ChangeState
    var mayHaveLanded = false
  }

  /// nil while it goes on.
  private func end(of process: RemoteProcess, _ ending: RemoteProcess.Ending?) -> End? {
    // A key that is limited to `memtop serve` runs that, whatever is asked for, and runs on.
    if isSaid(StreamGreeting.word) {
      return End(state: .failed("the ssh key for its host allows only reading"))
    }
    guard let ending else {
      guard loop.now >= deadline else { return nil }
      return End(
        state: .failed("no answer for \(Self.patience.short); the target may or may not be set"),
        mayHaveLanded: true)
    }
    switch ending {
    // A login, or a command that the key is limited to, may end well and has set nothing.
    case .exited(0) where hasBegun:
      return End(state: .following(since: loop.now), mayHaveLanded: true)
    case .exited(0): return End(state: .failed("its host did not confirm that the target was set"))
    case .exited(let status) where status == Failure.Status.notFollowed.rawValue:
      return End(state: .failed(why(process, status)), mayHaveLanded: true)
    case .exited(255), .signalled:
      let why = process.lastComplaint() ?? "the connection was lost"
      return End(
        state: .failed("\(Self.unended(why)); the target may or may not be set"),
        mayHaveLanded: true)
    case .exited(let status):
      // The target may have been set before the failure. If it was not, undoing changes nothing.
      let mayHaveLanded = status == Failure.Status.failed.rawValue
      return End(state: .failed(why(process, status)), mayHaveLanded: mayHaveLanded)
    }
  }

  /// Without the full stop that ssh puts after some of its sentences.
  private static func unended(_ why: String) -> String {
    why.hasSuffix(".") ? String(why.dropLast()) : why
  }

  /// Whether a whole line begins so.
  private func isSaid(_ greeting: String) -> Bool {
    let lines = output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return lines.dropLast().contains { $0.starts(with: greeting.utf8) }
  }

  /// What the guard there said, or else what was said last.
  private func why(_ process: RemoteProcess, _ status: Int32) -> String {
    let said = process.complaints().map {
      $0.hasPrefix(ownMark) ? String($0.dropFirst(ownMark.count)) : $0
    }
    let severities: [Verdict.Severity] = [.never, .refuse, .warn]
    let finding = said.last { line in severities.contains { line.hasPrefix($0.word + ": ") } }
    let isRefused = status == Failure.Status.refused.rawValue
    return (isRefused ? finding : nil) ?? said.last ?? "memtop set ended with status \(status)"
  }
}

extension ChangeState {
  fileprivate var isFailed: Bool { if case .failed = self { true } else { false } }
}
