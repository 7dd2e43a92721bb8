import Foundation
import MemtopCore
import MemtopSystem

@testable import MemtopXen

/// A host with one guest that the real libxl can work on: with the fake hypervisor, the files that
/// tell a dom0, and libxl's note of the guest.
final class LibxlHost {
  let host: TestHost
  let root: URL
  let domid: UInt16
  /// Where the writer process finds xenstored; nil is the real one.
  var socket: String?
  var domain: DomainID { DomainID(domid: domid, uuid: host.hypervisor.domains[1].uuid) }

  init(domid: UInt16 = 1) throws {
    self.domid = domid
    host = try TestHost(domids: [0, domid])
    root = host.xenstored.directory.appendingPathComponent("root")
    for (path, text) in [
      ("proc/xen/capabilities", "control_d\n"), ("sys/hypervisor/type", "xen\n"),
      ("sys/hypervisor/version/major", "4\n"), ("sys/hypervisor/version/minor", "17\n"),
      ("sys/hypervisor/version/extra", ".7\n"),
    ] {
      try put(path, text)
    }
    try FileManager.default.createDirectory(
      at: root.appendingPathComponent("run"), withIntermediateDirectories: true)
    try describe(as: "pv")
    try host.write(domid, .target, "131072")
    try host.write(domid, .staticMax, "262144")
  }

  private func put(_ path: String, _ text: String) throws {
    let file = root.appendingPathComponent(path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try text.write(to: file, atomically: true, encoding: .utf8)
  }

  /// What libxl has noted of the guest: "pv" or "hvm". It ends with a zero, as libxl writes it
  /// (libxl_internal.c, libxl__set_domain_configuration).
  func describe(as type: String) throws {
    try put(
      "var/lib/xen/userdata-d.\(domid).\(domain.uuid).libxl-json",
      #"{"domid":\#(domid),"c_info":{"type":"\#(type)"},"#
        + #""b_info":{"max_memkb":262144,"type.\#(type)":{}}}"# + "\0")
  }

  static var probe: String {
    // Beside the tests themselves, wherever they were built.
    Bundle.main.bundleURL.appendingPathComponent("xen-probe").path
  }

  private var environment: [String: String] {
    [
      "LD_PRELOAD": Fixture.fakeHypercalls, "FAKE_XEN_ROOT": root.path,
      "FAKE_XEN_TABLE": host.hypervisor.path, "XENSTORED_PATH": socket ?? host.xenstored.socket,
    ]
  }

  /// The program and arguments of a writer process, which `before` may delay.
  func command(before: String = ":") -> (program: String, arguments: [String]) {
    let settings = environment.map { "\($0)='\($1)'" }.joined(separator: " ")
    let script = "\(before); exec env \(settings) \(Self.probe) \(XenTargetWriter.subcommand)"
    return ("/bin/sh", ["sh", "-c", script])
  }

  func start() throws -> WriterProcess {
    let (program, arguments) = command()
    return try WriterProcess(program, arguments, clock: .system)
  }

  func writer(
    author: String = "alice", before: String = ":",
    _ change: (inout ChangeLimits) -> Void = { _ in }
  ) -> XenTargetWriter {
    var limits = ChangeLimits()
    change(&limits)
    let (program, arguments) = command(before: before)
    return XenTargetWriter(
      author: author, limits: limits, program: program, arguments: arguments)
  }

  func set(
    uuid: DomainUUID? = nil, from: Bytes? = .mib(128), to: Bytes = .mib(64),
    after span: Span = .seconds(30), beginAfter: Span = .seconds(30)
  ) -> TargetTask {
    .set(
      TargetTask.Change(
        domain: DomainID(domid: domid, uuid: uuid ?? domain.uuid), from: from, size: to,
        begin: HostClock.system.steady() + beginAfter,
        deadline: HostClock.system.steady() + span, author: "alice", reason: "test"))
  }

  /// What a process says to a task, up to its end.
  func talk(_ process: WriterProcess, _ task: TargetTask) -> [TargetReply] {
    process.send(task.line)
    var replies: [TargetReply] = []
    let end = HostClock.system.steady() + .seconds(60)
    while case .reply(let reply) = process.next(until: end) {
      replies.append(reply)
      if reply == .done { break }
    }
    return replies
  }

  func apply(_ task: TargetTask) throws -> [TargetReply] { talk(try start(), task) }

  func order(from: Bytes = .mib(128), to: Bytes = .mib(64)) -> TargetOrder {
    TargetOrder(domain: domain, name: "g1", from: from, to: to, reason: "test")
  }

  /// Takes the guest's lock.
  func takeLock() throws -> DomainLock {
    try DomainLock(
      root.path + "/var/lib/xen/userdata-l.\(domid).\(domain.uuid).domain-userdata-lock")
  }

  /// A process that looks like the one that saves the guest.
  func startSaveHelper() throws -> Process {
    let program = root.appendingPathComponent("libxl-save-helper")
    try FileManager.default.createSymbolicLink(
      at: program, withDestinationURL: URL(fileURLWithPath: Self.probe))
    let helper = Process()
    helper.executableURL = program
    helper.arguments = ["--save-domain", "9", "-1", "\(domid)", "1", "5", "0"]
    try helper.run()
    // Until it is started it is still called as the test.
    try eventually {
      try SystemFile.text("/proc/\(helper.processIdentifier)/comm") == SaveHelper.command
    }
    return helper
  }

  func process(_ arguments: [String]) -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: Self.probe)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    process.standardInput = FileHandle.nullDevice
    return process
  }

  func run(_ arguments: [String]) throws -> (output: String, status: Int32) {
    let process = process(arguments)
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (String(decoding: bytes, as: UTF8.self), process.terminationStatus)
  }
}

/// A domain's lock, held as libxl holds it (libxl_internal.c, libxl__lock_file).
struct DomainLock: Sendable {
  private let path: String
  private let descriptor: Int32

  fileprivate init(_ path: String) throws {
    self.path = path
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard descriptor >= 0, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw Unexpected(description: "no lock on \(path)")
    }
  }

  /// Somebody waits for it.
  var isAwaited: Bool {
    get throws {
      var status = stat()
      fstat(descriptor, &status)
      let bytes = try SystemFile("/proc/locks").read(limit: 1 << 20)
      return String(decoding: bytes, as: UTF8.self).split(separator: "\n").contains {
        $0.contains("->") && $0.contains(":\(status.st_ino) ")
      }
    }
  }

  func release() {
    unlink(path)
    close(descriptor)
  }
}

extension XenTargetWriter {
  /// Sets a target that was judged by figures of this moment.
  func write(_ order: TargetOrder) -> TargetOutcome {
    write(order, OrderTerm(judged: HostClock.system.steady()))
  }
}
