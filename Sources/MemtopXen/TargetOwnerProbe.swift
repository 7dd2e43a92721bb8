import Glibc
import MemtopCore
import MemtopSystem

/// Finds out whether another program on this host sets targets.
struct TargetOwnerProbe {
  /// Qubes' qmemman listens here (qubes/tools/qmemmand.py). It must not be connected to: it takes
  /// a closed connection as the end of a memory request and balances all domains.
  private static let qmemmanSocket = "/qubes/qmemman.sock"
  private static let interval = Span.seconds(30)

  private let root: String
  private var checked: SteadyTime?
  private var hasQmemman = false
  private var isXAPIs = false
  private var hasTool = false

  init(root: String) { self.root = root }

  mutating func owner(hasSqueezed: Bool, at now: SteadyTime) -> TargetOwner? {
    if checked.map({ now - $0 >= Self.interval }) ?? true {
      hasQmemman = looksForQmemman()
      isXAPIs = XAPITool.ownsHost(root: root)
      hasTool = XAPITool.path(root: root) != nil
      checked = now
    }
    if isXAPIs || hasSqueezed { return hasTool ? .xapi : .squeezed }
    return hasQmemman ? .qmemman : nil
  }

  /// A socket's file outlives its program; the kernel's table of sockets does not. The table is that of a
  /// network namespace: that of the first process is the host's, also where this is a service with
  /// `PrivateNetwork=`.
  private func looksForQmemman() -> Bool {
    guard access(root + "/var/run" + Self.qmemmanSocket, F_OK) == 0 else { return false }
    return ["/proc/1/net/unix", "/proc/net/unix"].contains { path in
      guard let table = try? SystemFile(root + path).read(limit: 1 << 20) else { return false }
      return String(decoding: table, as: UTF8.self).contains(Self.qmemmanSocket)
    }
  }
}
