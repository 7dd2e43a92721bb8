extension Field {
  /// Every field of a domain, in the order of `FieldID`.
  public static let table: [Field] = identity + amounts + guest + report + descriptive + drawings

  private static let identity: [Field] = [
    Field(.id, "ID", .count, width: 3, drop: 8, "Xen's domain id; a reboot gives a new one.") {
      .count(Int64($0.id.domid))
    },
    Field(.name, "NAME", .text, least: 9, width: 12, drop: 0, "The domain's name.") {
      .text($0.name)
    },
    Field(
      .state, "STATE", .text, width: 9, drop: 20,
      "What the domain is doing: running, paused, booting, crashed, dying, shutdown, migrating; "
        + "stuck is a balloon that does not follow its target."
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
      "Where its balloon was told to go, as SIZE means it: with its video memory."
    ) { .existing($0.size) },
    Field(
      .max, "MAX", .bytes, least: 5, width: 6, drop: 10,
      "static-max: the most it can be given while it runs."
    ) { .existing($0.staticMax) },
    Field(
      .dynmin, "DYNMIN", .bytes, width: 6, drop: 16,
      "dynamic-min: the lowest that the toolstack's own regulator may go."
    ) { .existing($0.dynamicMin) },
    Field(
      .dynmax, "DYNMAX", .bytes, width: 6, drop: 15,
      "dynamic-max: the highest that the toolstack's own regulator may go."
    ) { .existing($0.dynamicMax) },
    Field(
      .limit, "LIMIT", .bytes, width: 6, drop: 22,
      "max_pages: what Xen lets it hold; - is no limit."
    ) { .existing($0.limit) },
  ]

  private static let guest: [Field] = [
    Field(
      .busy, "BUSY", .bytes, least: 5, width: 6, drop: 5,
      "What its kernel and programs hold: allocation at the time of the report less available."
    ) { .reported($0.busy) },
    Field(
      .cache, "CACHE", .bytes, least: 5, width: 6, drop: 14,
      "Disk cache that its kernel can drop: Cached less Shmem, and no more than is available beside "
        + "what is free."
    ) { .reported($0.cache) },
    Field(
      .avail, "AVAIL", .bytes, least: 5, width: 6, drop: 2,
      "What its programs could still take without swapping: free memory and cache."
    ) { .reported($0.available) },
    Field(
      .free, "FREE", .bytes, least: 5, width: 6, drop: 18,
      "MemFree as its kernel reports it: used for nothing, though the kernel keeps some of it back."
    ) { .reported($0.report?.free) },
    Field(.swap, "SWAP", .bytes, least: 5, width: 6, drop: 9, "Swap that it uses.") {
      .reported($0.swapUsed)
    },
    Field(
      .swapin, "IN/s", .rate, least: 5, width: 6, drop: 6,
      "Bytes a second that it reads back from swap: the mark of a guest that lacks memory."
    ) { .reportedRate($0.swapInRate) },
    Field(
      .swapout, "OUT/s", .rate, least: 5, width: 6, drop: 17,
      "Bytes a second that it writes to swap."
    ) { .reportedRate($0.swapOutRate) },
    Field(
      .pressure, "PRESSURE", .text, width: 9, drop: 21,
      "ok, tight, short or thrashing, from the guest's PSI, else swap-in, else available %; at least "
        + "tight where next to nothing is available."
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
      "Whether its report can be acted on: fresh, unknown age, stale, silent, implausible, "
        + "unreadable."
    ) { .text($0.health.word) },
    Field(.age, "AGE", .seconds, width: 4, drop: 12, "Time since the guest's report was written.") {
      sample in
      if let age = sample.reportAge { return .seconds(max(0, age.wholeSeconds)) }
      return sample.report == nil ? .absent : .unreported
    },
    Field(
      .advice, "ADVICE", .bytes, width: 6, drop: 13,
      "The target that the advisor would set; - where it has nothing to say."
    ) { .existing($0.advised) },
    Field(
      .dialect, "DIALECT", .text, width: 11, drop: 24,
      "Whose report it is: memtop, xenballoond, qubes, xapi, or proc for dom0's own."
    ) { .existing($0.report?.dialect.rawValue) },
    Field(
      .regulation, "REGULATION", .text, width: 10,
      "How it stands with memtop regulate: wanted, regulated, unwanted, released."
    ) { .existing($0.regulation?.summary) },
  ]

  private static let descriptive: [Field] = [
    Field(.kind, "KIND", .text, width: 4, drop: 19, "pv, hvm or pvh.") {
      .text($0.kind.rawValue)
    },
    Field(.uuid, "UUID", .text, width: 36, "The domain's uuid; it outlives a reboot.") {
      .text($0.id.uuid.description)
    },
    Field(.os, "OS", .text, width: 16, drop: 26, "The guest's system, in its agent's words.") {
      .existing($0.facts.osName)
    },
    Field(.ip, "IP", .text, width: 15, drop: 25, "The guest's first address, in its agent's words.")
    {
      .existing($0.facts.ipv4 ?? $0.facts.ipv6)
    },
  ]

  private static let drawings: [Field] = [
    Field(
      .bar, "BAR", .drawing, least: 12, width: 15, drop: 7,
      "Busy, cache and free as shares of the most it can have, with its target."
    ) { _ in .absent },
    Field(
      .spark, "SPARK", .drawing, width: 12, drop: 11,
      "The last two minutes of what s chose: available, busy, allocation, target, swap-in or "
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
