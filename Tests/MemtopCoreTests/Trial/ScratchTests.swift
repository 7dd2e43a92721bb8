import Foundation
import Testing

@testable import MemtopCore

@Test("scratch") func scratch() {
  for load in TrialLoad.allCases {
    let trial = Trial(load: load, guests: 20, hours: 2, interval: 10, seed: 1)
    for rule in TrialRule.allCases {
      let a = trial.run(rule)
      print(load, rule, a.oomKills, a.thrashingMinutes, a.gibHours, a.hitShare, a.targetChanges, a.guestsThatFit)
    }
  }
}
