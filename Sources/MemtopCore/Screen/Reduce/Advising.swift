extension AppState {
  mutating func stageAdvice() { say("There is no advice yet") }
  mutating func stageSize(_ text: String, for domains: [DomainID]) -> String? { "no sizes yet" }
  mutating func stageFreeing(_ text: String) -> String? { "no plan yet" }
}
