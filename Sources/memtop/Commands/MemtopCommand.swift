import ArgumentParser
import Glibc
import MemtopCore
import MemtopSystem
import MemtopRecording
import MemtopXen

/// `memtop` itself: the screen, or lines with `-b`.
struct MemtopCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "memtop", abstract: "Show and move the memory of a Xen host's domains.",
    usage: """
      memtop [<options>]
      memtop -b [-n <samples>] [--format <format>] [--fields <list>] [<options>]
      memtop <subcommand> [<arguments>]
      """,
    discussion: HelpLists.text, version: Version.text,
    subcommands: [
      SetCommand.self, FreeCommand.self, RecordCommand.self, ReplayCommand.self, DumpCommand.self,
      ReportCommand.self, PolicyCommand.self, RegulateCommand.self, ExportCommand.self,
      CheckCommand.self, ServeCommand.self, SimulateCommand.self,
    ])

  @OptionGroup var host: HostOptions
  @OptionGroup var fleet: FleetOptions
  @OptionGroup var screen: ScreenOptions
  @OptionGroup var drawing: DrawingOptions
  @OptionGroup var batch: BatchOptions
  @OptionGroup var sampling: SamplingOptions
  @OptionGroup var list: ListOptions
  @OptionGroup var recording: RecordingLimits
  @OptionGroup var policy: PolicyOptions

  func run() throws {
    let plan = RecordingPlan(
      file: screen.record, options: recording.options(interval: sampling.interval))
    try endWithStatus { () throws(Failure) in
      let policies = try policy.read(isDemo: host.demo)
      if batch.batch { try runBatch(policies) } else { try runScreen(plan, policies) }
    }
  }

  private func runBatch(_ policies: PolicySet) throws(Failure) {
    try Batch(
      host: try host.open(scope: batch.scope(list.choice)), fields: batch.chosen, list: list.choice,
      format: (try? batch.format(of: BatchFormat.self)) ?? .table,
      interval: sampling.interval, samples: batch.samples, policies: policies, loop: PollLoop()
    ).run()
  }

  private func runScreen(_ plan: RecordingPlan, _ policies: PolicySet) throws(Failure) {
    let hosts = try fleet.hosts()
    try ScreenSession(
      open: { loop throws(Failure) in
        guard hosts.isEmpty else { return fleet.source(hosts, sampling.interval, loop, plan) }
        return Self.live(try host.openForScreen(policies), loop, plan)
      },
      isASCII: drawing.ascii,
      settings: .init(isReadOnly: screen.readOnly, interval: sampling.interval, policies: policies),
      list: list.choice
    ).run()
  }

  private static func live(_ host: HostConnection, _ loop: any EventLoop, _ plan: RecordingPlan)
    -> LiveSource
  {
    LiveSource(
      host: host, loop: loop,
      recording: ScreenRecording(plan.recorder, file: plan.file))
  }

  /// What `memtop` alone does, without asking the argument parser: to learn that there is nothing
  /// to parse costs it more than all else that happens until the screen stands.
  static func runPlain() -> Never {
    do throws(Failure) {
      let policies = try PolicyOptions.read(nil)
      try ScreenSession(
        open: { loop throws(Failure) in
          live(try XenConnection.open(), loop, RecordingPlan(options: RecordingOptions()))
        }, isASCII: false,
        settings: .init(policies: policies), list: ListChoice()
      ).run()
      Glibc.exit(EXIT_SUCCESS)
    } catch {
      Glibc.exit(told(error))
    }
  }
}

/// What `memtop --version` says.
enum Version {
  static let text = "0.1"
}

/// Ends with one line and the documented status where `body` fails.
func endWithStatus(_ body: () throws(Failure) -> Void) throws {
  do throws(Failure) {
    try body()
  } catch {
    throw ExitCode(told(error))
  }
}

/// Says why a command failed, where that is not said already, and gives its exit status.
func told(_ failure: Failure) -> Int32 {
  if !failure.line.isEmpty { complain(failure.line) }
  return failure.status.rawValue
}
