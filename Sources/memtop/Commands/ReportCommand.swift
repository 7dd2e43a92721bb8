import ArgumentParser
import MemtopCore
import MemtopRecording

/// `memtop report FILE`.
struct ReportCommand: MemtopSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Summarize a recording by domain: memory held and used.",
    discussion: """
      GiB hours are what a host that sells memory by use bills. Gaps in the
      recording are left out and listed. The table shows as many columns as
      fit; csv and json have all. In csv, text that a spreadsheet would take
      for a formula has an apostrophe in front. memtop(8) explains the columns.

      A time is 14:02, yesterday 14:02, 2026-11-20, 2026-11-20 03:10,
      2026-11-20T03:10:00Z, seconds since 1970, -5m or -7d (before the end)
      or +1h (after the beginning).

      Exit status: 0 done, 1 failed, 64 wrong usage, 65 not a readable
      recording, or damaged: what can be read is reported.
      """)

  static let heeded: Set<RootOption> = [.format]

  @ParentCommand var memtop: MemtopCommand
  @OptionGroup var part: ExtractOptions

  // Taken by memtop's own option of that name; here it is for help and completion.
  @Option(help: "How to print: table (default), csv or json.", completion: BatchFormat.completion)
  var format: String?

  private func chosenFormat() throws -> BatchFormat {
    try memtop.batch.format(of: BatchFormat.self) ?? .table
  }

  func validate() throws { _ = try chosenFormat() }

  func run() throws {
    let format = try chosenFormat()
    try endWithStatus { () throws(Failure) in
      let extract = try part.open()
      try ExtractOptions.tellingDamage(of: extract.file) { () throws(Failure) in
        let report: UsageReport
        do throws(RecordingError) {
          report = try extract.report()
        } catch {
          throw Failure(error)
        }
        Output.standard.write(
          UsageText.text(report, format, width: TerminalWidth.ofOutput ?? 80))
      }
    }
  }
}
