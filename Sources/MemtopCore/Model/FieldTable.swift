extension Field {
  /// Every field of a domain, in the order of `FieldID`.
  public static let table: [Field] = identity + amounts + guest + report + descriptive + drawings

  private static let identity: [Field] = [
    Field(.id, "ID", .count, width: 3, drop: 8, "Xen's domain id. A reboot gives a new one.") {
      .count(Int64($0.id.domid))
    },
    Field(.name, "NAME", .text, least: 9, width: 12, drop: 0, "The domain's name.") {
      .text($0.name)
    },
    Field(
      .state, "STATE", .text, width: 9, drop: 20,
      "What the domain is doing: running, paused, booting, crashed, dying, shutdown, migrating; "
        + "building means that it is being built, restored or received; stuck means that the balloon does not follow its target."
    ) { .text($0.state.rawValue) },
    Field(
      .condition, "CONDITION", .text, least: 9, width: 11, drop: 3,
      "Overall status, the worst of state, report health and pressure; "
        + "a ? marks a report of unknown age."
    ) { .text(Condition($0).text) },
  ]

  private static let amounts: [Field] = [
    Field(
      .alloc, "ALLOC", .bytes, least: 5, width: 6, drop: 1, "Memory that the domain holds now."
    ) { .bytes($0.allocation) },
    Field(
      .target, "TARGET", .bytes, least: 6, width: 7, drop: 4,
      "The balloon's target, with video memory, as xl mem-set takes it."
    ) { .existing($0.size) },
    Field(
      .max, "MAX", .bytes, least: 5, width: 6, drop: 10,
      "The most it can have while it runs: static-max, or hotplug-max where Qubes sets that."
    ) { .existing($0.staticMax) },
    Field(
      .dynmin, "DYNMIN", .bytes, width: 6, drop: 16,
      "dynamic-min: the lowest target that the toolstack's own regulator sets."
    ) { .existing($0.dynamicMin) },
    Field(
      .dynmax, "DYNMAX", .bytes, width: 6, drop: 15,
      "dynamic-max: the highest target that the toolstack's own regulator sets."
    ) { .existing($0.dynamicMax) },
    Field(
      .limit, "LIMIT", .bytes, width: 6, drop: 22,
      "max_pages: the most that Xen lets it hold; - means no limit."
    ) { .existing($0.limit) },
    Field(
      .overhead, "OVERHEAD", .bytes, width: 8, drop: 27,
      "What Xen holds for its page tables (HAP or shadow), beside ALLOC; - for PV, where Xen does not "
        + "tell."
    ) { sample in
      sample.overhead.map { .bytes($0) } ?? (sample.kind == .pv ? .absent : .unreported)
    },
  ]

  private static let guest: [Field] = [
    Field(
      .busy, "BUSY", .bytes, least: 5, width: 6, drop: 5,
      "In use by its kernel and programs: allocation at the time of the report minus available."
    ) { .reported($0.busy) },
    Field(
      .cache, "CACHE", .bytes, least: 5, width: 6, drop: 14,
      "Disk cache that its kernel can drop: Cached minus Shmem, at most available minus free."
    ) { .reported($0.cache) },
    Field(
      .avail, "AVAIL", .bytes, least: 5, width: 6, drop: 2,
      "What its programs could still take without swapping: free memory and cache."
    ) { .reported($0.available) },
    Field(
      .free, "FREE", .bytes, least: 5, width: 6, drop: 18,
      "MemFree as its kernel reports it. The kernel reserves part of it, so it can exceed available."
    ) { .reported($0.report?.free) },
    Field(.swap, "SWAP", .bytes, least: 5, width: 6, drop: 9, "Swap in use.") {
      .reported($0.swapUsed)
    },
    Field(
      .swapin, "IN/s", .rate, least: 5, width: 6, drop: 6,
      "Swap-in rate in bytes per second. A guest that swaps in lacks memory."
    ) { .reportedRate($0.swapInRate) },
    Field(
      .swapout, "OUT/s", .rate, least: 5, width: 6, drop: 17,
      "Swap-out rate in bytes per second."
    ) { .reportedRate($0.swapOutRate) },
    Field(
      .pressure, "PRESSURE", .text, width: 9, drop: 21,
      "ok, tight, short or thrashing, judged by PSI; without PSI, by the worse of swap-in rate and "
        + "available %. At least tight if almost nothing is available."
    ) { $0.pressure.map { .text($0.word) } ?? .unreported },
    Field(
      .psiSome, "SOME%", .percent, width: 6,
      "PSI memory some avg10: share of time in which some task waited for memory."
    ) { .reportedPercent($0.report?.psiSome) },
    Field(
      .psiFull, "FULL%", .percent, width: 6,
      "PSI memory full avg10: share of time in which all tasks waited for memory."
    ) { .reportedPercent($0.report?.psiFull) },
  ]

  private static let report: [Field] = [
    Field(
      .health, "HEALTH", .text, width: 11, drop: 23,
      "Whether its report is used: fresh, unknown age, stale, silent, implausible, unreadable."
    ) { .text($0.health.word) },
    Field(.age, "AGE", .seconds, width: 4, drop: 12, "Time since the guest's report was written.") {
      sample in
      if let age = sample.reportAge { return .seconds(max(0, age.wholeSeconds)) }
      return sample.report == nil ? .absent : .unreported
    },
    Field(
      .advice, "ADVICE", .bytes, width: 6, drop: 13,
      "The advised target; - if there is no advice."
    ) { .existing($0.advised) },
    Field(
      .dialect, "DIALECT", .text, width: 11, drop: 24,
      "Which agent's format the report has: memtop, xenballoond, qubes, xapi, or proc for dom0's own."
    ) { .existing($0.report?.dialect.rawValue) },
    Field(
      .regulation, "REGULATION", .text, width: 10,
      "Its state with memtop regulate: wanted (handed over, not confirmed), regulated, unwanted "
        + "(taken back, not confirmed), released."
    ) { .existing($0.regulation?.summary) },
  ]

  private static let descriptive: [Field] = [
    Field(.kind, "KIND", .text, width: 4, drop: 19, "pv, hvm or pvh.") {
      .text($0.kind.rawValue)
    },
    Field(
      .stubOf, "STUBOF", .count, width: 6,
      "Of a stub domain: the domid of the guest whose device model it runs."
    ) { $0.deviceModelOf.map { .count(Int64($0)) } ?? .absent },
    Field(.uuid, "UUID", .text, width: 36, "The domain's uuid. It stays the same over a reboot.") {
      .text($0.id.uuid.description)
    },
    Field(.os, "OS", .text, width: 16, drop: 26, "The guest's operating system, as reported.") {
      .existing($0.facts.osName)
    },
    Field(.ip, "IP", .text, width: 15, drop: 25, "The guest's first address, as reported.") {
      .existing($0.facts.ipv4 ?? $0.facts.ipv6)
    },
  ]

  private static let drawings: [Field] = [
    Field(
      .bar, "BAR", .drawing, least: 12, width: 15, drop: 7,
      "Busy, cache and free relative to the most it can have, and its target."
    ) { _ in .absent },
    Field(
      .spark, "SPARK", .drawing, width: 12, drop: 11,
      "The last two minutes of the field that s selects: available, busy, allocation, target, swap-in or "
        + "pressure."
    ) { _ in .absent },
  ]
}

extension FieldValue {
  static func existing(_ bytes: Bytes?) -> FieldValue { bytes.map { .bytes($0) } ?? .absent }
  static func existing(_ text: String?) -> FieldValue { text.map { .text($0) } ?? .absent }
  static func reported(_ bytes: Bytes?) -> FieldValue { bytes.map { .bytes($0) } ?? .unreported }
  static func reportedRate(_ rate: Bytes?) -> FieldValue { rate.map { .rate($0) } ?? .unreported }
  static func reportedPercent(_ hundredths: Int?) -> FieldValue {
    hundredths.map { .percent(hundredths: $0) } ?? .unreported
  }
}
