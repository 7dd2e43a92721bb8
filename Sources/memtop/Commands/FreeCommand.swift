import ArgumentParser
import MemtopCore

/// `memtop free SIZE`.
struct FreeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "free", abstract: "Free memory on the host, from domains that can spare it.",
    discussion: """
      For a domain that is to be created: the plan is shown before anything
      is done. Exit status: 0 done, 1 failed, 2 refused, 3 a guest did not
      follow, 64 wrong usage.
      """)

  @ParentCommand var memtop: MemtopCommand
  @OptionGroup var host: HostOptions
  @OptionGroup var consent: ConsentOptions
  @OptionGroup var policy: PolicyOptions

  @Argument(help: "How much: 4G, 512M.")
  var size: String

  func validate() throws {
    try memtop.refuseOptions(for: "free", takesPolicy: true)
    _ = try amount()
  }

  private func amount() throws -> Bytes {
    do {
      return try SizeExpression.amount(parsing: OptionalValues.plainSize(size))
    } catch {
      throw ValidationError(error.description)
    }
  }

  func run() throws {
    let wanted = try amount()
    try endWithStatus { () throws(Failure) in
      let policies = try policy.read()
      try HostFreeing(
        session: ChangeSession(try host.open()), wanted: wanted, consent: consent.consent,
        policies: policies
      ).perform()
    }
  }
}
