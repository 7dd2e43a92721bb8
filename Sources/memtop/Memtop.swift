import ArgumentParser
import MemtopCore

@main
struct Memtop: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "memtop", abstract: "See and move the memory of a Xen host's domains.")

  @OptionGroup var batch: BatchOptions
  @Option(
    name: [.customShort("d"), .long],
    help: ArgumentHelp("Time between samples, 0.2 to 3600; 1 if not said.", valueName: "seconds"))
  var delay: Double = 1
  @Option(help: ArgumentHelp("Order of the domains.", valueName: "field"))
  var sort: SortOrder?

  func run() throws {
    do throws(Failure) {
      let host = try XenConnection.open()
      try Batch(
        host: host, fields: (try? batch.chosenFields()) ?? [], sort: sort,
        format: batch.format ?? .table, interval: Span(milliseconds: Int64(delay * 1000)),
        samples: batch.samples
      ).run()
    } catch {
      complain(error.line)
      throw ExitCode(error.status.rawValue)
    }
  }
}
