import CLinux
import Glibc
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
  var setsLimit: Bool { false }

  /// xenopsd writes each once for one call (xen-api, ocaml/xenopsd/xc/domain.ml,
  /// set_memory_dynamic_range). squeezed writes only the target.
  var keys: [StoreKey] { [.dynamicMin, .dynamicMax] }

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

/// XAPI's own command-line tool, `xe`, and how this host is known to be XAPI's.
enum XAPITool {
  /// XAPI listens here for its dom0 (xen-api, ocaml/xapi-consts/constants.ml). It is there before the
  /// first VM; /squeezed appears only with squeezed's first reservation.
  private static let socket = "/var/lib/xcp/xapi"
  /// Where XAPI's own packages put it, and the link to it that may be anybody's.
  private static let places = ["/opt/xensource/bin/xe", "/usr/bin/xe"]

  /// Its absolute path; nil where there is none.
  static func path(root: String = "") -> String? {
    places.first { access(root + $0, X_OK) == 0 }
  }

  /// Whether XAPI owns this host. Some operators have `xe` for other hosts, but not in XAPI's own place.
  static func ownsHost(root: String = "") -> Bool {
    access(root + socket, F_OK) == 0 || access(root + places[0], X_OK) == 0
  }

  /// Becomes the tool, and returns only where that fails: with clean surroundings, everything it says on
  /// stdout, and an end with its parent.
  static func become(_ path: String, _ arguments: [String]) -> Int32 {
    guard mt_end_with_parent(), dup2(STDOUT_FILENO, STDERR_FILENO) >= 0 else { return notStarted }
    let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
    guard nothing >= 0, dup2(nothing, STDIN_FILENO) >= 0 else { return notStarted }
    var words = ([path] + arguments).map { strdup($0) } + [nil]
    var settings = surroundings.map { strdup($0) } + [nil]
    execve(path, &words, &settings)
    return notStarted
  }

  /// As a shell has it.
  static let notStarted: Int32 = 127
  /// The service may not see /root, where xe would look for a file of its own.
  private static let surroundings = [
    "PATH=/usr/bin:/bin:/usr/sbin:/sbin", "HOME=/", "LC_ALL=C",
  ]
}
