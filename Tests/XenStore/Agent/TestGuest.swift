import Foundation
@testable import MemtopCore

@testable import MemtopXen

/// A guest of the test's own with a real xenstored, in which memtop-agent runs.
///
/// Outside a domain what an agent writes to `data/` is that of domain 0.
final class TestGuest {
  /// As memtop-agent finds them in guests.
  enum Shell: CaseIterable {
    case dash, ash, bash, posixBash

    var words: [String] {
      switch self {
      case .dash: ["/bin/dash"]
      case .ash: [Fixture.directory.appendingPathComponent("busybox").path, "ash"]
      case .bash: ["/bin/bash"]
      case .posixBash: ["/bin/bash", "--posix"]
      }
    }
  }

  let root: GuestRoot
  let xenstored: Xenstored
  private(set) var store: StoreConnection
  var environment: [String: String]

  static let agent = Fixture.sources.deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("agent/memtop-agent").path
  private static let tools = Fixture.directory.appendingPathComponent("tools").path

  init(_ kernel: GuestRoot.Kernel = .full) throws {
    root = try GuestRoot(kernel)
    xenstored = try Xenstored()
    store = try StoreConnection(socketOnly: true)
    environment = [
      "PATH": "\(Self.tools):/usr/bin:/bin", "XENSTORED_PATH": xenstored.socket,
      "MEMTOP_AGENT_ROOT": root.folder.path,
    ]
  }

  /// Starts the agent.
  func start(_ arguments: String..., by shell: Shell = .dash) throws -> Child {
    try Child(shell.words + [Self.agent] + arguments, environment: environment, in: self)
  }

  /// A path of this domain's; nil where it does not exist.
  func value(_ path: String) throws -> String? { try store.text("/local/domain/0/\(path)") }

  func write(_ path: String, _ text: String) throws {
    try store.write("/local/domain/0/\(path)", Array(text.utf8))
  }

  func reconnect() throws { store = try StoreConnection(socketOnly: true) }

  /// A program of the test's own that stands in for one of xenstore's.
  func replace(_ program: String, with script: String) throws {
    try root.write("tools/\(program)", "#!/bin/sh\n\(script)\n")
    let path = root.folder.appendingPathComponent("tools/\(program)").path
    chmod(path, 0o755)
    environment["PATH"] = "\(root.folder.path)/tools:" + environment["PATH"]!
  }

  /// The number of the last report, as memtop reads it.
  func sequence() throws -> UInt64? {
    guard let line = try value("data/memtop") else { return nil }
    return try Self.read(line).sequence
  }

  /// Waits for a report of that number or a later one.
  func awaitReport(_ number: UInt64) throws {
    try eventually(30) { (try sequence() ?? 0) >= number }
  }

  /// A line as memtop reads it.
  static func read(_ line: String) throws -> GuestReport {
    let keys = StoreKeys(entries: [(.memtopReport, Array(line.utf8))])
    guard case .read(let reports) = ReportReader.readAll(keys), let report = reports.first else {
      throw Unexpected(description: "memtop cannot read: \(line)")
    }
    return report.report
  }
}
