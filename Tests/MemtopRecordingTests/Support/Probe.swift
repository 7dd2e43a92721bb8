import CLinux
import CSQLite
import Foundation
import Testing

/// Tests/Recording/Probe: a writer that is a process of its own, and can be killed.
final class Probe {
  private var child: pid_t = 0
  private var output: Int32 = -1
  private(set) var text = ""

  static let path: String = {
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
    var directory = bundle.deletingLastPathComponent()
    while directory.path != "/" {
      let candidate = directory.appendingPathComponent("record-probe").path
      if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
      directory.deleteLastPathComponent()
    }
    preconditionFailure("no record-probe beside \(bundle.path)")
  }()

  init(_ arguments: String...) throws { try start(Self.path, [Self.path] + arguments) }

  /// A script in which `$0` is the probe.
  init(script: String) throws { try start("/bin/bash", ["bash", "-c", script, Self.path]) }

  private func start(_ program: String, _ words: [String]) throws {
    var arguments = words.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    try #require(mt_child_start(program, &arguments, &child, &output) == 0)
  }

  /// Reads until it has said something; false where it has ended.
  func hear() -> Bool {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    var count = 0
    repeat { count = read(output, &bytes, bytes.count) } while count < 0 && errno == EINTR
    guard count > 0 else { return false }
    text += String(decoding: bytes.prefix(count), as: UTF8.self)
    return true
  }

  func kill() { _ = Glibc.kill(child, SIGKILL) }

  /// Hears it to its end; its exit status, or 128 and the signal that ended it.
  func end() -> Int32 {
    while hear() {}
    close(output)
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
  }

  var lines: [Substring] { text.split(separator: "\n") }
  /// What it acknowledged, in order.
  var numbers: [Int64] { lines.compactMap { Int64($0) } }
}

/// A look at a database past memtop, which changes nothing of it but what SQLite must mend.
enum Raw {
  /// Changes it, as somebody with sqlite3(1) would.
  static func run(_ path: String, _ sql: String) throws {
    var handle: OpaquePointer?
    defer { sqlite3_close_v2(handle) }
    guard sqlite3_open(path, &handle) == SQLITE_OK,
      sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK
    else { throw Shell.Failed(status: sqlite3_extended_errcode(handle)) }
  }

  static func text(_ path: String, _ sql: String) -> String? {
    let word = text(path, sql, SQLITE_OPEN_READONLY)
    return word?.contains("readonly") == true ? text(path, sql, SQLITE_OPEN_READWRITE) : word
  }

  private static func text(_ path: String, _ sql: String, _ flags: Int32) -> String? {
    var handle: OpaquePointer?
    defer { sqlite3_close_v2(handle) }
    guard sqlite3_open_v2(path, &handle, flags, nil) == SQLITE_OK else { return nil }
    sqlite3_busy_timeout(handle, 5_000)
    var statement: OpaquePointer?
    defer { sqlite3_finalize(statement) }
    guard sqlite3_prepare_v2(handle, sql, -1, &statement, nil) == SQLITE_OK,
      sqlite3_step(statement) == SQLITE_ROW, let text = sqlite3_column_text(statement, 0)
    else { return String(cString: sqlite3_errmsg(handle)) }
    return String(cString: text)
  }
}
