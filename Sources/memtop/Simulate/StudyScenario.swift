import MemtopConf
import MemtopCore
import MemtopSimulation

/// An operator's own host and guests.
struct StudyScenario: Sendable {
  var host: StudyHost
  var plans: [StudyPlan]

  var count: Int { plans.reduce(0) { $0 + $1.count } }
}

/// A file of `[host]` and `[guest NAME]`; memtop(8), SCENARIOS OF YOUR OWN.
enum ScenarioFile {
  static func read(_ path: String) throws(ConfError) -> StudyScenario {
    try scenario(INIFile(path))
  }

  static func scenario(_ file: INIFile) throws(ConfError) -> StudyScenario {
    var scenario = StudyScenario(host: .standard, plans: [])
    var seen: Set<String> = []
    for section in file.sections {
      guard seen.insert(section.name).inserted else {
        throw ConfError(
          file.path, section.line, "begins a second section [\(ConfError.shown(section.name))]")
      }
      var keys = ScenarioKeys(section, file.path)
      if section.name == "host" {
        scenario.host = try host(&keys)
      } else if section.name.hasPrefix("guest ") {
        scenario.plans.append(try guest(String(section.name.dropFirst(6)), &keys))
      } else {
        throw ConfError(
          file.path, section.line,
          "unknown section [\(ConfError.shown(section.name))]; known sections: [host] and [guest NAME]"
        )
      }
      try keys.refuseOthers()
    }
    try check(scenario, file.path)
    return scenario
  }

  private static let leastForGuests = Bytes.mib(256)

  private static func host(_ keys: inout ScenarioKeys) throws(ConfError) -> StudyHost {
    let most = ScenarioKeys.mostOfHost
    let total = try keys.size("total", atMost: most) ?? .gib(128)
    let xen = try keys.size("xen", atMost: most) ?? .gib(1)
    let dom0 = try keys.size("dom0", atMost: most) ?? .gib(4)
    let left = total - xen - dom0
    guard left >= leastForGuests else {
      throw keys.problem(
        "leaves \(left > .zero ? "only \(left.short)" : "nothing") for guests: total"
          + " \(total.short) - xen \(xen.short) - dom0 \(dom0.short); at least"
          + " \(leastForGuests.short) is needed")
    }
    return StudyHost(forGuests: left, total: total)
  }

  private static func guest(_ name: String, _ keys: inout ScenarioKeys) throws(ConfError)
    -> StudyPlan
  {
    guard let memory = try keys.size("memory") else { throw keys.problem("needs memory = SIZE") }
    guard let load = try keys.load("load") else {
      throw keys.problem("needs load = \(ScenarioKeys.loads)")
    }
    let plan = StudyPlan(
      name: name, count: try keys.number("count", 1...1000) ?? 1, memory: memory,
      staticMax: try keys.size("static-max") ?? memory * 2,
      swap: try keys.size("swap", canBeZero: true) ?? .mib(512),
      fileSet: try keys.size("files", canBeZero: true) ?? .gib(1),
      readRate: try keys.size("reads", canBeZero: true) ?? .mib(4), load: load.load,
      restartHours: load.restartHours)
    guard plan.memory >= .mib(128), plan.staticMax >= plan.memory, plan.staticMax <= .gib(1024)
    else {
      throw keys.problem("memory must be at least 128M, static-max from memory to 1024G")
    }
    return plan
  }

  private static func check(_ scenario: StudyScenario, _ path: String) throws(ConfError) {
    guard scenario.count > 0 else { throw ConfError(path, nil, "has no [guest NAME]") }
    guard scenario.count <= 1000 else { throw ConfError(path, nil, "has more than 1000 guests") }
    let held = scenario.plans.reduce(Bytes.zero) { $0 + $1.memory * Int64($1.count) }
    guard held <= scenario.host.forGuests else {
      throw ConfError(
        path, nil,
        "its guests need \(held.short) at the start, but the host has only"
          + " \(scenario.host.forGuests.short) for them"
      )
    }
  }
}

/// Where the guests of a study come from: one of memtop's loads, or an operator's file.
struct StudySource: Sendable {
  let name: String
  let host: StudyHost
  let count: Int
  let guests: @Sendable (_ hours: Int, _ seed: UInt64) -> [StudyGuest]

  init(_ load: StudyLoad, guests count: Int) {
    name = load.rawValue
    host = .standard
    self.count = count
    guests = { load.guests(count: count, hours: $0, seed: $1) }
  }

  init(_ scenario: StudyScenario) {
    name = "scenario"
    host = scenario.host
    count = scenario.count
    guests = { hours, seed in scenario.plans.flatMap { $0.guests(hours: hours, seed: seed) } }
  }
}

/// What was asked for: which studies, how long, how often.
struct StudyRequest: Sendable {
  var sources: [StudySource]
  var rules: [StudyRule]
  var hours: Int
  var seeds: Int
  var interval: Int
  var reportsEarly: Bool

  /// What can be asked for: the demand of so many guests for so many hours takes 360 MB.
  static let mostGuestHours = 100_000

  /// How many seeds can be under way at once without taking more memory than that.
  func workers(_ source: StudySource) -> Int {
    source.count * hours * 2 > Self.mostGuestHours ? 1 : min(2, seeds)
  }
}
