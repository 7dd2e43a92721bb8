import ArgumentParser
import Glibc
import MemtopConf
import MemtopCore
import MemtopUI

/// `memtop policy`.
struct PolicyCommand: MemtopSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "policy", abstract: "Print the resulting policy of each domain.",
    usage: "memtop policy [--policy <file>] [--format <format>]",
    discussion: """
      Prints the keys that apply to each domain after all sections of the
      policy were combined. memtop.conf(5) describes the keys.
      Exit status: 0 done, 1 failed, 64 wrong usage, 65 the policy cannot be
      read, 69 not a usable Xen host.
      """)

  static let heeded = RootOption.simulation.union([.policy, .format])

  @ParentCommand var memtop: MemtopCommand
  @OptionGroup var policy: PolicyOptions
  @OptionGroup var host: HostOptions

  // Taken by memtop's own option of that name, which stands for it; here for help and completion.
  @Option(
    help: "How to print: table (default) or csv.",
    completion: .list(PolicyFormat.allCases.map(\.rawValue)))
  var format: String?

  private func chosenFormat() throws -> PolicyFormat {
    try memtop.batch.format(of: PolicyFormat.self) ?? .table
  }

  func validate() throws { _ = try chosenFormat() }

  func run() throws {
    let isCSV = try chosenFormat() == .csv
    try endWithStatus { () throws(Failure) in
      let policies = try policy.read(isDemo: host.demo)
      let (snapshot, _) = try ChangeSession(try host.open()).sample()
      let table = PolicyTable(policies: policies, snapshot: snapshot, isCSV: isCSV)
      for doubt in policies.doubts(in: snapshot) { complain(doubt) }
      table.write()
    }
  }
}

/// How the policy is printed.
enum PolicyFormat: String, CaseIterable {
  case table, csv
}

/// The effective policy of each domain, a line a domain; sizes in bytes in csv.
struct PolicyTable {
  let policies: PolicySet
  let snapshot: Snapshot
  let isCSV: Bool

  private struct Column: Sendable {
    let title: String
    let name: String
    let text: @Sendable (MemoryPolicy) -> String
    let plain: @Sendable (MemoryPolicy) -> String
  }

  private static let columns: [Column] = [
    Column(title: "RESERVE", name: "reserve", text: { $0.reserve.text }, plain: { reserve($0) }),
    Column(
      title: "FLOOR", name: "floor", text: { $0.floor?.short ?? "-" },
      plain: { $0.floor.map { "\($0.count)" } ?? "" }),
    Column(
      title: "CEILING", name: "ceiling", text: { $0.ceiling?.short ?? "-" },
      plain: { $0.ceiling.map { "\($0.count)" } ?? "" }),
    Column(title: "WEIGHT", name: "weight", text: { "\($0.weight)" }, plain: { "\($0.weight)" }),
    Column(
      title: "XAPI-FREE", name: "xapi-free", text: { $0.xapiFree.rawValue },
      plain: { $0.xapiFree.rawValue }),
    Column(
      title: "REGULATE", name: "regulate", text: { $0.isRegulated ? "yes" : "no" },
      plain: { $0.isRegulated ? "yes" : "no" }),
    Column(
      title: "HANDS-OFF", name: "hands-off", text: { $0.handsOff ? "yes" : "no" },
      plain: { $0.handsOff ? "yes" : "no" }),
  ]

  private static func reserve(_ policy: MemoryPolicy) -> String {
    switch policy.reserve {
    case .size(let size): "\(size.count)"
    case .share(let percent): "\(percent)%"
    }
  }

  func write() {
    let lines = isCSV ? csvLines : tableLines
    Output.standard.write(lines.map { $0 + "\n" }.joined())
  }

  private var guests: [DomainSample] { snapshot.domains.filter(\.isGuest) }

  private func policy(_ sample: DomainSample) -> MemoryPolicy {
    policies.policy(for: sample.id, name: sample.name)
  }

  private var tableLines: [String] {
    let reserve = policies.hostReserve(total: snapshot.host.total)
    let names = NameColumn(
      guests.map { ($0.name, $0.id.domid) }, width: .max, sign: CutSign.ofOutput
    ).texts
    let width = names.reduce(4) { max($0, TextWidth.columns(of: $1)) }
    func line(_ name: String, _ cells: [String]) -> String {
      var text = name + String(repeating: " ", count: max(0, width - TextWidth.columns(of: name)))
      for (column, cell) in zip(Self.columns, cells) {
        let room = max(column.title.count, 9)
        text += " " + String(repeating: " ", count: max(0, room - cell.count)) + cell
      }
      return text
    }
    let rows = zip(guests, names).map { sample, name in
      let policy = policy(sample)
      return line(name, Self.columns.map { $0.text(policy) })
    }
    return [
      "host \(snapshot.host.hostname): keeps \(reserve.short) free",
      line("NAME", Self.columns.map(\.title)),
    ] + rows
  }

  private var csvLines: [String] {
    let reserve = policies.hostReserve(total: snapshot.host.total)
    // In each row, as in the report.
    let host = [Self.cell(snapshot.host.hostname), "\(reserve.count)"]
    let titles = ["name", "uuid"] + Self.columns.map(\.name) + ["host", "host_reserve"]
    let rows = guests.map { sample in
      let policy = policy(sample)
      return [Self.cell(sample.name), "\(sample.id.uuid)"]
        + Self.columns.map { $0.plain(policy) } + host
    }
    return ([titles] + rows).map { $0.joined(separator: ",") }
  }

  private static func cell(_ text: String) -> String { String { CSV.append(text, to: &$0) } }
}

/// Which policy advice goes by.
struct PolicyOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The policy file; default /etc/memtop.conf if it exists, none with --demo.",
      valueName: "file"),
    completion: .file(), transform: TypedValue.path)
  var policy: String?

  /// - Parameter isDemo: on the simulated host no file of this machine is read that was not named.
  func read(isDemo: Bool = false) throws(Failure) -> PolicySet {
    if isDemo, policy == nil { return .standard }
    return try Self.read(policy)
  }

  /// A link that leads nowhere is there: whoever made it does not want to go without a policy.
  private static func isThere(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0 || errno != ENOENT
  }

  /// A standard file that is not there is no policy; one that was named must be.
  static func read(_ named: String?) throws(Failure) -> PolicySet {
    let path = named ?? PolicyFile.standardPath
    if named == nil, !isThere(path) { return .standard }
    do throws(ConfError) {
      return try PolicyFile.read(path)
    } catch {
      let hint = named == nil ? " (to ignore it: --policy /dev/null)" : ""
      throw Failure(line: error.description + hint, status: .badData)
    }
  }
}
