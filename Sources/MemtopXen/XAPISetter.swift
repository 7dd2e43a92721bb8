import MemtopCore
import MemtopSystem

/// XAPI's dynamic range: squeezed then moves the target. The range is stored in XAPI's database, so it
/// outlasts a reboot of the domain.
struct XAPISetter: TargetSetter {
  let change: TargetTask.Change
  let range: RangeChange
  let clock: HostClock

  /// XAPI waits for squeezed, which waits for guests. Killing xe then does not take the call back.
  static let patience = Span.seconds(25)
  private static let mostOutput = 16 * 1024

  var phase: ChangePhase { .asking }

  /// squeezed writes it, as often as it likes.
  var isAlone: Bool { false }

  func requireUnchanged(_ present: TargetState) throws(ChangeFailure) {
    guard present.range != range.from else { return }
    throw ChangeFailure(
      present.range.map { RangeChange.overtaken(by: $0) }
        ?? "someone else removed its dynamic range meanwhile")
  }

  func set() throws(ChangeFailure) {
    guard let path = XAPITool.path() else { throw ChangeFailure("xe was not found") }
    let arguments = Self.arguments(change.domain.uuid, range.to)
    let process = try ChangeFailure.of { () throws(Errno) in
      try WriterProcess(clock: clock, doubledFor: { XAPITool.become(path, arguments) })
    }
    let end = clock.steady() + Self.patience
    guard let output = process.output(until: end, most: Self.mostOutput) else {
      _ = process.kill()
      throw ChangeFailure(ChangeDelay(.asking, Self.patience).description)
    }
    try Self.require(process.wait(), output)
  }

  static func arguments(_ uuid: DomainUUID, _ range: DynamicRange) -> [String] {
    [
      "vm-memory-dynamic-range-set", "uuid=\(uuid)", "min=\(range.low.count)",
      "max=\(range.high.count)",
    ]
  }

  private static func require(
    _ ending: WriterProcess.Ending, _ output: [UInt8]
  ) throws(ChangeFailure) {
    switch ending {
    case .exited(0): return
    case .exited(let status): throw ChangeFailure(XAPIError(output, status: status).description)
    case .signalled(let signal): throw ChangeFailure("xe was killed by signal \(signal)")
    case .unkillable: throw ChangeFailure("xe cannot be killed; the range may still change")
    }
  }
}
