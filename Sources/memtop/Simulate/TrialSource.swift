import MemtopCore
import MemtopSimulation

/// Where the guests of a trial come from: one of memtop's loads, or an operator's file.
struct TrialSource: Sendable {
  let name: String
  let host: TrialHost
  let guests: @Sendable (_ hours: Int, _ seed: UInt64) -> [TrialGuest]

  init(_ load: TrialLoad, guests count: Int) {
    name = load.rawValue
    host = .standard
    guests = { load.guests(count: count, hours: $0, seed: $1) }
  }

  init(_ scenario: TrialScenario) {
    name = "scenario"
    host = scenario.host
    guests = { hours, seed in scenario.plans.flatMap { $0.guests(hours: hours, seed: seed) } }
  }
}

/// What was asked for: which trials, how long, how often.
struct TrialRequest: Sendable {
  var sources: [TrialSource]
  var rules: [TrialRule]
  var hours: Int
  var seeds: Int
  var interval: Int
  var reportsEarly: Bool
}
