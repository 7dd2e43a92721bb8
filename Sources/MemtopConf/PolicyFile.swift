import MemtopCore

/// `/etc/memtop.conf`: what an operator wants for the host and its domains; memtop.conf(5).
package enum PolicyFile {
  package static let standardPath = "/etc/memtop.conf"

  /// Reads a policy.
  ///
  /// - Throws: `ConfError`: an unknown section or key, a value that means nothing, a key given twice.
  package static func read(_ path: String) throws(ConfError) -> PolicySet {
    try policies(INIFile(path))
  }

  /// The policies of a file that was read.
  package static func policies(_ file: INIFile) throws(ConfError) -> PolicySet {
    var set = PolicySet()
    for section in file.sections {
      if section.name == hostSection {
        for entry in section.entries { try apply(entry, to: &set, file.path) }
      } else {
        set.rules.append(try rule(section, file.path))
      }
    }
    return set
  }

  private static let hostSection = "host"
  private static let domainWord = "domain"

  private static func rule(_ section: INIFile.Section, _ path: String) throws(ConfError)
    -> PolicySet.Rule
  {
    let words = section.name.split(separator: " ", maxSplits: 1)
    guard words.count == 2, words[0] == domainWord else {
      throw ConfError(
        path, section.line,
        "unknown section [\(ConfError.shown(section.name))]; there are [host] and"
          + " [domain NAME-OR-UUID], in which * stands for anything")
    }
    var changes: [PolicySet.Change] = []
    for entry in section.entries { changes.append(try change(entry, path)) }
    try refuseCrossed(changes, section, path)
    let name = words[1].drop { $0 == " " }
    return PolicySet.Rule(pattern: DomainPattern(String(name)), changes: changes)
  }

  private static func refuseCrossed(
    _ changes: [PolicySet.Change], _ section: INIFile.Section, _ path: String
  ) throws(ConfError) {
    var (floor, ceiling): (Bytes?, Bytes?)
    for case .floor(let size) in changes { floor = size }
    for case .ceiling(let size) in changes { ceiling = size }
    guard let floor, let ceiling, floor > ceiling else { return }
    throw ConfError(
      path, section.line, "its floor, \(floor.short), is above its ceiling, \(ceiling.short)")
  }

  private static func apply(
    _ entry: INIFile.Entry, to set: inout PolicySet, _ path: String
  ) throws(ConfError) {
    guard let key = PolicyKey.host.first(where: { $0.name == entry.name }) else {
      throw ConfError(unknown: entry, known: PolicyKey.host.map(\.name), path)
    }
    do throws(PolicyValueError) {
      switch try key.change(entry.value) {
      case .floor(let reserve): set.hostReserve = reserve
      case .regulated(let isThroughXAPI): set.throughXAPI = isThroughXAPI
      case .reserve, .ceiling, .weight, .handsOff, .xapiFree: break
      }
    } catch {
      throw ConfError(entry, error.reason ?? "expected \(key.values)", path)
    }
  }

  private static func change(_ entry: INIFile.Entry, _ path: String) throws(ConfError)
    -> PolicySet.Change
  {
    guard let key = PolicyKey.domain.first(where: { $0.name == entry.name }) else {
      throw ConfError(unknown: entry, known: PolicyKey.domain.map(\.name), path)
    }
    do throws(PolicyValueError) {
      return try key.change(entry.value)
    } catch {
      throw ConfError(entry, error.reason ?? "expected \(key.values)", path)
    }
  }
}

