import MemtopCore
import MemtopSystem

/// A host to be reached through ssh: how it is called, where it is, and what runs there.
struct RemoteHost: Hashable, Sendable {
  var name: String
  /// What ssh is given: `root@10.0.0.2`, or a name in ssh_config(5).
  var address: String
  /// The command there: `memtop`, or `sudo memtop`.
  var command = "memtop"

  /// - Throws: where ssh would take it for an option, or the remote shell for several words.
  init(name: String, address: String, command: String = "memtop") throws(Failure) {
    func isPlain(_ text: String) -> Bool {
      !text.isEmpty && !text.hasPrefix("-")
        && text.utf8.allSatisfy {
          (0x21...0x7E).contains($0) && !"'\"\\$`;&|<>()".utf8.contains($0)
        }
    }
    for text in [address, name] where !isPlain(text) || name.utf8.count > 64 {
      let shown = SafeText.escaped(Array(text.utf8), limit: 60)
      throw Failure(
        line: "\"\(shown)\" is not a host for ssh, such as root@xen1", status: .usage)
    }
    (self.name, self.address, self.command) = (name, address, command)
  }

  /// `[USER@]HOST`, as it is typed: the host is its name.
  init(typed: String) throws(Failure) {
    let name = typed.split(separator: "@", omittingEmptySubsequences: false).last ?? ""
    try self.init(name: String(name), address: typed)
  }
}

/// The program that reaches other hosts: ssh, or what stands in for it.
struct Transport: Hashable, Sendable {
  var program = "/usr/bin/ssh"

  /// No terminal and no questions; a host that stalls is given up after some four seconds. An ssh that
  /// reads figures must not become the master of a shared connection: a change that uses it would be cut off
  /// when the figures end. What ssh_config(5) forwards is for logins: a second connection could not have it too,
  /// and no host needs the operator's keys.
  private static let options = [
    "-T", "-a", "-x", "-o", "BatchMode=yes", "-o", "ServerAliveInterval=2",
    "-o", "ServerAliveCountMax=2", "-o", "ConnectTimeout=10", "-o", "ControlMaster=no",
    "-o", "ClearAllForwardings=yes",
  ]

  /// - Parameters:
  ///   - words: what memtop is to do there; no shell finds anything in them.
  ///   - isAlone: a connection that ssh shares is not used.
  func arguments(_ host: RemoteHost, _ words: [String], isAlone: Bool = false) -> [String] {
    [program] + Self.options + (isAlone ? ["-o", "ControlPath=none"] : [])
      + ["--", host.address, host.command] + words
  }
}

/// Why a connection has ended, in words that say what to do.
enum RemoteFailure {
  /// What ssh or memtop there said, or else how it ended.
  static func reason(_ process: RemoteProcess, of host: RemoteHost) -> String {
    let ending = process.hasEnded()
    // As every memtop refuses a command that it does not know.
    if ending == .exited(Failure.Status.usage.rawValue) {
      return "its memtop is too old to be shown from here"
    }
    let complaint = process.lastComplaint()
    // As a shell ends, and as sudo says it.
    if ending == .exited(127) || complaint?.hasSuffix("command not found") == true {
      return missing(host, complaint)
    }
    if let complaint {
      return complaint == unknownKey
        ? "\(complaint) Log in by hand once to check its key" : complaint
    }
    switch ending {
    // ssh's own; any other is that of what it ran.
    case .exited(255): return "ssh ended with status 255"
    case .exited(0): return "its memtop ended"
    case .exited(let status): return "its memtop ended with status \(status)"
    case .signalled(let number): return "ssh was ended by signal \(number)"
    case nil: return "the connection was closed"
    }
  }

  private static let unknownKey = "Host key verification failed."

  /// What else its `memtop` line in the hosts file names, it may be that which is missing.
  private static func missing(_ host: RemoteHost, _ complaint: String?) -> String {
    let what = "there is no memtop on it"
    return host.command == "memtop" ? what : "\(what): \(complaint ?? host.command)"
  }
}
