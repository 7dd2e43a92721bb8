import MemtopCore

/// The figures of a domain's page, each with the words that say what it means.
struct PageFigures {
  let view: PageView
  private var sample: DomainSample { view.sample }
  private var now: SteadyTime { view.state.shown?.steady ?? view.state.now }

  func lines() -> [StyledLine] {
    var lines = [bar] + view.gap
    for (word, figure, text, style) in rows {
      lines += self.lines(word, figure, text, style)
    }
    if let shown = view.state.shown {
      lines += PageAdvice(
        figures: self, sample: sample, snapshot: shown.of(sample.id.host),
        policies: view.state.settings.policies
      ).lines()
    }
    return lines
  }

  /// What runs in it, which is asked last.
  func system() -> [StyledLine] {
    let facts = sample.facts
    let parts = [facts.osName, facts.kernel, facts.ipv4, facts.ipv6].compactMap { $0 }
    guard !parts.isEmpty else { return [] }
    return StyledLine.wrapped("Runs " + parts.joined(separator: ", "), .dim, width: view.width)
  }

  typealias Row = (word: String, figure: String, text: String, style: Style)

  /// What does not fit beside the figure goes on below.
  func lines(_ word: String, _ figure: String, _ text: String, _ style: Style) -> [StyledLine] {
    var line = StyledLine(word, .dim)
    line.pad(to: 11)
    line.add(String(repeating: " ", count: max(0, 9 - TextWidth.columns(of: figure))))
    line.add(figure, style == .plain ? .strong : style)
    let start = line.columns + 2
    let beside = StyledLine.wrapped(text, width: view.width, indent: start)
    guard view.width - start < 30, beside.count > 1 else {
      guard let first = beside.first else { return [line] }
      line.add(String(repeating: " ", count: 2))
      line.add(String(first.pieces[0].text.dropFirst(start)))
      return [line] + beside.dropFirst()
    }
    return [line] + StyledLine.wrapped(text, width: view.width, indent: 2)
  }

  private var bar: StyledLine {
    let width = max(8, min(view.width - 2, 100))
    let bar = MemoryBar(sample, target: view.state.markedTarget(sample), width: width)
    return bar.line(view.glyphs)
  }

  private var rows: [Row] {
    old + [holds] + overhead + onDemand
      + XAPIHostText.rows(sample, view.state.shown?.of(sample.id.host).host.owner)
      + [target, busy, available, swap, pressure, report]
      + deviceModel
  }

  /// Its host, where that does not answer any more.
  private var silentHost: HostShare? {
    view.state.shown?.share(of: sample.id.host).flatMap { $0.isCurrent ? nil : $0 }
  }

  private var old: [Row] {
    guard let host = silentHost else { return [] }
    let age = host.sampledAt.map { "; these figures are \((now - $0).short) old" } ?? ""
    return [("Host", "", "\(host.name) does not respond\(age)", .alarm)]
  }

  /// Only where Xen tells.
  private var overhead: [Row] {
    guard let overhead = sample.overhead else { return [] }
    return [("Overhead", overhead.short, "held by Xen for its page tables", .plain)]
  }

  private var holds: Row {
    let most =
      sample.staticMax.map { "at most \($0.short) while it runs" } ?? "static-max unknown"
    return ("Holds", sample.allocation.short, most, .plain)
  }

  /// Only while there is something left to populate.
  private var onDemand: [Row] {
    guard let left = sample.populateOnDemand, left.entries > .zero else { return [] }
    let text =
      left.uncovered > .zero
      ? "not populated yet; Xen set aside only \(left.cache.short) and crashes the guest if it"
        + " touches more"
      : "not populated yet; enough is set aside for it"
    let style: Style = left.uncovered > .zero ? .warning : .plain
    return [("On demand", left.entries.short, text, style)]
  }

  private var target: Row {
    if let order = view.state.staging.order(for: sample.id) {
      if case .by(let held) = order.nudge {
        let text =
          "nudge staged, not set: first \(held.short) (what it holds), then this target again"
        return ("Target", order.to.short, text, .staged)
      }
      let was = order.from.map { ", was \($0.short)" } ?? ""
      return ("Target", order.to.short, "staged, not set\(was)", .staged)
    }
    guard let size = sample.size else { return ("Target", "-", untargeted, .plain) }
    let away = (sample.allocation - size - sample.balloon.offset).magnitude.short
    switch sample.balloon.phase {
    case .settled where sample.selfBallooning:
      return ("Target", size.short, "upper limit, because the guest is self-ballooning", .plain)
    case .settled: return ("Target", size.short, "reached", .plain)
    case .growing(let since):
      return ("Target", size.short, "growing, \(away) to go\(moved(since))", .plain)
    case .shrinking(let since):
      return ("Target", size.short, "shrinking, \(away) to go\(moved(since))", .plain)
    case .stuck(let since):
      return (
        "Target", size.short, "stuck \(away) away, no progress for \((now - since).short)", .warning
      )
    }
  }

  /// Its stub domain, or the guest that it is one of.
  private var deviceModel: [Row] {
    guard let shown = view.state.shown else { return [] }
    if sample.isStubDomain {
      let guest = shown.guest(of: sample)
      let text = guest.map { "domain \($0.id.domid); it runs that guest's device model" }
      return [("Stub of", guest?.name ?? "?", text ?? "its guest is not there", .plain)]
    }
    return shown.stubDomains(of: sample).map { stub in
      let sum = (sample.allocation + stub.allocation).short
      return (
        "Stub", stub.allocation.short,
        "\(stub.name), domain \(stub.id.domid), runs its device model; \(sum) together", .plain
      )
    }
  }

