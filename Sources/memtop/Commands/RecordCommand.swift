import ArgumentParser
import MemtopCore
import MemtopRecording

/// `memtop record FILE`.
struct RecordCommand: MemtopSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Record every sample to a file, without a screen.",
    usage:
      "memtop record <file> [-d <seconds>] [--keep <time>] [--max-size <size>] [--sync <seconds>] [--note <text>]",
    discussion: """
      Continues a recording that exists. TERM, INT and HUP end it cleanly.
      Exit status: 0 ended by a signal, 1 failed, 64 wrong usage, 65 the file
      is not a recording or is damaged, 69 not a usable Xen host, 73 another
      memtop records into the file.
      """)

  static let heeded = RootOption.simulation.union([.delay, .keep, .maxSize, .sync])

  @ParentCommand var memtop: MemtopCommand
  @OptionGroup var sampling: SamplingOptions
  @OptionGroup var limits: RecordingLimits
  @OptionGroup var host: HostOptions

  @Argument(
    help: "The recording, an SQLite database.", completion: .file(), transform: TypedValue.path)
  var file: String

  @Option(help: ArgumentHelp("What this recording is about.", valueName: "text"))
  var note: String?

  func run() throws {
    let options = limits.options(
      program: "memtop record", interval: sampling.interval, note: note)
    try endWithStatus { () throws(Failure) in
      try RecordSession(
        file: file, options: options, open: { () throws(Failure) in try host.open() }
      ).run()
    }
  }
}

/// How a recording is kept: that of `memtop record`, of `--record`, and of the key `r`.
struct RecordingLimits: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Delete samples older than this, such as 36h, 7d or 4w; at least 1m; default: keep all.",
      valueName: "time"), transform: TypedValue.time(atLeast: .minutes(1), "a minute"))
  var keep: Span?

  @Option(
    help: ArgumentHelp(
      """
      Delete the oldest samples to keep the file below this size, such as 200M or 2G; at least 2M; \
      default: no limit.
      """, valueName: "size"), transform: Self.size)
  var maxSize: Bytes?

  @Option(
    help: ArgumentHelp(
      """
      If power fails, lose at most this many seconds (plus one interval), 0 to 3600; default 5. 0 \
      syncs each sample.
      """, valueName: "seconds"), transform: TypedValue.seconds(0...3600))
  var sync: Span?

  /// Whose recording it is, is found when it is opened: that may ask servers.
  func options(program: String = "memtop", interval: Span, note: String? = nil) -> RecordingOptions
  {
    RecordingOptions(
      keep: keep, maxSize: maxSize, sync: sync ?? RecordingOptions.defaultSync, interval: interval,
      program: program, note: note)
  }

  @Sendable private static func size(_ typed: String) throws -> Bytes {
    let least = RecordingOptions.leastMaxSize
    do {
      let size = try SizeExpression.amount(parsing: OptionalValues.withMinus(typed))
      if size >= least { return size }
    } catch {
      throw ValidationError("\(error.reason); at least \(least.short)")
    }
    throw ValidationError("must be at least \(least.short)")
  }
}
