import CLinux
import Foundation
import Testing

/// The program as a shell would start it, without a terminal.
///
/// Not by Foundation's Process: what it closes for each child may by then belong to another test.
struct Program {
  var status: Int32
  var output: String
  var errors: String

  /// Beside the tests' own bundle, unless MEMTOP_PROGRAM names another.
  static let path: String = {
    if let other = ProcessInfo.processInfo.environment["MEMTOP_PROGRAM"] { return other }
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    var directory = bundle.deletingLastPathComponent()
    while directory.path != "/" {
      let candidate = directory.appendingPathComponent("memtop").path
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
      directory.deleteLastPathComponent()
    }
    preconditionFailure("no memtop beside \(bundle.path)")
  }()

  /// Runs memtop until it ends.
  static func run(_ arguments: String...) throws -> Program { try start(arguments) }

  static func start(_ arguments: [String]) throws -> Program {
    try shell(#"exec "$0" "$@""#, arguments)
  }

  /// Whether tests may mount a file system in a name space of their own.
  static let mayMount: Bool = {
    let run = try? shell("unshare -m mount -t tmpfs tmpfs /mnt")
    return run?.status == 0
  }()

  /// What a script may call.
  private static let prelude = #"""
    # Waits for something that the process $pid does: until the command succeeds, while that lives, for
    # five minutes at most.
    await() {
      tries=0
      until "$@"; do
        kill -0 "$pid" || exit 98
        [ $((tries += 1)) -lt 6000 ] || exit 97
        sleep 0.05
      done
    }
    # Whether a recording has a sample.
    recorded() { "$0" dump "$1" 2>/dev/null | grep -q .; }

    """#

  /// Runs a script in which `$0` is memtop.
  static func shell(_ script: String, _ arguments: [String] = []) throws -> Program {
    let errors = FileManager.default.temporaryDirectory
      .appendingPathComponent("memtop-errors-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: errors) }
    let commands = "exec 2>'\(errors.path)'\n\(prelude)\(script)"
    let words = ["bash", "-c", commands, path] + arguments
    let (status, output) = try collect(words)
    let complaints = (try? String(contentsOf: errors, encoding: .utf8)) ?? ""
    return Program(status: status, output: output, errors: complaints)
  }

  private static func collect(_ words: [String]) throws -> (Int32, String) {
    var arguments = words.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    var child: pid_t = 0
    var reading: Int32 = -1
    try #require(mt_child_start("/bin/bash", &arguments, &child, &reading) == 0)
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = read(reading, &chunk, chunk.count), count > 0 {
      bytes += chunk.prefix(count)
    }
    close(reading)
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    // The encoding of wait(2): an exit's status is the second byte, a signal's number the first.
    let ending = status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    return (ending, String(decoding: bytes, as: UTF8.self))
  }
}
