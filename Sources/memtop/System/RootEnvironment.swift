import CLinux
@preconcurrency import Glibc
import MemtopXen

/// What a memtop that runs as root takes from its environment, which may be another user's: `sudo -E`,
/// `su -m`.
///
/// Many libraries take the names of files and programs from variables: ncurses (TERMINFO, HOME), the C
/// library (LOCPATH, GCONV_PATH, TZ), SQLite (TMPDIR), Swift's (SWIFT_BACKTRACE), Xen's (XENSTORED_PATH).
/// So what is kept is listed, and not what is dropped.
enum RootEnvironment {
  private static let kept: Set<String> = [
    "TERM", "COLORTERM", "NO_COLOR", "LINES", "COLUMNS", "NCURSES_NO_UTF8_ACS",
    "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE",
    // ArgumentParser's completions; nothing is run for them.
    "SHELL", "SAP_SHELL", "SAP_SHELL_VERSION",
    // For ssh alone, which asks the agent there to sign; memtop does not look at it.
    "SSH_AUTH_SOCK",
    // Sockets that systemd has opened: numbers only, and each is examined.
    "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES",
  ]

  /// Drops everything else. Before any other thread runs, and before any of these libraries looks.
  ///
  /// Whoever may give a root process LD_PRELOAD needs nothing more: then all is kept, and tests have
  /// memtop talk to a hypervisor of theirs.
  static func restrict() {
    guard getenv("LD_PRELOAD") == nil else { return }
    for name in names where !isKept(name, value: getenv(name).map { String(cString: $0) } ?? "") {
      unsetenv(name)
    }
    // Swift's library has looked already.
    mt_crash_guard_drop_others()
  }

  static func isKept(_ name: String, value: String) -> Bool {
    if name == "TZ" { return isZone(value) }
    return kept.contains(name) || OperatorName.callers.contains(name)
  }

  private static let zones = "/usr/share/zoneinfo/"

  /// A zone by its name or rule. glibc opens any other file that stands there, a FIFO or a device, too.
  private static func isZone(_ value: String) -> Bool {
    let name = value.hasPrefix(":") ? String(value.dropFirst()) : value
    guard name.utf8.allSatisfy({ (0x21...0x7E).contains($0) }), !name.contains("..") else {
      return false
    }
    return name.hasPrefix("/") ? name.hasPrefix(zones) : !name.hasPrefix(":")
  }

  private static var names: [String] {
    var names: [String] = []
    var next = environ
    while let entry = next.pointee {
      names.append(String(String(cString: entry).prefix { $0 != "=" }))
      next += 1
    }
    return names
  }
}
