import MemtopCore

/// One key of a policy file: the vocabulary of the parser, its errors, `memtop policy` and
/// memtop.conf(5).
package struct PolicyKey: Sendable {
  package let name: String
  /// What a value looks like.
  package let values: String
  /// One sentence for the manual.
  package let description: String

  /// The keys of `[host]`.
  package static let host = HostKey.table.map(\.key)
  /// The keys of `[domain …]`.
  package static let domain = DomainKey.table.map(\.key)
}

/// What a key of `[host]` changes.
enum HostChange {
  case reserve(Bytes)
  case throughXAPI(Bool)
}

/// A key, with what a value of it changes.
struct PolicyEntry<Change>: Sendable {
  let key: PolicyKey
  let change: @Sendable (String) throws(PolicyValueError) -> Change

  init(
    name: String, values: String, description: String,
    change: @escaping @Sendable (String) throws(PolicyValueError) -> Change
  ) {
    key = PolicyKey(name: name, values: values, description: description)
    self.change = change
  }
}

/// The keys of `[host]`.
enum HostKey {
  static let table: [PolicyEntry<HostChange>] = [
    PolicyEntry(
      name: "reserve", values: "a size, such as 512M",
      description: "Memory that advice and regulation leave free on the host. Default: 2 % of the "
        + "host's memory, at least 256 MiB."
    ) { (value) throws(PolicyValueError) in .reserve(try PolicyValue.size(value)) },
    PolicyEntry(
      name: "owner", values: "xapi",
      description:
        "Lets memtop regulate set dynamic ranges through XAPI, on a host where XAPI owns the "
        + "targets. Without it, memtop regulate refuses to run there."
    ) { (value) throws(PolicyValueError) in .throughXAPI(try PolicyValue.xapi(value)) },
  ]
}

/// The keys of `[domain …]`.
enum DomainKey {
  static let table: [PolicyEntry<PolicySet.Change>] = [
    PolicyEntry(
      name: "reserve", values: "a size, such as 512M, or a share of busy, such as 25%",
      description: "Memory on top of busy, for cache and for bursts until the next report. A share "
        + "is at least 64 MiB. Default: 25%."
    ) { (value) throws(PolicyValueError) in .reserve(try PolicyValue.reserve(value)) },
    PolicyEntry(
      name: "floor", values: "a size, such as 512M",
      description:
        "The lowest target that is advised. A target below it is raised to it. Rounded up to whole MiB."
    ) { (value) throws(PolicyValueError) in .floor(try PolicyValue.floor(value)) },
    PolicyEntry(
      name: "ceiling", values: "a size, such as 8G",
      description:
        "The highest target that is advised. Rounded down to whole MiB. Default: static-max."
    ) { (value) throws(PolicyValueError) in .ceiling(try PolicyValue.ceiling(value)) },
    PolicyEntry(
      name: "weight", values: "a number from 1 to 1000",
      description:
        "Its share of the free memory when the host is short, relative to other domains. "
        + "Default: 100."
    ) { (value) throws(PolicyValueError) in .weight(try PolicyValue.weight(value)) },
    PolicyEntry(
      name: "hands-off", values: "yes or no",
      description: "If yes: no advice, not used by memtop free, and never regulated. Default: no."
    ) { (value) throws(PolicyValueError) in .handsOff(try PolicyValue.truth(value)) },
    PolicyEntry(
      name: "xapi-free", values: "available, free or unknown",
      description:
        "What its XAPI agent's meminfo_free means. available: the kernel's MemAvailable, "
        + "which can be acted on. free: MemFree, which makes cache look busy, so the domain is "
        + "never given more. unknown: available if its agent says that it is xe-guest-utilities 7.30 or "
        + "later in Linux, otherwise like free. Default: unknown."
    ) { (value) throws(PolicyValueError) in .xapiFree(try PolicyValue.xapiFree(value)) },
    PolicyEntry(
      name: "regulate", values: "yes or no",
      description: "If yes: the domain is handed to the regulator without M. Default: no."
    ) { (value) throws(PolicyValueError) in .regulated(try PolicyValue.truth(value)) },
  ]
}
