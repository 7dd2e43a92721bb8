import ArgumentParser
import MemtopCore
import MemtopHTTP

/// `memtop export`.
struct ExportCommand: MemtopSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Give the host's figures to Prometheus.",
    usage: """
      memtop export [--listen <address:port>] [--policy <file>]
      memtop export --textfile <dir> [--interval <seconds>] [--policy <file>]
      """,
    discussion: """
      Serves /metrics over HTTP until TERM, INT or HUP, on 127.0.0.1:10640 unless
      --listen says otherwise or systemd has opened a socket. Each request reads
      the host.
      --textfile writes memtop.prom for node_exporter's textfile collector: once,
      or at an interval until TERM, INT or HUP, which remove it.
      Exit status: 0 done or ended by a signal, 1 failed, 64 wrong usage, 65 the
      policy cannot be read, 69 not a usable Xen host.
      """)

  static let heeded = RootOption.simulation.union([.policy])

  @ParentCommand var memtop: MemtopCommand
  @OptionGroup var policy: PolicyOptions
  @OptionGroup var host: HostOptions

  @Option(
    help: ArgumentHelp(
      "Serve on this address, such as 127.0.0.1:10640 or [::1]:10640.", valueName: "address:port"),
    transform: TypedValue.reader(
      "an address and port such as 127.0.0.1:10640 or [::1]:10640, or a port"
    ) {
      ListenAddress($0)
    })
  var listen: ListenAddress?

  @Option(
    help: ArgumentHelp(
      "Write memtop.prom in this directory, for node_exporter.", valueName: "dir"),
    completion: .directory, transform: TypedValue.path)
  var textfile: String?

  @Option(
    help: ArgumentHelp(
      """
      With --textfile: write it again each time, 1 to 3600; default: once. Above 300, change the \
      alert MemtopTextfileOld.
      """, valueName: "seconds"),
    transform: TypedValue.seconds(1...3600))
  var interval: Span?

  func validate() throws {
    if interval != nil, textfile == nil { throw ValidationError("--interval needs --textfile") }
    if listen != nil, textfile != nil {
      throw ValidationError("--listen cannot be used with --textfile")
    }
  }

  func run() throws {
    try endWithStatus { () throws(Failure) in
      let policies = try policy.read(isDemo: host.demo)
      let open = { () throws(Failure) in try host.open() }
      guard let textfile else {
        return try MetricsService(address: listen, policies: policies, open: open).run()
      }
      try TextfileExport(
        directory: textfile, interval: interval, policies: policies, open: open
      ).run()
    }
  }
}
