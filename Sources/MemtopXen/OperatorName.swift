import Glibc
import MemtopSystem

/// Who is behind this process.
package enum OperatorName {
  /// `current`, looked up once and not before it is asked for: the look-up reads files and may ask
  /// servers.
  package static let ofThisProcess = current()

  /// The login name by /proc/self/loginuid, which sudo and su leave as it is; where nobody logged
  /// in, the user this process runs as. A uid without a name is given as a number.
  package static func current() -> String { current(loginuid: "/proc/self/loginuid") }

  static func current(loginuid path: String) -> String {
    let login = (try? SystemFile.text(path)).flatMap(UInt32.init)
    // No login is all ones (kernel, include/linux/audit.h, AUDIT_UID_UNSET).
    let uid = login.flatMap { $0 == .max ? nil : $0 } ?? getuid()
    return name(of: uid) ?? "\(uid)"
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
