import ArgumentParser
import MemtopCore
import MemtopSimulation

/// Which host: the Xen that runs here, or the simulated one.
struct HostOptions: ParsableArguments {
  @Flag(help: "Use a simulated host. Nothing on this machine is read or changed.")
  var demo = false

  @Option(
    help: ArgumentHelp(
      "Which simulated host (with --demo); memtop --help lists them.", valueName: "name"),
    completion: .list(Scenario.all.map(\.id)))
  var scenario: String?

  @Option(
    help: ArgumentHelp(
      "Seed of the scenario's random numbers (with --demo); default 1.", valueName: "n"))
  var seed: UInt64?

  func validate() throws {
    if !demo, scenario != nil || seed != nil {
      throw ValidationError("--scenario and --seed are for the simulated host; they need --demo")
    }
    if let scenario, Scenario.named(scenario) == nil {
      let known = Scenario.all.map(\.id).joined(separator: ", ")
      throw ValidationError("--scenario: unknown name \"\(scenario)\"; known names: \(known)")
    }
  }

  /// - Parameter author: whom changes are noted under; default the operator's login.
  func open(author: String? = nil) throws(Failure) -> HostConnection {
    guard demo else { return try XenConnection.open(author: author) }
    return DemoConnection.open(scenario: chosen, seed: seed ?? 1, author: author)
  }

  /// For a screen: the simulated host has its regulator running.
  func openForScreen(_ policies: PolicySet) throws(Failure) -> HostConnection {
    guard demo else { return try XenConnection.open() }
    return DemoConnection.openRegulated(scenario: chosen, seed: seed ?? 1, policies: policies)
  }

  private var chosen: Scenario { scenario.flatMap(Scenario.named) ?? .standard }
}
