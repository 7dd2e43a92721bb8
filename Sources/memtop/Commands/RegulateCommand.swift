import ArgumentParser
import MemtopCore

/// `memtop regulate`.
struct RegulateCommand: MemtopSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "regulate",
    abstract: "Move the targets of domains handed to it. The guard checks every change.",
    usage: "memtop regulate [--policy <file>] [--dry-run] [-d <seconds>]",
    discussion: """
      Domains are handed to it and taken back by M on the screen, or by
      regulate = yes in the policy. It releases a domain if someone else sets
      its target. TERM, INT and HUP end it; every target stays as it is.
      Exit status: 0 ended by a signal, 1 failed, 2 squeezed or qmemman sets
      the targets here, or XAPI without owner = xapi in the policy, 64 wrong
      usage, 65 the policy cannot be read, 69 not a usable Xen host, 73 another
      memtop regulate runs on this host.
      """)

  static let heeded = RootOption.simulation.union([.policy, .delay])

  @ParentCommand var memtop: MemtopCommand
  @OptionGroup var policy: PolicyOptions
  @OptionGroup var sampling: SamplingOptions
  @OptionGroup var host: HostOptions

  @Flag(
    name: .customLong("dry-run"),
    help: "Print what would be done; change nothing.")
  var isDryRun = false

  func run() throws {
    try endWithStatus { () throws(Failure) in
      try RegulateSession(
        policies: policy.read(isDemo: host.demo), interval: sampling.interval, isDry: isDryRun,
        isDemo: host.demo,
        open: { () throws(Failure) in try host.open(author: ChangeAuthor.regulatorName) }
      ).run()
    }
  }
}
