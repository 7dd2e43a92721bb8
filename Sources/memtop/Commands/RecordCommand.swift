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

  @Argument(help: "The recording, an SQLite database.", completion: .file())
  var file: String

  @Option(help: ArgumentHelp("What this recording is about.", valueName: "text"))
  var note: String?

  func run() throws {
    let options = try limits.options(
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
      "Delete samples older than this, such as 36h, 7d or 4w; default: keep all.",
      valueName: "time"))
  var keep: String?

  @Option(
    help: ArgumentHelp(
      """
      Delete the oldest samples to keep the file below this size, such as 200M or 2G; default: no \
      limit.
      """, valueName: "size"))
  var maxSize: String?

  @Option(
    help: ArgumentHelp(
      "If power fails, lose at most this many seconds (plus one interval); default 5.",
      valueName: "seconds"))
  var sync: Double?

  func validate() throws {
    _ = try options(interval: .seconds(1))
  }

  /// Whose recording it is, is found when it is opened: that may ask servers.
  func options(program: String = "memtop", interval: Span, note: String? = nil) throws
    -> RecordingOptions
  {
    RecordingOptions(
      keep: try keep.map(Self.time), maxSize: try maxSize.map(Self.size),
      sync: try sync.map(Self.seconds) ?? RecordingOptions.defaultSync, interval: interval,
      program: program, note: note)
  }

  private static func time(_ text: String) throws -> Span {
    let days: [Character: Int64] = ["d": 24, "w": 7 * 24]
    let span: Span? =
      if let unit = text.last, let hours = days[unit] {
        Span(typed: text.dropLast() + "h").map { $0 * hours }
      } else {
        Span(typed: text)
      }
    guard let span, span >= .minutes(1) else {
      throw ValidationError("--keep \(text): must be a minute or longer, such as 36h or 7d")
    }
    return span
  }

  private static func size(_ text: String) throws -> Bytes {
    let size: Bytes
    do {
      size = try SizeExpression.amount(parsing: text)
    } catch {
      throw ValidationError("--max-size: \(error.description)")
    }
    guard size >= RecordingOptions.leastMaxSize else {
      throw ValidationError(
        "--max-size \(text): must be at least \(RecordingOptions.leastMaxSize.short)")
    }
    return size
  }

  private static func seconds(_ number: Double) throws -> Span {
    guard (0...3600).contains(number) else {
      throw ValidationError("--sync \(number): from 0 (each sample) to 3600 seconds")
    }
    return Span(milliseconds: Int64(clamping: (number * 1000).rounded()))
  }
}
