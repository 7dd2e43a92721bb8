extension Field {
  /// Every field of a domain: one entry each, from which follow its column, sort, filter, csv, json,
  /// metric, manual, and where it is a number that is kept, its place in the past and in recordings.
  package static let table: [Field] = identity + amounts + guest + report + descriptive + drawings

  private static let identity: [Field] = [
    Field(.id, "ID", .count, width: 3, drop: 9, "Xen's domain id. A reboot gives a new one.") {
      .count(Int64($0.id.domid))
    },
    Field(.name, "NAME", .text, least: 9, width: 12, drop: 0, "The domain's name.") {
      .text($0.name)
    },
    Field(
      .state, "STATE", .text, width: 9,
      "What the domain is doing: running, paused, booting, crashed, dying, shutdown, migrating; "
        + "building means that it is being built, restored or received; "
        + "reading means that memtop has not read its xenstore values yet and knows only Xen's "
        + "figures; stuck means that the balloon does not follow its target.",
      metric: FieldMetric("state", words: DomainState.allCases.map(\.rawValue)),
      stored: StoredNumber(
        "state", .code, .state, { $0.state.code }, { $0.state = .init(code: $1) }),
      rank: { $0.state.rank }
    ) { .text($0.state.rawValue) },
    Field(
      .condition, "CONDITION", .text, least: 9, width: 11, drop: 3, after: .swapout,
      "Overall status, the worst of state, report health and pressure; "
        + "a ? marks a report of unknown age.",
      rank: { Int(Condition($0).word.rawValue) }
    ) { .text(Condition($0).text) },
  ]

  private static let amounts: [Field] = [
    Field(
      .alloc, "ALLOC", .bytes, least: 5, width: 6, drop: 1, "Memory that the domain holds now.",
      metric: "allocation",
      number: StoredNumber(
        "allocation", .amount, .allocation,
        { $0.allocation.count }, { $0.allocation = Bytes($1) })),
    Field(
      .target, "TARGET", .bytes, least: 6, width: 7, drop: 5,
      "The balloon's target, with video memory, as xl mem-set takes it.",
      metric: "target",
      stored: StoredNumber(
        "target", .amount, .balloon,
        { $0.target?.count }, { $0.target = Bytes($1) })
    ) { .existing($0.size) },
    Field(
      .max, "MAX", .bytes, least: 5, width: 6, drop: 11,
      "The most it can have while it runs: static-max, or hotplug-max where Qubes sets that.",
      metric: "static_max",
      number: StoredNumber(
        "static_max", .amount, .limits,
        { $0.staticMax?.count }, { $0.staticMax = Bytes($1) }),
      missing: { _ in .absent }),
    Field(
      .dynmin, "DYNMIN", .bytes, width: 6, drop: 17,
      "dynamic-min: the lowest target that the toolstack's own regulator sets.",
      metric: "dynamic_min",
      number: StoredNumber(
        "dynamic_min", .amount, .limits,
        { $0.dynamicMin?.count }, { $0.dynamicMin = Bytes($1) }),
      missing: { _ in .absent }),
    Field(
      .dynmax, "DYNMAX", .bytes, width: 6, drop: 16,
      "dynamic-max: the highest target that the toolstack's own regulator sets.",
      metric: "dynamic_max",
      number: StoredNumber(
        "dynamic_max", .amount, .limits,
        { $0.dynamicMax?.count }, { $0.dynamicMax = Bytes($1) }),
      missing: { _ in .absent }),
    Field(
      .limit, "LIMIT", .bytes, width: 6,
      "max_pages: the most that Xen lets it hold; no value means no limit.",
      metric: "limit",
      number: StoredNumber(
        "max_pages", .amount, .balloon,
        { $0.limit?.count }, { $0.limit = Bytes($1) }),
      missing: { _ in .absent }),
    Field(
      .overhead, "OVERHEAD", .bytes, width: 8, drop: 27,
      "Memory that Xen holds for the domain's page tables (HAP or shadow), in addition to ALLOC; "
        + "- for PV, because Xen does not report it there.",
      metric: "overhead",
      number: StoredNumber(
        "overhead", .amount, .unrecorded,
        { $0.overhead?.count }, { $0.overhead = Bytes($1) }),
      missing: { $0.kind == .pv ? .absent : .unreported }),
  ]

  private static let guest: [Field] = [
    Field(
      .busy, "BUSY", .bytes, least: 5, width: 6, drop: 6,
      "In use by its kernel and programs: allocation at the time of the report minus available.",
      metric: "busy",
      number: StoredNumber(
        "busy", .amount, .derived,
        { $0.busy?.count }, { $0.busy = Bytes($1) })),
    Field(
      .cache, "CACHE", .bytes, least: 5, width: 6, drop: 15,
      "Disk cache that its kernel can drop: Cached minus Shmem, at most available minus free.",
      metric: "cache",
      number: StoredNumber(
        "cache", .amount, .report,
        { $0.cache?.count },
        {
          $0.cache = Bytes($1)
          $0.report?.cache = Bytes($1)
        })),
    Field(
      .avail, "AVAIL", .bytes, least: 5, width: 6, drop: 2, after: .free,
      "What its programs could still take without swapping: free memory and cache.",
      metric: "available",
      number: StoredNumber(
        "available", .amount, .report,
        { $0.available?.count },
        {
          $0.available = Bytes($1)
          $0.report?.available = Bytes($1)
        })),
    Field(
      .free, "FREE", .bytes, least: 5, width: 6, drop: 19,
      "MemFree as its kernel reports it. The kernel reserves part of it, so it can exceed available.",
      metric: "free",
      number: StoredNumber(
        "free", .amount, .report,
        { $0.report?.free?.count }, { $0.report?.free = Bytes($1) })),
    Field(
      .swap, "SWAP", .bytes, least: 5, width: 6, drop: 10, "Swap in use.",
      metric: "swap_used",
      number: StoredNumber(
        "swap_used", .amount, .report,
        { $0.swapUsed?.count },
        {
          $0.swapUsed = Bytes($1)
          $0.report?.swapUsed = Bytes($1)
        })),
    Field(
      "zram", "ZRAM", .bytes, width: 6,
      "The part of SWAP on zram devices: compressed, but still in memory. "
        + "Only memtop-agent reports it.",
      metric: "swap_zram",
      number: StoredNumber(
        "zram_used", .amount, .report,
        { $0.report?.zramUsed?.count }, { $0.report?.zramUsed = Bytes($1) })),
    Field(
      .swapin, "IN/s", .rate, least: 5, width: 6, drop: 7,
      "Swap-in rate in bytes per second. A guest that swaps in lacks memory.",
      metric: "swap_in",
      number: StoredNumber(
        "swap_in_rate", .rate, .derived,
        { $0.swapInRate?.count }, { $0.swapInRate = Bytes($1) })),
    Field(
      .swapout, "OUT/s", .rate, least: 5, width: 6, drop: 18,
      "Swap-out rate in bytes per second.",
      metric: "swap_out",
      number: StoredNumber(
        "swap_out_rate", .rate, .derived,
        { $0.swapOutRate?.count }, { $0.swapOutRate = Bytes($1) })),
    Field(
      .pressure, "PRESSURE", .text, width: 9,
      "ok, tight, short or thrashing, judged by PSI; without PSI, by the worse of swap-in rate and "
        + "available %. At least tight if almost nothing is available.",
      metric: FieldMetric("pressure", words: Pressure.allCases.map(\.word)),
      stored: StoredNumber(
        "pressure", .code, .state, { $0.pressure.map { Int64($0.rawValue) } },
        { $0.pressure = Pressure(rawValue: UInt8(clamping: $1)) }),
      rank: { $0.pressure.map { Int($0.rawValue) } }
    ) { $0.pressure.map { .text($0.word) } ?? .unreported },
    Field(
      "psi_some", "SOME%", .percent, width: 6,
      "PSI memory some avg10: share of time in which some task waited for memory.",
      metric: "psi_some",
      number: StoredNumber(
        "psi_some", .share, .report,
        { $0.report?.psiSome.map { Int64($0) } }, { $0.report?.psiSome = Int($1) })),
    Field(
      "psi_full", "FULL%", .percent, width: 6,
      "PSI memory full avg10: share of time in which all tasks waited for memory.",
      metric: "psi_full",
      number: StoredNumber(
        "psi_full", .share, .report,
        { $0.report?.psiFull.map { Int64($0) } }, { $0.report?.psiFull = Int($1) })),
  ]

  private static let report: [Field] = [
    Field(
      .health, "HEALTH", .text, width: 11,
      "Whether its report is used: fresh, unknown age, stale, silent, implausible, unreadable.",
      metric: FieldMetric(
        "report_health",
        words: ["fresh", "unknown age", "stale", "silent", "implausible", "unreadable"]),
      rank: { $0.health.rank }
    ) { .text($0.health.word) },
    Field(
      .age, "AGE", .seconds, width: 4, drop: 13, after: .spark,
      "Time since the guest's report was written.", metric: "report_age"
    ) { sample in
      if let age = sample.reportAge { return .seconds(max(0, age.wholeSeconds)) }
      return sample.report == nil ? .absent : .unreported
    },
    Field(
      .advice, "ADVICE", .bytes, width: 6, drop: 14, after: .target,
      "The advised target; no value means no advice.",
      metric: "advised_target", isRecorded: false
    ) { .existing($0.advised) },
    Field(
      .dialect, "DIALECT", .text, width: 11, drop: 24, after: .age,
      "Which agent's format the report has: memtop, xenballoond, qubes, xapi, or proc for dom0's own."
    ) { .existing($0.report?.dialect.rawValue) },
    Field(
      "regulation", "REGULATION", .text, width: 10,
      "Its state with memtop regulate: wanted (handed over, not confirmed), regulated, unwanted "
        + "(taken back, not confirmed), released.",
      metric: FieldMetric(
        "regulation", words: ["wanted", "regulated", "unwanted", "released"]), isRecorded: false
    ) { .existing($0.regulation?.summary) },
  ]

  private static let descriptive: [Field] = [
    Field(.kind, "KIND", .text, width: 4, drop: 20, after: .name, "pv, hvm or pvh.") {
      .text($0.kind.rawValue)
    },
    Field(
      "stub_of", "STUBOF", .count, width: 6,
      "For a stub domain: the domid of the guest whose device model it runs."
    ) { $0.deviceModelOf.map { .count(Int64($0)) } ?? .absent },
    Field(.uuid, "UUID", .text, width: 36, "The domain's uuid. It stays the same over a reboot.") {
      .text($0.id.uuid.description)
    },
    Field(
      .os, "OS", .text, width: 16, drop: 26, after: .ip,
      "The guest's operating system, as reported."
    ) {
      .existing($0.facts.osName)
    },
    Field(
      .ip, "IP", .text, width: 15, drop: 25, after: .dialect,
      "The guest's first address, as reported."
    ) {
      .existing($0.facts.ipv4 ?? $0.facts.ipv6)
    },
    Field(
      .host, "HOST", .text, least: 6, width: 8, drop: 4, after: .name,
      "The domain's host. The screen shows it only if there are several hosts."
    ) {
      .existing($0.facts.host)
    },
  ]

  private static let drawings: [Field] = [
    Field(
      .bar, "BAR", .drawing, least: 12, width: 15, drop: 8, after: .condition,
      "Busy, cache and free relative to the most it can have, and its target."
    ) { _ in .absent },
    Field(
      .spark, "SPARK", .drawing, width: 12, drop: 12, after: .bar,
      "The last two minutes of the field that s selects: available, busy, allocation, target, swap-in or "
        + "pressure."
    ) { _ in .absent },
  ]
}

extension FieldValue {
  static func existing(_ bytes: Bytes?) -> FieldValue { bytes.map { .bytes($0) } ?? .absent }
  package static func existing(_ text: String?) -> FieldValue { text.map { .text($0) } ?? .absent }
  static func reported(_ bytes: Bytes?) -> FieldValue { bytes.map { .bytes($0) } ?? .unreported }
}

extension Field {
  /// Its value for a domain of `host`, which is not in the sample where only one host is shown.
  package func value(_ sample: DomainSample, of host: String) -> FieldValue {
    guard id == .host, sample.facts.host == nil, !host.isEmpty else { return value(sample) }
    return .text(host)
  }
}

extension FieldID {
  /// Known of a domain whose name and target were read, and nothing else.
  package static let early: Set<FieldID> = [.id, .uuid, .name, .kind, .alloc, .limit, .target]
}
