import ArgumentParser
import MemtopCore
import MemtopRecording

/// `memtop record FILE`.
struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Record every sample to a file, without a screen.",
    usage:
      "memtop record <file> [-d <seconds>] [--keep <time>] [--max-size <size>] [--sync <seconds>] [--note <text>]",
    discussion: """
      Continues a recording that exists. TERM, INT and HUP end it cleanly.
      Exit status: 0 ended by a signal, 1 failed, 64 wrong usage,
      69 not a usable Xen host, 73 another memtop records into the file.
      """)

  @ParentCommand var memtop: MemtopCommand
  @OptionGroup var sampling: SamplingOptions
  @OptionGroup var limits: RecordingLimits
  @OptionGroup var host: HostOptions

  @Argument(help: "The recording, an SQLite database.", completion: .file())
  var file: String

  @Option(help: ArgumentHelp("What this recording is about.", valueName: "text"))
  var note: String?

  func validate() throws {
    try memtop.refuseOptions(for: "record")
  }

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