  private var untargeted: String {
    guard sample.promise > .zero else { return "none is set" }
    return "none is set; it may take \(sample.promise.short) more"
  }

  private func moved(_ since: SteadyTime) -> String {
    let still = now - since
    guard still >= .seconds(2) else { return "" }
    let hasMoved = sample.balloon.startedFrom != sample.allocation
    return hasMoved ? ", moved \(still.short) ago" : ", not moved yet (\(still.short))"
  }

  private var busy: Row {
    ("Busy", sample.busy?.short ?? "?", "its kernel and programs", .plain)
  }

  /// Why a figure is not known.
  private var unsaid: String {
    switch sample.health {
    case .implausible, .unreadable: "its report is not used"
    case .fresh, .unknownAge, .stale, .silent: "not reported"
    }
  }

  private var available: Row {
    guard let available = sample.available else {
      return ("Available", "?", unsaid, .plain)
    }
    let share = MemoryBar.cells(available, of: sample.allocation, 100)
    return ("Available", available.short, "\(share)% of what it holds" + parts(available), .plain)
  }

  /// What makes up what is available.
  private func parts(_ available: Bytes) -> String {
    guard let free = sample.report?.free else { return "" }
    if free > available { return "; its kernel keeps back most of the \(free.short) free" }
    let cache = sample.cache.map { "\($0.short) cache, " } ?? ""
    let rest = available - free - (sample.cache ?? .zero)
    let others = rest >= .mib(1) && sample.cache != nil ? ", \(rest.short) buffers and slab" : ""
    return ": \(cache)\(free.short) free\(others)"
  }

  private var swap: Row {
    guard let used = sample.swapUsed else {
      return ("Swap", "?", unsaid, .plain)
    }
    let total = sample.report?.swapTotal.map { " of \($0.short)" } ?? ""
    let rate =
      sample.swapInRate.map { "swap-in \($0.shortRate)/s\(compressedIn)" } ?? "rates unknown"
    let out = sample.swapOutRate.map { ", swap-out \($0.shortRate)/s" } ?? ""
    let alarmed = (sample.swapInRate ?? .zero).count > 0
    return (
      "Swap", used.short, (total.isEmpty ? "" : "used\(total)\(compressed), ") + rate + out,
      alarmed ? .warning : .plain
    )
  }

  /// How much of it takes no disk.
  private var compressedIn: String {
    guard let compressed = sample.compressedIn else { return "" }
    let zram = compressed.zram > .zero ? " (zram \(compressed.zram.shortRate)/s)" : ""
    let zswap = compressed.zswap > .zero ? ", zswap-in \(compressed.zswap.shortRate)/s" : ""
    return zram + zswap
  }

  /// Where it is kept in memory.
  private var compressed: String {
    let zram = sample.report?.zramUsed.map { $0 > .zero ? ", zram \($0.short)" : "" } ?? ""
    let zswap = sample.report?.zswapped.map { $0 > .zero ? ", zswap \($0.short)" : "" } ?? ""
    return zram + zswap
  }

  private var pressure: Row {
    guard let pressure = sample.pressure else {
      return ("Pressure", "?", unsaid, .plain)
    }
    let style: Style = pressure == .ok ? .good : pressure == .tight ? .warning : .alarm
    return (
      "Pressure", pressure.word, little + (waits ?? "judged by swap-in and available %"), style
    )
  }

  private var waits: String? {
    sample.report?.psiSome.map { some in
      let full = sample.report?.psiFull.map { ", full " + FieldValue.percent(hundredths: $0).short }
      return "PSI some " + FieldValue.percent(hundredths: some).short + (full ?? "")
    }
  }

  /// Where it is pressed whatever PSI says.
  private var little: String {
    guard let available = sample.available,
      PressureRule.isNearlyOut(available: available, allocation: sample.allocation)
    else { return "" }
    return available == .zero ? "nothing left; " : "only \(available.short) left; "
  }

  private var report: Row {
    var words: [String] = []
    if let age = sample.reportAge { words.append("\(age.short) old") }
    if let report = sample.report {
      words.append(Self.author(report.dialect))
      if let interval = report.interval { words.append("every \(interval.exact)") }
    }
    if let reason = sample.health.reason { words.insert(reason, at: 0) }
    switch sample.health {
    case .silent: words = ["no agent in the guest writes memory figures to xenstore"]
    case .unknownAge: words.append("no new report seen yet")
    case .implausible, .unreadable:
      words.append("clears after \(HealthTracker.probation.short) of good reports")
    case .fresh where sample.report?.dialect == .xapi:
      words.append(sample.xapiFree?.sentence ?? unknownFree)
    case .stale where sample.isBackLate: words.append("came late")
    case .stale where sample.reportAge == nil:
      words.append("no new report seen, although one was due")
    case .fresh, .stale: break
    }
    let style: Style = sample.health == .fresh ? .plain : .warning
    // Whether newer ones came is not known.
    if silentHost != nil { return ("Report", "?", words.joined(separator: ", "), .warning) }
    return ("Report", sample.health.word, words.joined(separator: ", "), style)
  }

  /// The policy may have said it.
  private var unknownFree: String {
    let policies = view.state.settings.policies
    switch policies.policy(for: sample.id, name: sample.name).xapiFree {
    case .available: return "its meminfo_free is MemAvailable (policy)"
    case .free: return "its meminfo_free is MemFree (policy)"
    case .unknown: return XAPIFreeFinding.hint
    }
  }

  private static func author(_ dialect: ReportDialect) -> String {
    switch dialect {
    case .memtop: "by memtop-agent"
    case .xenballoond: "by xenballoond"
    case .qubes: "by Qubes' meminfo-writer"
    case .xapi: "by a XAPI guest agent"
    case .proc: "from dom0's /proc"
    }
  }
}
