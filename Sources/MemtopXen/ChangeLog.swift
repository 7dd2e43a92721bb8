import CLinux
import Glibc
import MemtopCore
import MemtopSystem
import Synchronization

/// The record of changes in the system's log.
package enum ChangeLog {
  /// One line for one order, whatever became of it.
  ///
  /// - Returns: false where there is no system log.
  package static func write(
    _ order: TargetOrder, _ outcome: TargetOutcome, author: String
  ) -> Bool {
    let text = line(order, outcome, author: author)
    let priority = outcome.ending == .written ? LOG_NOTICE : LOG_WARNING
    return mt_log(LOG_DAEMON | priority, text)
  }

  /// "db2 (7, uuid): target 8388608 -> 9437184 KiB by alice (raised by keystroke): written; …"
  static func line(_ order: TargetOrder, _ outcome: TargetOutcome, author: String) -> String {
    let from = order.from.map { "\($0.kib)" } ?? "unknown"
    let domain = "\(order.name) (\(order.domain.domid), \(order.domain.uuid))"
    let line =
      "\(domain): size \(from) -> \(order.to.kib) KiB by \(author) (\(order.reason)): "
      + "\(ending(outcome.ending)); now target \(kib(outcome.target)), limit \(limit(outcome.limit))"
      + range(order.range, outcome.range)
      + (outcome.unlocked.map { "; without the lock against other memtops (\($0))" } ?? "")
      + (outcome.isMended ? "; libxl had left another limit, which was set back" : "")
      + (outcome.isContested ? "; \(order.contest)" : "")
    return SafeText.message(line)
  }

  private static func ending(_ ending: TargetOutcome.Ending) -> String {
    switch ending {
    case .written: "written"
    case .failed(let why): "failed: \(why)"
    case .timedOut(let delay): "\(delay)"
    case .notTried(let age): TargetOutcome.held(age)
    }
  }

  /// "; dynamic range 1048576-4194304 -> 2097152-2097152 KiB, now 2097152-2097152 KiB".
  private static func range(_ change: RangeChange?, _ now: DynamicRange?) -> String {
    guard let change else { return "" }
    func kib(_ range: DynamicRange) -> String { "\(range.low.kib)-\(range.high.kib)" }
    return "; dynamic range \(kib(change.from)) -> \(kib(change.to)) KiB, now "
      + (now.map { "\(kib($0)) KiB" } ?? "unknown")
  }

  private static func limit(_ limit: TargetOutcome.Limit) -> String {
    switch limit {
    case .at(let limit): kib(limit)
    case .unlimited: "none"
    case .notKnown: kib(nil)
    }
  }

  private static func kib(_ bytes: Bytes?) -> String { bytes.map { "\($0.kib) KiB" } ?? "unknown" }
}

/// Who is behind this process.
package enum OperatorName {
  /// `current`, or the uid as a number as long as its name has not been found. Waits for it up to
  /// `LookUp.patience` after `prepare`, or after this was first asked.
  package static var ofThisProcess: String { own.value() ?? "\(uid())" }

  /// The name will be needed: it is looked up beside this thread.
  package static func prepare() { _ = own }

  private static let own = LookUp { current() }

  /// The login name by /proc/self/loginuid, which sudo and su leave as it is. Where nobody logged in, or
  /// the kernel does not know, who called sudo or pkexec, else the user this process runs as. A uid
  /// without a name is given as a number.
  package static func current() -> String {
    current(loginuid: loginuid, variable: variable)
  }

  static func current(loginuid path: String, variable: (String) -> String?) -> String {
    let uid = uid(loginuid: path, variable: variable)
    return name(of: uid) ?? "\(uid)"
  }

  private static let loginuid = "/proc/self/loginuid"

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  private static func uid(
    loginuid path: String = loginuid, variable: (String) -> String? = variable
  ) -> UInt32 {
    let login = (try? SystemFile.text(path)).flatMap(UInt32.init)
    // No login is all ones (kernel, include/linux/audit.h, AUDIT_UID_UNSET).
    return login.flatMap { $0 == .max ? nil : $0 } ?? caller(variable) ?? getuid()
  }

  /// sudo(8) and pkexec(1) set these themselves, whatever their callers had set. Nobody but root can tell
  /// root something else.
  package static let callers = ["SUDO_UID", "PKEXEC_UID"]

  private static func caller(_ variable: (String) -> String?) -> UInt32? {
    geteuid() == 0 ? callers.lazy.compactMap(variable).compactMap(UInt32.init).first : nil
  }

  /// nil for an unknown uid, and for a name that would not be one word.
  private static func name(of uid: UInt32) -> String? {
    var entry = passwd()
    var found: UnsafeMutablePointer<passwd>?
    return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16 << 10) { buffer in
      guard getpwuid_r(uid, &entry, buffer.baseAddress!, buffer.count, &found) == 0,
        found != nil, let name = entry.pw_name
      else { return nil }
      let text = String(cString: name)
      return text.utf8.allSatisfy { (0x21...0x7E).contains($0) } && !text.isEmpty ? text : nil
    }
  }
}

/// Something that is looked up once, on a thread of its own: the look-up reads files and may ask servers,
/// and one that does not respond must hold up neither a change nor the screen.
final class LookUp: Sendable {
  static let patience = Span.seconds(2)

  private let found: Found
  private let end: SteadyTime
  private let clock: HostClock

  private final class Found: Sendable {
    let value = Mutex<String?>(nil)
  }

  init(
    patience: Span = patience, clock: HostClock = .system, _ find: @escaping @Sendable () -> String
  ) {
    let found = Found()
    (self.found, self.clock, end) = (found, clock, clock.steady() + patience)
    Thread.start {
      let value = find()
      found.value.withLock { $0 = value }
    }
  }

  /// nil where it has not been found in time.
  func value() -> String? {
    while true {
      if let value = found.value.withLock({ $0 }) { return value }
      guard clock.steady() < end else { return nil }
      poll(nil, 0, 1)
    }
  }
}
