import ArgumentParser
import MemtopCore

/// `memtop policy`.
struct PolicyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Print the resulting policy of each domain.",
    usage: "memtop policy [--policy <file>] [--format <format>]",
    discussion: """
      Prints the keys that apply to each domain after all sections of the
      policy were combined. memtop.conf(5) describes the keys.
      Exit status: 0 done, 1 failed, 64 wrong usage, 65 the policy cannot be
      read, 69 not a usable Xen host.
      """)

  @ParentCommand var memtop: MemtopCommand
  @OptionGroup var policy: PolicyOptions
  @OptionGroup var host: HostOptions

  // Taken by memtop's own option of that name, which stands for it; here for help and completion.
  @Option(help: "How to print: table (default) or csv.")
  var format: BatchFormat?

  private func chosenFormat() throws -> BatchFormat { try format ?? memtop.batch.batchFormat() }

  func validate() throws {
    try memtop.refuseOptions(for: "policy", isPrinting: true, isOfHost: true, takesPolicy: true)
    guard memtop.batch.fields == nil else {
      throw ValidationError("--fields cannot be used with policy")
    }
    guard try chosenFormat() != .json else {
      throw ValidationError("--format: policy prints a table or csv")
    }
  }

  func run() throws {
    let isCSV = try chosenFormat() == .csv
    try endWithStatus { () throws(Failure) in
      let policies = try policy.read()
      let (snapshot, _) = try ChangeSession(try host.open()).sample()
      for rule in policies.rules where !rule.pattern.matchesAny(of: snapshot) {
        complain("[domain \(rule.pattern.shown)] matches no domain here")
      }
      let table = PolicyTable(policies: policies, snapshot: snapshot, isCSV: isCSV)
      for doubt in policies.doubts(in: snapshot) { complain(doubt) }
      table.write()
    }
  }
}
