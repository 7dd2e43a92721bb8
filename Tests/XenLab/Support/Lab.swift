import Foundation
import Synchronization

/// One emulated machine that runs Xen, with memtop's release binary in its dom0.
final class Lab: Sendable {
  enum Store: String { case xenstored, oxenstored }

  let name: String
  /// The guests that are there from the boot on, and that no test ends.
  let standing: [String]
  /// Those as they were when they were last known to live.
  let lives = Mutex<Lives>(Lives())

  static let sources = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
  static let repository = sources.deletingLastPathComponent().deletingLastPathComponent()
  static let script = sources.appendingPathComponent("lab").path
  static let binary = repository.appendingPathComponent(".build/release/memtop").path

  /// Slow proofs are asked for by `make lab-long`.
  static let isLong = ProcessInfo.processInfo.environment["MEMTOP_LAB_LONG"] == "1"
  /// With MEMTOP_LAB_KEEP=1 the machine outlives the run, and the next one takes it as it is: for
  /// working on these tests.
  private static let isKept = ProcessInfo.processInfo.environment["MEMTOP_LAB_KEEP"] == "1"
  private static let isCI = ProcessInfo.processInfo.environment["CI"] == "true"

  /// Whether QEMU and Xen's packages are here. Where they cannot be had the tests are skipped, in so
  /// many words; in CI they fail at the boot.
  static let isPresent: Bool = {
    let install = try? Command.run([script, "install"], within: 1200)
    if install?.status == 0 || isCI { return true }
    let why = install?.errors.split(separator: "\n").last.map(String.init) ?? "lab does not start"
    print("skipped: the tests on a real Xen: \(why)")
    return false
  }()

  private static let running = Mutex<(store: Store, lab: Result<Lab, any Error>)?>(nil)

  /// The machine with oxenstored has two NUMA nodes, too.
  private static let nodes = "MEMTOP_LAB_XEN=numa=fake=2"

  /// The machine with that xenstore daemon: booted when first asked for, and then shared. Two would
  /// be too slow, so the one that runs makes way for another.
  static func with(_ store: Store) throws -> Lab {
    try running.withLock { running in
      if let running, running.store == store { return try running.lab.get() }
      try? (running?.lab.get())?.stop()
      let lab = Result { try Lab(store) }
      running = (store, lab)
      return try lab.get()
    }
  }

  private init(_ store: Store) throws {
    name = store == .xenstored ? "tests" : "tests-oxenstored"
    standing = store == .xenstored ? ["pv1", "pv2", "pvh1"] : ["pv1"]
    _ = Self.stopAtExit
    try Command.run([Self.script, "install"], within: 1200).orThrow()
    if !Self.isKept || !isRunning { try bootOrAgain(store) }
    try takeEmulator()
    try put(Self.binary, "/usr/bin/memtop")
    try rememberLives()
  }

  private var isRunning: Bool { (try? dom0("true"))?.status == 0 }

  /// Nothing of memtop's runs yet: what fails here is the machine.
  private func bootOrAgain(_ store: Store) throws {
    do { try boot(store) } catch {
      print("the emulated machine failed: \(error)\nIt is started again.")
      try boot(store)
    }
  }

  private func boot(_ store: Store) throws {
    // One that a killed run left behind has guests in any state.
    try stop()
    var start = ["start", "--name", name, "--guests", standing.joined(separator: " ")]
    var command = [Self.script]
    if store == .oxenstored {
      start.append("--oxenstored")
      command = ["/usr/bin/env", Self.nodes, Self.script]
    }
    // The command knows better when to give up: it counts the machine's own time.
    print(try Command.run(command + start, within: 7200).orThrow().output, terminator: "")
  }

  /// Time-outs count the time that this process had.
  private func takeEmulator() throws {
    let line = try run("status").orThrow().lines.first { $0.hasPrefix("\(name) pid ") }
    let pid = line?.split(separator: " ").dropFirst(2).first.flatMap { pid_t($0) }
    MachineTime.emulator.withLock { $0 = pid }
  }

  /// A machine whose emulator has ended is of no more use: the next test boots another.
  static func forget() {
    running.withLock { running in
      try? (running?.lab.get())?.stop()
      running = nil
    }
  }

  /// The machine that runs, if one does.
  static var current: Lab? { running.withLock { try? $0?.lab.get() } }

  private static let stopAtExit: Void = {
    atexit {
      if Lab.isKept { return }
      Lab.running.withLock { running in try? (running?.lab.get())?.stop() }
    }
  }()

  func stop() throws { try run("stop").orThrow() }

  /// A command's limit is by the clock, and the end for a machine that is dead.
  private func run(_ command: String, _ words: String..., within seconds: Int = 1200) throws
    -> Command
  {
    try Command.run([Self.script, command, "--name", name] + words, within: seconds)
  }

  /// Runs a shell command in dom0.
  func dom0(_ command: String, within seconds: Int = 1200) throws -> Command {
    try run("ssh", command, within: seconds)
  }

  /// The output of a shell command in dom0 that must end well, without its last newline.
  @discardableResult
  func text(_ command: String, within seconds: Int = 1200) throws -> String {
    let output = try dom0(command, within: seconds).orThrow().output
    return output.hasSuffix("\n") ? String(output.dropLast()) : output
  }

  /// The output of a shell command in a guest.
  @discardableResult
  func guest(_ guest: String, _ command: String) throws -> String {
    try run("guest", guest, command).orThrow().output
  }

  func dialect(_ guest: String, _ dialects: String) throws {
    try run("dialect", guest, dialects).orThrow()
  }

  func get(_ remote: String, _ local: String) throws {
    try run("get", remote, local).orThrow()
  }

  func put(_ local: String, _ remote: String) throws {
    try run("put", local, remote).orThrow()
  }
}