/// One key of a policy file: the vocabulary of the parser, its errors, `memtop policy` and
/// memtop.conf(5).
package struct PolicyKey: Sendable {
  package let name: String
  /// What a value looks like.
  package let values: String
  /// One sentence for the manual.
  package let description: String
  let change: @Sendable (String) throws(PolicyValueError) -> PolicySet.Change

  /// The keys of `[host]`.
  package static let host: [PolicyKey] = [
    PolicyKey(
      name: "reserve", values: "a size, such as 512M",
      description: "How much advice and regulation leave free on the host. Default: 2 % of its "
        + "memory, at least 256 MiB."
    ) { (value) throws(PolicyValueError) in .floor(try PolicyValue.size(value)) },
    PolicyKey(
      name: "owner", values: "xapi",
      description:
        "Lets memtop regulate set dynamic ranges through XAPI, on a host where XAPI owns the "
        + "targets. Without it, memtop regulate refuses to run there."
    ) { (value) throws(PolicyValueError) in .regulated(try PolicyValue.xapi(value)) },
  ]

  /// The keys of `[domain …]`.
  package static let domain: [PolicyKey] = [
    PolicyKey(
      name: "reserve", values: "a size, such as 512M, or a share of busy, such as 25%",
      description: "Memory on top of busy, for cache and for bursts until the next report. A share "
        + "is at least 64 MiB. Default: 25%."
    ) { (value) throws(PolicyValueError) in .reserve(try PolicyValue.reserve(value)) },
    PolicyKey(
      name: "floor", values: "a size, such as 512M",
      description: "The lowest target that is advised. A target below it is raised to it."
    ) { (value) throws(PolicyValueError) in .floor(try PolicyValue.size(value)) },
    PolicyKey(
      name: "ceiling", values: "a size, such as 8G",
      description: "The highest target that is advised. Default: static-max."
    ) { (value) throws(PolicyValueError) in .ceiling(try PolicyValue.size(value)) },
    PolicyKey(
      name: "weight", values: "a number from 1 to 1000",
      description:
        "Its share of the free memory when the host is short, relative to other domains. "
        + "Default: 100."
    ) { (value) throws(PolicyValueError) in .weight(try PolicyValue.weight(value)) },
    PolicyKey(
      name: "hands-off", values: "yes or no",
      description: "If yes: no advice, not used by memtop free, and never regulated. Default: no."
    ) { (value) throws(PolicyValueError) in .handsOff(try PolicyValue.truth(value)) },
    PolicyKey(
      name: "xapi-free", values: "available, free or unknown",
      description:
        "What its XAPI agent's meminfo_free means. available: the kernel's MemAvailable, "
        + "which can be acted on. free: MemFree, which makes cache look busy, so the domain is "
        + "never given more. unknown: available if its agent says that it is xe-guest-utilities 7.30 or "
        + "later in Linux, otherwise like free. Default: unknown."
    ) { (value) throws(PolicyValueError) in .xapiFree(try PolicyValue.xapiFree(value)) },
    PolicyKey(
      name: "regulate", values: "yes or no",
      description: "If yes: the domain is handed to the regulator without M. Default: no."
    ) { (value) throws(PolicyValueError) in .regulated(try PolicyValue.truth(value)) },
  ]
}

/// A value that its key does not take.
struct PolicyValueError: Error {
  /// nil is: it looks like nothing that the key takes.
  var reason: String?
}

enum PolicyValue {
  static func size(_ text: String) throws(PolicyValueError) -> Bytes {
    do throws(SizeError) {
      return try SizeExpression.amount(parsing: text)
    } catch {
      throw PolicyValueError(reason: text.isEmpty ? "it has no value" : error.reason)
    }
  }

  static func reserve(_ text: String) throws(PolicyValueError) -> MemoryPolicy.Reserve {
    guard text.last == "%" else { return .size(try size(text)) }
    guard let percent = number(text.dropLast()), (1...400).contains(percent) else {
      throw PolicyValueError(reason: "a share is from 1% to 400%")
    }
    return .share(percent: percent)
  }

  static func weight(_ text: String) throws(PolicyValueError) -> Int64 {
    guard let weight = number(text[...]), (1...1000).contains(weight) else {
      throw PolicyValueError()
    }
    return weight
  }

  static func truth(_ text: String) throws(PolicyValueError) -> Bool {
    switch text {
    case "yes": true
    case "no": false
    default: throw PolicyValueError()
    }
  }

  /// The only owner that memtop can act through.
  static func xapi(_ text: String) throws(PolicyValueError) -> Bool {
    guard text == TargetOwner.xapi.rawValue else { throw PolicyValueError() }
    return true
  }

  static func xapiFree(_ text: String) throws(PolicyValueError) -> MemoryPolicy.XAPIFree {
    guard let meaning = MemoryPolicy.XAPIFree(rawValue: text) else { throw PolicyValueError() }
    return meaning
  }

  private static func number(_ text: Substring) -> Int64? {
    guard !text.isEmpty, text.count <= 6, text.utf8.allSatisfy({ (48...57).contains($0) }) else {
      return nil
    }
    return Int64(text)
  }
}
