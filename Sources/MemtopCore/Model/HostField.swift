/// One fact about the host: what batch, json and the manual list of it.
package struct HostField: Sendable {
  /// Its name in csv and json.
  package let id: String
  package let unit: FieldUnit
  /// One sentence for `--help` and the manual.
  package let description: String
  package let value: @Sendable (Snapshot) -> FieldValue

  init(
    _ id: String, _ unit: FieldUnit, _ description: String,
    value: @escaping @Sendable (Snapshot) -> FieldValue
  ) {
    self.id = id
    self.unit = unit
    self.description = description
    self.value = value
  }

  /// Every field of the host; dom0, guests, dying, overhead, xen and free sum to total.
  package static let table: [HostField] = identity + amounts

  private static let identity: [HostField] = [
    HostField("time_ms", .count, "Milliseconds since 1970, UTC.") {
      .count($0.time.milliseconds)
    },
    HostField("host", .text, "The host's name.") { .text($0.host.hostname) },
    HostField("xen_version", .text, "The running Xen.") { .text($0.host.xenVersion) },
    HostField("owner", .text, "Another program that sets targets here: xapi, squeezed or qmemman.")
    {
      .existing($0.host.owner?.rawValue)
    },
    HostField(
      "missing_hosts", .text,
      "Of several hosts, those that gave no figures: their memory and domains are left out."
    ) { snapshot in
      let missing = snapshot.missing.compactMap(\.name)
      return .existing(missing.isEmpty ? nil : missing.joined(separator: " "))
    },
    HostField("domain_count", .count, "Domains, dom0 included.") {
      .count(Int64($0.wholeCount ?? $0.domains.count))
    },
  ]

  private static let amounts: [HostField] = [
    HostField("total", .bytes, "The host's memory.") { .bytes($0.host.total) },
    HostField("dom0", .bytes, "Held by dom0.") { .bytes($0.host.dom0) },
    HostField("guests", .bytes, "Held by guests.") { .bytes($0.host.guests) },
    HostField("dying", .bytes, "Held by domains that are dying or shut down.") {
      .bytes($0.host.dying)
    },
    HostField("overhead", .bytes, "Held by Xen for the page tables of domains (HAP or shadow).") {
      .reported($0.host.overhead)
    },
    HostField(
      "xen", .bytes, "Everything else that Xen holds, including overhead if that is unknown."
    ) {
      .bytes($0.host.xen)
    },
    HostField(
      "free", .bytes,
      "Xen's free memory, including claimed and promised. The screen and the table show uncommitted "
        + "as free."
    ) { .bytes($0.host.free) },
    HostField("claimed", .bytes, "The part of free that is claimed for domains being built.") {
      .bytes($0.host.claimed)
    },
    HostField(
      "promised", .bytes,
      "The part of free that growing guests, and domains being built or received, may still take."
    ) {
      .bytes($0.host.promised)
    },
    HostField(
      "uncommitted", .bytes,
      "The part of free that is neither claimed nor promised, so it can be handed out."
    ) {
      .bytes($0.host.uncommitted)
    },
  ]
}
