import MemtopCore

/// Replaces what tells whose a recording is: names, uuids, addresses, systems, notes and logins.
///
/// The same gives the same, for as long as this object lives. What stands in its place is counted or
/// drawn at random, not computed from it: nobody finds the original by trying all there are.
public final class Redactor {
  private var words: [Kind: [String: String]] = [:]
  private var uuids: [DomainUUID: DomainUUID] = [:]
  private var random: any RandomNumberGenerator

  private enum Kind: String {
    case domain, host, user, note, reason, system, kernel, ipv4, ipv6
  }

  /// A redactor that has replaced nothing yet.
  ///
  /// - Parameter random: draws the uuids that stand in the place of others.
  public init(_ random: any RandomNumberGenerator = SystemRandomNumberGenerator()) {
    self.random = random
  }

  private func word(_ kind: Kind, _ original: String) -> String {
    if let known = words[kind]?[original] { return known }
    let number = (words[kind]?.count ?? 0) + 1
    let word =
      switch kind {
      case .domain, .host, .user, .note, .reason, .system, .kernel: "\(kind.rawValue)-\(number)"
      // RFC 2544 and RFC 3849: addresses of nobody.
      case .ipv4: "198.\(18 + number >> 16 & 1).\(number >> 8 & 255).\(number & 255)"
      case .ipv6: "2001:db8::" + String(number, radix: 16)
      }
    words[kind, default: [:]][original] = word
    return word
  }

  /// Xen's own name for dom0 tells nothing, and stays.
  func name(_ name: String) -> String { name == "Domain-0" ? name : word(.domain, name) }
  func hostname(_ name: String) -> String { word(.host, name) }
  func user(_ login: String) -> String { login.isEmpty ? login : word(.user, login) }
  func note(_ text: String) -> String { word(.note, text) }
  func reason(_ text: String) -> String { word(.reason, text) }

  /// All zeros (dom0's) stays.
  func uuid(_ uuid: DomainUUID) -> DomainUUID {
    if uuid == .zero { return uuid }
    if let known = uuids[uuid] { return known }
    // RFC 9562, version 4.
    let new = DomainUUID(
      high: random.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000,
      low: random.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    uuids[uuid] = new
    return new
  }

  func id(_ id: DomainID) -> DomainID {
    let host = id.host.name.map { HostNumber.named(hostname($0)) } ?? .only
    return DomainID(domid: id.domid, uuid: uuid(id.uuid), host: host)
  }

  func choice(_ choice: DomainChoice) -> DomainChoice {
    switch choice {
    case .domid: choice
    case .uuid(let uuid): .uuid(self.uuid(uuid))
    case .name(let name): .name(self.name(name))
    case .on(let host, let choice): .on(host: hostname(host), self.choice(choice))
    }
  }

  func identity(_ identity: Identity) -> Identity {
    let facts = identity.text.facts
    var redacted = identity
    redacted.id = id(identity.id)
    redacted.text.facts = DomainFacts(
      name: name(facts.name), osName: facts.osName.map { word(.system, $0) },
      kernel: facts.kernel.map { word(.kernel, $0) }, ipv4: facts.ipv4.map { word(.ipv4, $0) },
      ipv6: facts.ipv6.map { word(.ipv6, $0) }, startedAt: facts.startedAt,
      host: facts.host.map { hostname($0) })
    redacted.text.health = health(identity.text.health)
    return redacted
  }

  private func health(_ health: ReportHealth) -> ReportHealth {
    switch health {
    case .fresh, .unknownAge, .stale, .silent: health
    case .implausible(let why): .implausible(reason(why))
    case .unreadable(let why): .unreadable(reason(why))
    }
  }

  private func author(_ author: ChangeAuthor?) -> ChangeAuthor? {
    guard case .operatorNamed(let login)? = author else { return author }
    return .operatorNamed(user(login))
  }

  func event(_ event: HostEvent) -> HostEvent {
    HostEvent(
      time: event.time, domain: id(event.domain),
      name: event.isAboutHost ? hostname(event.name) : name(event.name), kind: kind(event.kind))
  }

  private func kind(_ kind: HostEvent.Kind) -> HostEvent.Kind {
    switch kind {
    case .targetChanged(let from, let to, let by, let why):
      .targetChanged(from: from, to: to, by: author(by), why: why.map(reason))
    case .reportImplausible(let why): .reportImplausible(reason(why))
    case .reportUnreadable(let why): .reportUnreadable(reason(why))
    case .changeFailed(let why): .changeFailed(reason(why))
    case .hostLost(let why): .hostLost(reason(why))
    case .note(let text, let login): .note(note(text), by: user(login))
    case .regulated(let login): .regulated(by: user(login))
    case .released(let why): .released(reason(why))
    case .renamed(let former): .renamed(from: name(former))
    case .started, .rebooted, .gone, .crashed, .targetReached, .notFollowing,
      .pressure, .reportStale, .reportSilent, .reportBack, .stuckEnded, .hostShort, .hostEnough,
      .hostBack, .leftOut, .regulator, .paused, .unpaused:
      kind
    }
  }
}
