import CLinux
import Glibc
import MemtopCore

/// The record of changes in the system's log.
package enum ChangeLog {
  /// One line for one order, whatever became of it.
  package static func write(_ order: TargetOrder, _ outcome: TargetOutcome, author: String) {
    let text = line(order, outcome, author: author)
    let priority = outcome.ending == .written ? LOG_NOTICE : LOG_WARNING
    mt_log(LOG_DAEMON | priority, text)
  }

  /// "db2 (7, uuid): target 8388608 -> 9437184 KiB by alice (raised by keystroke): written; …"
  static func line(_ order: TargetOrder, _ outcome: TargetOutcome, author: String) -> String {
    let from = order.from.map { "\($0.kib)" } ?? "unknown"
    let domain = "\(order.name) (\(order.domain.domid), \(order.domain.uuid))"
    return "\(domain): size \(from) -> \(order.to.kib) KiB by \(author) (\(order.reason)): "
      + "\(ending(outcome.ending)); now target \(kib(outcome.target)), limit \(kib(outcome.limit))"
      + range(order.range, outcome.range)
  }

  private static func ending(_ ending: TargetOutcome.Ending) -> String {
    switch ending {
    case .written: "written"
    case .failed(let why): "failed: \(why)"
    case .timedOut(let delay): "\(delay)"
    }
  }

  /// "; dynamic range 1048576-4194304 -> 2097152-2097152 KiB, now 2097152-2097152 KiB".
  private static func range(_ change: RangeChange?, _ now: DynamicRange?) -> String {
    guard let change else { return "" }
    func kib(_ range: DynamicRange) -> String { "\(range.low.kib)-\(range.high.kib)" }
    return "; dynamic range \(kib(change.from)) -> \(kib(change.to)) KiB, now "
      + (now.map { "\(kib($0)) KiB" } ?? "unknown")
  }

  private static func kib(_ bytes: Bytes?) -> String { bytes.map { "\($0.kib) KiB" } ?? "unknown" }
}
