import Foundation

@testable import MemtopXen
import MemtopSystem

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

  /// Requests that memtop does not make (xs_wire.h, xsd_sockmsg_type).
  enum Request: UInt32 {
    case permissions = 3
    case setPermissions = 14
  }

  /// The payload of the answer, on a connection of its own.
  func ask(_ request: Request, _ payload: [UInt8]) throws -> [UInt8] {
    let descriptor = try connect()
    defer { close(descriptor) }
    var head: [UInt32] = [request.rawValue, 7, 0, UInt32(payload.count)]
    let sent = head.withUnsafeBytes { write(descriptor, Array($0) + payload, 16 + payload.count) }
    guard sent == 16 + payload.count,
      head.withUnsafeMutableBytes({ recv(descriptor, $0.baseAddress!, 16, Int32(MSG_WAITALL)) })
        == 16
    else { throw Unexpected(description: "no answer from xenstored") }
    var answer = [UInt8](repeating: 0, count: Int(head[3]))
    _ = recv(descriptor, &answer, answer.count, Int32(MSG_WAITALL))
    guard head[0] == request.rawValue else {
      throw Unexpected(description: String(decoding: answer, as: UTF8.self))
    }
    return answer
  }

  func kill() {
    guard process.isRunning else { return }
    Foundation.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  /// How many connections it has, as the kernel counts them.
  func connections() throws -> Int {
    // State 03 is connected (kernel, include/uapi/linux/net.h, SS_CONNECTED).
    try Self.count("03", at: socket)
  }

  /// Somebody has connected to the one at `socket` while it is held, and waits for it.
  static func isAwaited(at socket: String) throws -> Bool {
    // State 02 is connecting (SS_CONNECTING): the server has not accepted it yet.
    try count("02", at: socket) > 0
  }

  private static func count(_ state: String, at socket: String) throws -> Int {
    // Foundation takes the first short read for the end of such a file.
    let bytes = try SystemFile("/proc/net/unix").read(limit: 1 << 20)
    let table = String(decoding: bytes, as: UTF8.self)
    return table.split(separator: "\n").filter { line in
      line.hasSuffix(socket) && line.split(separator: " ").dropFirst(5).first == state[...]
    }.count
  }

  /// Holds it, as a machine does that swaps or a debugger.
  func stop() { Foundation.kill(process.processIdentifier, SIGSTOP) }
  func proceed() { Foundation.kill(process.processIdentifier, SIGCONT) }
}
