import ArgumentParser
import MemtopConf
import MemtopCore

/// `memtop free SIZE`.
struct FreeCommand: MemtopSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "free", abstract: "Free memory on the host, from domains that can spare it.",
    discussion: """
      Makes room for a new domain. Shows the plan before it changes anything.
      Exit status: 0 done, 1 failed, 2 nothing changed (no plan was found or
      accepted), 3 a guest did not reach its target, 64 wrong usage,
      65 the file of --for or --policy cannot be read, 69 not a usable Xen
      host.
      """)

  static let heeded = RootOption.simulation.union([.policy])

  @ParentCommand var memtop: MemtopCommand
  @OptionGroup var host: HostOptions
  @OptionGroup var consent: ConsentOptions
  @OptionGroup var policy: PolicyOptions

  @Argument(help: "How much: 4G, 512M.")
  var size: String?

  @Option(
    name: .customLong("for"),
    help: ArgumentHelp(
      """
      What xl create needs for this domain: its configuration file (xl.cfg), or keys of it, such as \
      memory=4G,maxmem=64G,vcpus=16.
      """, valueName: "file|keys"), completion: .file(), transform: TypedValue.path)
  var domain: String?

  func validate() throws {
    _ = try typed()
  }

  /// What was typed; nil where a file says it.
  private func typed() throws -> FreeRequest? {
    do {
      switch (size, domain) {
      case (let size?, nil):
        return .amount(try SizeExpression.amount(parsing: OptionalValues.withMinus(size)))
      case (nil, let domain?):
        guard PlannedDomainFile.isList(domain) else { return nil }
        return .domain(try PlannedDomainFile.parse(domain))
      case (nil, nil), (.some, .some):
        throw ValidationError("give either a size, such as 4G, or --for")
      }
    } catch let error as SizeError {
      throw ValidationError(error.description)
    } catch let error as PlannedDomainFile.ListError {
      throw ValidationError("--for: \(error)")
    }
  }

  private static func read(_ path: String) throws(Failure) -> FreeRequest {
    do throws(ConfError) {
      return .domain(try PlannedDomainFile.read(path))
    } catch {
      let hint = path.contains("/") ? "" : "; --for takes an xl.cfg file, or keys such as memory=4G"
      throw Failure(line: error.description + hint, status: .badData)
    }
  }

  func run() throws {
    let typed = try typed()
    try endWithStatus { () throws(Failure) in
      let policies = try policy.read(isDemo: host.demo)
      let request = if let typed { typed } else { try Self.read(domain ?? "") }
      try HostFreeing(
        session: ChangeSession(ended: { () throws(Failure) in try host.open() }), request: request,
        consent: consent.consent,
        policies: policies, autoballoon: host.demo ? .off : .read()
      ).perform()
    }
  }
}
