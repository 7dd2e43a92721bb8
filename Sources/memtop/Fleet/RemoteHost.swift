import MemtopCore

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
  /// when the figures end.
  private static let options = [
    "-T", "-o", "BatchMode=yes", "-o", "ServerAliveInterval=2", "-o", "ServerAliveCountMax=2",
    "-o", "ConnectTimeout=10", "-o", "ControlMaster=no",
  ]

  /// - Parameter words: what memtop is to do there; no shell finds anything in them.
  func arguments(_ host: RemoteHost, _ words: [String]) -> [String] {
    [program] + Self.options + ["--", host.address, host.command] + words
  }
}
