import MemtopCore

extension AppState {
  /// Asks whether the chosen domains are to be handed to the regulator, or, where it has them all,
  /// taken back.
  mutating func askToHand() {
    if let stagingProblem { return say(stagingProblem, .warning) }
    if live?.isOfSeveral == true { return say(Self.elsewhere("M"), .warning) }
    guard staging.isEmpty else {
      return say("Apply or drop what is staged first", .warning)
    }
    let guests = chosenGuests
    guard !guests.isEmpty else {
      let isStub = chosen.contains(where: \.isStubDomain)
      let hindrance: Hindrance = isStub ? .stubDomain : .dom0
      return say("\(hindrance.words); it cannot be regulated")
    }
    let isOn = !areInRegulatorsHands(guests)
    if isOn, let reason = regulatorProblem { return say(reason, .warning) }
    let meant = isOn ? guests.filter { !$0.isInRegulatorsHands } : guests
    if isOn, meant.count == 1, let reason = handingProblem(meant[0]) {
      return say("\(meant[0].name) is not handed over: \(reason)", .warning)
    }
    ask(.regulation(meant.map(\.id), isOn: isOn))
  }

  /// What a screen of several hosts cannot do.
  static func elsewhere(_ what: String) -> String {
    "\(what) works only on the domain's own host: run memtop there"
  }

  private var chosenGuests: [DomainSample] { chosen.filter(\.isGuest) }

  private func areInRegulatorsHands(_ guests: [DomainSample]) -> Bool {
    guests.allSatisfy { $0.isInRegulatorsHands }
  }

  /// What `M` is for now, in a word or two; nil where there is nobody to hand to and nothing to take
  /// back.
  var handing: String? {
    let guests = chosenGuests
    guard !guests.isEmpty, live?.isOfSeveral != true else { return nil }
    if areInRegulatorsHands(guests) { return "take back" }
    return regulatorProblem == nil ? Command.of(.regulate).title : nil
  }

  /// Why nothing can be handed to the regulator now.
  private var regulatorProblem: String? {
    // Where it acts through XAPI, it runs only if its policy says so.
    if let owner = live?.host.owner, owner != .xapi { return Hindrance.ownedBy(owner).words }
    switch live?.host.regulator?.health {
    case nil: return "memtop regulate is not running: systemctl start memtop-regulate"
    case .silent: return "memtop regulate does not respond: systemctl restart memtop-regulate"
    case .alive, .unknown: return nil
    }
  }

  /// Why the regulator would not take a domain.
  private func handingProblem(_ sample: DomainSample) -> String? {
    let policy = settings.policies.policy(for: sample.id, name: sample.name)
    return Hindrance.lasting(sample, owner: live?.host.owner, policy: policy)?.words
  }

  /// Says which of them the regulator does not move, because their reports cannot be used now.
  private func leftAsTheyAre(_ domains: [DomainID]) -> String {
    let samples = domains.compactMap { live?.domain($0) }
    let left = samples.compactMap { sample in Hindrance.report(sample).map { (sample, $0) } }
    guard let (_, why) = left.first else { return "" }
    if samples.count == 1 { return ", but not moved: \(why.words)" }
    return left.count == 1
      ? "; \(left[0].0.name) is not moved: \(why.words)"
      : "; \(left.count) of them are not moved until their reports can be used"
  }

  /// Only `y` or the word counts.
  mutating func finishHanding(
    _ text: String, _ domains: [DomainID], isOn: Bool
  ) -> [Effect] {
    pages.close()
    guard ["y", "yes"].contains(text.lowercased()) else {
      say(isOn ? "Nothing is handed over" : "Nothing is taken back")
      return []
    }
    let there = domains.filter { live?.domain($0) != nil }
    guard !there.isEmpty else { return [] }
    let whom = there.count == 1 ? live?.domain(there[0])?.name ?? "" : "\(there.count) domains"
    say(
      isOn
        ? "\(whom): handed to the regulator" + leftAsTheyAre(there)
        : "\(whom): taken back from the regulator")
    return [.regulate(there, isOn: isOn)]
  }
}

extension DomainSample {
  /// The regulator has it, or is about to take it.
  var isInRegulatorsHands: Bool {
    switch self.regulation {
    case .regulated, .wanted: true
    case .unwanted, .released, nil: false
    }
  }
}
