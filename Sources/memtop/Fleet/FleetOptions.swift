import ArgumentParser
import MemtopConf
import MemtopCore
import MemtopSystem

/// Which other hosts are shown, and how they are reached.
struct FleetOptions: ParsableArguments {
  @Option(
    name: .customLong("host"),
    help: ArgumentHelp(
      "Show this host, reached through ssh; once for each host.", valueName: "user@host"))
  var typed: [String] = []

  @Option(
    name: .customLong("hosts"),
    help: ArgumentHelp("Show the hosts that this file lists.", valueName: "file"),
    completion: .file(), transform: TypedValue.path)
  var file: String?

  @Option(
    help: ArgumentHelp("Run this program in place of ssh.", valueName: "program"),
    completion: .file(), transform: TypedValue.path)
  var ssh: String?

  var isUsed: Bool { !typed.isEmpty || file != nil }

  func validate() throws {
    if ssh != nil, !isUsed { throw ValidationError("--ssh needs --host or --hosts") }
    if let ssh, !ssh.hasPrefix("/") {
      throw ValidationError("--ssh \(ssh): give the whole path of the program")
    }
  }

  /// All hosts, each once.
  func hosts() throws(Failure) -> [RemoteHost] {
    var hosts: [RemoteHost] = []
    for text in typed { hosts.append(try RemoteHost(typed: text)) }
    if let file { hosts += try Self.listed(in: file) }
    for (index, host) in hosts.enumerated() {
      for other in hosts[..<index] where other.name == host.name || other.address == host.address {
        throw Failure(line: "the host \(host.name) is given twice", status: .usage)
      }
    }
    return hosts
  }

  private static func listed(in file: String) throws(Failure) -> [RemoteHost] {
    let entries: [HostsFile.Entry]
    do throws(ConfError) { entries = try HostsFile.read(file) } catch {
      throw Failure(line: error.description, status: .badData)
    }
    var hosts: [RemoteHost] = []
    for entry in entries {
      hosts.append(try host(entry, file))
    }
    return hosts
  }

  private static func host(_ entry: HostsFile.Entry, _ file: String) throws(Failure) -> RemoteHost {
    do throws(Failure) {
      return try RemoteHost(
        name: entry.name, address: entry.reached, command: entry.command ?? "memtop")
    } catch {
      throw Failure(
        line: ConfError(file, entry.addressLine, error.line).description, status: .badData)
    }
  }

  func source(
    _ hosts: [RemoteHost], _ interval: Span, _ loop: any EventLoop, _ plan: RecordingPlan
  ) -> any DashboardSource {
    FleetSource(
      hosts, transport: ssh.map { Transport(program: $0) } ?? Transport(), interval: interval,
      loop: loop, recording: ScreenRecording(plan.recorder, file: plan.file))
  }
}
