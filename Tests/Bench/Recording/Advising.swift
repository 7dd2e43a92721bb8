import Glibc
import MemtopCore

/// How long it takes to advise every domain of a host.
enum Advising {
  /// Half of the rules match names by wildcards, as a file that somebody wrote might.
  private static let policies = PolicySet(rules: [
    rule("*", .reserve(.share(percent: 25))), rule("db*", .reserve(.size(.gib(1)))),
    rule("*-test", .weight(10)), rule("vm1?", .floor(.mib(128))),
    rule("web*", .ceiling(.gib(8))), rule("appliance", .handsOff(true)),
  ])

  private static func rule(_ pattern: String, _ change: PolicySet.Change) -> PolicySet.Rule {
    PolicySet.Rule(pattern: DomainPattern(pattern), changes: [change])
  }

  /// Prints the median and the worst of `rounds`, in milliseconds of this process.
  static func run(domains: Int, rounds: Int) {
    let load = Load(domains: domains)
    var snapshots: [Snapshot] = []
    // Reports must have come before anything is advised.
    for second in 0..<120 {
      let snapshot = load.next()
      if second >= 100 { snapshots.append(snapshot) }
    }
    var times: [Double] = []
    var advised = 0
    for round in 0..<rounds {
      let snapshot = snapshots[round % snapshots.count]
      let begin = cpuSeconds()
      let table = Advisor.advise(snapshot, policies: policies)
      times.append((cpuSeconds() - begin) * 1000)
      advised = snapshot.domains.count { (try? table.advice(for: $0.id).get()) != nil }
    }
    times.sort()
    print("advised_domains=\(advised)")
    print("advice_ms=\(times[times.count / 2])")
    print("advice_worst_ms=\(times[times.count - 1])")
  }
}
