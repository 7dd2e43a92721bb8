import Foundation

@testable import MemtopXen

/// A real xenstored of this test's own, in a directory of its own.
final class Xenstored {
  let directory = Fixture.temporaryDirectory()
  private var process = Process()

  init() throws {
    // libxenstore asks the environment; the suites that use this run one after another.
    setenv("XENSTORED_PATH", socket, 1)
    try start()
  }

  deinit {
    kill()
    try? FileManager.default.removeItem(at: directory)
  }

  var socket: String { directory.appendingPathComponent("socket").path }

  func start() throws {
    process = Process()
    process.executableURL = URL(fileURLWithPath: Fixture.xenstored)
    process.arguments = ["-N", "-F", directory.appendingPathComponent("pid").path]
    process.environment = [
      "LD_PRELOAD": Fixture.fakeHost, "XENSTORED_RUNDIR": directory.path,
      "XENSTORED_PATH": socket,
    ]
    process.standardError = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    try process.run()
    try eventually { (try? StoreConnection(socketOnly: true)) != nil }
  }

  var processID: Int32 { process.processIdentifier }

  /// A connection without anybody's library between.
  func connect() throws -> Int32 {
    let descriptor = Foundation.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    guard UnixAddress(socket).use(descriptor, Foundation.connect) else {
      throw Unexpected(description: "no connection to \(socket)")
    }
    return descriptor
  }

  func kill() {
    guard process.isRunning else { return }
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// How many connections it has, as the kernel counts them.
  func connections() throws -> Int {
    // Foundation takes the first short read for the end of such a file.
    let bytes = try SystemFile("/proc/net/unix").read(limit: 1 << 20)
    let table = String(decoding: bytes, as: UTF8.self)
    // State 03 is connected (kernel, include/uapi/linux/net.h, SS_CONNECTED).
    return table.split(separator: "\n").filter { line in
      line.hasSuffix(socket) && line.split(separator: " ").dropFirst(5).first == "03"
    }.count
  }

  /// Holds it, as a machine does that swaps or a debugger.
  func stop() { Foundation.kill(process.processIdentifier, SIGSTOP) }
  func proceed() { Foundation.kill(process.processIdentifier, SIGCONT) }
}
