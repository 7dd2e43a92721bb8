import CLinux
import Glibc
import MemtopCore
import MemtopSystem

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
