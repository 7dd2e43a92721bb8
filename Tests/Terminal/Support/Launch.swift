import Foundation

/// How the memtop of a test is started: as a user's shell would, and with nothing of this process's.
struct Launch {
  var arguments = ["--demo", "--scenario", "calm"]
  /// nil leaves TERM unset.
  var term: String? = "xterm-256color"
  var language = "C.UTF-8"
  var columns: UInt16 = 100
  var rows: UInt16 = 30
  var extra: [String: String] = [:]

  /// The binary of this build, beside the tests' own, unless MEMTOP_PROGRAM names another.
  static let binary =
    ProcessInfo.processInfo.environment["MEMTOP_PROGRAM"]
    ?? URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    .deletingLastPathComponent().appendingPathComponent("memtop").path

  var environment: [String] {
    var variables = [
      "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/", "LANG": language, "TZ": "UTC",
    ]
    variables["TERM"] = term
    variables.merge(extra) { $1 }
    return variables.map { "\($0.key)=\($0.value)" }
  }
}

struct SystemError: Error {
  var call: String
  var code: Int32
}
