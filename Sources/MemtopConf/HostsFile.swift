import MemtopCore

/// The hosts that one screen shows, a section each; memtop(8) describes it.
package enum HostsFile {
  package struct Entry: Hashable, Sendable {
    /// Of the section: as the operator calls the host.
    package var name: String
    /// What ssh is given; nil is the name.
    package var address: String?
    /// What runs there; nil is `memtop`.
    package var command: String?
    /// Where it is named, and where its address stands.
    package var line: Int
    package var addressLine: Int
  }

  private static let keys = ["address", "memtop"]

  /// - Throws: `ConfError`: a file that cannot be read, or that lists no host; an unknown key; a host or
  ///   key that is given twice.
  package static func read(_ path: String) throws(ConfError) -> [Entry] {
    try entries(INIFile(path))
  }

  /// The hosts of a file that was read.
  ///
  /// - Throws: as `read`, except for what cannot be read.
  package static func entries(_ file: INIFile) throws(ConfError) -> [Entry] {
    var entries: [Entry] = []
    for section in file.sections {
      var host = Entry(name: section.name, line: section.line, addressLine: section.line)
      for entry in section.entries {
        switch entry.name {
        case keys[0]: (host.address, host.addressLine) = (entry.value, entry.line)
        case keys[1]: host.command = entry.value
        default: throw ConfError(unknown: entry, known: keys, file.path)
        }
        if entry.value.isEmpty { throw ConfError(entry, "expected a value", file.path) }
      }
      if let first = entries.first(where: { $0.name == host.name }) {
        throw ConfError(
          file.path, host.line, "the host \(shown(host.name)) is in line \(first.line), too")
      }
      // It would be counted twice.
      if let first = entries.first(where: { $0.reached == host.reached }) {
        throw ConfError(
          file.path, host.addressLine,
          "\(shown(host.reached)) is the address of \(shown(first.name)), too")
      }
      entries.append(host)
    }
    guard !entries.isEmpty else {
      throw ConfError(file.path, nil, "lists no host: each is a section, such as [xen1]")
    }
    return entries
  }

  private static func shown(_ text: String) -> String { ConfError.shown(text) }
}

extension HostsFile.Entry {
  /// What ssh is given.
  package var reached: String { address ?? name }
}
