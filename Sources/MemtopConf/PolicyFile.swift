import MemtopCore

/// `/etc/memtop.conf`: what an operator wants for the host and its domains; memtop.conf(5).
package enum PolicyFile {
  package static let standardPath = "/etc/memtop.conf"

  /// Reads a policy.
  ///
  /// - Throws: `ConfError`: a file that cannot be read, an unknown section or key, a value that a key does
  ///   not take, a key given twice, a floor above its ceiling.
  package static func read(_ path: String) throws(ConfError) -> PolicySet {
    try policies(INIFile(path))
  }

  /// The policies of a file that was read.
  ///
  /// - Throws: as `read`, except for what cannot be read.
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
    let words = section.name.trimmed.split(separator: " ", maxSplits: 1)
    guard words.count == 2, words[0] == domainWord else {
      throw ConfError(
        path, section.line,
        "unknown section [\(ConfError.shown(section.name))]; there are [host] and"
          + " [domain NAME-OR-UUID], in which * stands for anything")
    }
    var changes: [PolicySet.Change] = []
    for entry in section.entries { changes.append(try change(entry, DomainKey.table, path)) }
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
    switch try change(entry, HostKey.table, path) {
    case .reserve(let size): set.hostReserve = size
    case .throughXAPI(let isAllowed): set.throughXAPI = isAllowed
    }
  }

  private static func change<Change>(
    _ entry: INIFile.Entry, _ table: [PolicyEntry<Change>], _ path: String
  ) throws(ConfError) -> Change {
    guard let found = table.first(where: { $0.key.name == entry.name }) else {
      throw ConfError(unknown: entry, known: table.map(\.key.name), path)
    }
    do throws(PolicyValueError) {
      return try found.change(entry.value)
    } catch {
      throw ConfError(entry, error.reason ?? "expected \(found.key.values)", path)
    }
  }
}
