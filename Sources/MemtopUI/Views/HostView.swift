import MemtopCore

/// The lines above the list: who, when, where the host's memory is, and who is in trouble.
struct HostView {
  let state: AppState
  let plan: ScreenPlan
  let range: ClosedRange<SteadyTime>?

  /// - Parameter isCovered: something lies over the list; then only the title is seen.
  func draw(on canvas: inout Canvas, isCovered: Bool) {
    drawTitle(on: &canvas)
    guard let snapshot = state.shown, !isCovered else { return }
    if let y = plan.hostBar {
      let key = KeptRows.HostBarKey(
        snapshot.host, isOfSeveral: snapshot.isOfSeveral, columns: canvas.columns)
      canvas.row(y, of: .hostBar(key)) { drawBar(snapshot.host, y: y, on: &$0) }
    }
    if let y = plan.summary {
      canvas.put(state.digest.summary.line(width: canvas.columns), x: 0, y: y)
    }
    guard snapshot.isOfSeveral else { return }
    let all = HostLines(
      snapshot, state.settings.policies, here: state.here, filter: state.list.filter)
    let lines = all.lines(rows: plan.hosts.count, width: canvas.columns)
    for (y, line) in zip(plan.hosts, lines) { canvas.put(line, x: 0, y: y) }
  }

  private func drawTitle(on canvas: inout Canvas) {
    let host = TextWidth.columns(of: state.shown?.host.hostname ?? "")
    let hasHost = canvas.columns >= 80 && host <= Self.shortName
    let left = "memtop  ".utf8.count + (hasHost ? host + 2 : 0)
    let right = rightTitle(room: canvas.columns - left, canvas.glyphs)
    let room = max(0, canvas.columns - right.columns - 2)
    canvas.put(leftTitle(room: room), x: 0, y: plan.title, most: room)
    canvas.put(right, x: max(0, canvas.columns - right.columns), y: plan.title)
  }

  private func leftTitle(room: Int) -> StyledLine {
    var line = StyledLine("memtop", .title)
    guard let host = state.shown?.host else { return line }
    let xen = host.xenVersion.isEmpty ? "" : "  Xen " + host.xenVersion
    let parts: [(String, Style)] = [("  " + host.hostname, .strong), (xen, .dim)]
    for (text, style) in parts {
      guard line.columns + TextWidth.columns(of: text) <= room else { break }
      line.add(text, style)
    }
    return line
  }

  /// What must be known beside the list, from left to right; where there is no room for all of it,
  /// the last parts go first, and the clock after them.
  private func rightTitle(room: Int, _ glyphs: GlyphSet) -> StyledLine {
    guard let shown = state.shown else { return StyledLine() }
    let past = PastTitle(state: state, shown: shown, glyphs: glyphs, range: range)
    var parts = notices(shown, past, glyphs)
    if state.problem == nil, state.playback.timeline.isLive { parts.append(place) }
    while true {
      for clock in past.clocks where parts.count == 1 || clock == past.clocks[0] {
        let line = Self.joined(parts + [StyledLine(clock, .strong)])
        if line.columns <= room { return line }
      }
      guard parts.count > 1 else { break }
      parts.removeLast()
    }
    return Self.joined(parts).cut(to: max(0, room))
  }

  private static func joined(_ parts: [StyledLine]) -> StyledLine {
    var line = StyledLine()
    for part in parts {
      if !line.pieces.isEmpty { line.add("   ") }
      line.add(part)
    }
    return line
  }

  /// The most urgent first.
  private func notices(_ shown: Snapshot, _ past: PastTitle, _ glyphs: GlyphSet) -> [StyledLine] {
    let problem = state.settings.isReplay ? nil : state.problem
    return (problem.map { [StyledLine($0, .alarm)] } ?? []) + lasting(shown, past, glyphs)
  }

  /// Shown whatever problem stands before them.
  private func lasting(_ shown: Snapshot, _ past: PastTitle, _ glyphs: GlyphSet) -> [StyledLine] {
    if !state.playback.timeline.isLive {
      return past.parts + chosen(shown, glyphs) + recording(glyphs)
    }
    var parts: [StyledLine] = []
    if case .stopped = state.recording { parts += recording(glyphs) }
    if let change = state.staging.change, !change.isFinished {
      let set = change.steps.count(where: \.state.isSet)
      parts.append(StyledLine("changing \(set)/\(change.steps.count)", .staged))
    }
    if !state.staging.isEmpty { parts.append(staged) }
    parts += chosen(shown, glyphs)
    if shown.host.owner == .xapi {
      parts += XAPIHostText.notices(uncooperative: state.digest.uncooperative)
    } else if let owner = shown.host.owner {
      parts.append(StyledLine("targets set by \(owner.rawValue)", .warning))
    }
    switch state.recording {
    case .on, .ending: parts += recording(glyphs)
    case .off, .stopped: break
    }
    if let regulator = regulator(shown) { parts.append(regulator) }
    if state.settings.isReadOnly { parts.append(StyledLine("read-only", .dim)) }
    return parts
  }

  /// That the list is not all that there is, and that keys act on more than the cursor's domain.
  private func chosen(_ shown: Snapshot, _ glyphs: GlyphSet) -> [StyledLine] {
    var parts: [StyledLine] = []
    if !state.list.filter.isEmpty {
      let text = TextWidth.cut(
        state.list.filter.text, to: Self.filterColumns, sign: glyphs.ellipsis)
      let count = "\(state.list.rows.count) of \(shown.domains.count)"
      parts.append(StyledLine("filter \(text): \(count)", .notice))
    }
    if let tagged = state.taggedCount { parts.append(StyledLine(tagged, .notice)) }
    return parts
  }

  private static let filterColumns = 24
  /// A host's name of so many columns always has room on a screen of 80.
  private static let shortName = 16

  /// How many targets are staged, and how many of them the guard would not let pass.
  private var staged: StyledLine {
    var line = StyledLine("\(state.staging.orders.count) staged", .staged)
    let refused = state.refusedCount
    guard refused > 0 else { return line }
    let isOnly = state.staging.orders.count == 1
    line.add(isOnly ? ", refused" : ", \(refused) refused", .alarm)
    return line
  }

  /// The service's health; nothing where there is none and nobody was handed to one.
  private func regulator(_ shown: Snapshot) -> StyledLine? {
    let count = state.digest.regulated
    switch shown.host.regulator?.health {
    case .alive, .unknown:
      return count > 0
        ? StyledLine("regulator \(count)", .good) : StyledLine("regulator idle", .dim)
    case .silent: return StyledLine("regulator hangs", .alarm)
    case nil: return count > 0 ? StyledLine("regulator off", .warning) : nil
    }
  }

  /// Where in the list the screen is, if nothing below says it, else how often it is renewed.
  private var place: StyledLine {
    let place =
      plan.sentence == nil && state.pages.layers.isEmpty ? ListPlace(state, plan)?.text : nil
    return StyledLine(place ?? "every \(state.settings.interval.exact)", .dim)
  }

  private func recording(_ glyphs: GlyphSet) -> [StyledLine] {
    switch state.recording {
    case .off: []
    case .on(_, let since, nil):
      [StyledLine("\(glyphs.dot) rec \((state.now - since).clock)", .alarm)]
    case .on: [StyledLine("rec not written", .alarm)]
    case .ending: [StyledLine("rec finishing", .notice)]
    case .stopped: [StyledLine("rec stopped", .alarm)]
    }
  }

  /// What is free is the figure that is looked for: it stands in the bar or else beside it.
  private func drawBar(_ host: HostMemory, y: Int, on canvas: inout Canvas) {
    let word = state.shown?.isOfSeveral == true ? "Hosts " : "Host "
    let name = canvas.columns < 60 ? "" : word
    // No host has answered yet, or none does.
    if host.isUnknown {
      canvas.put(name + "?", x: 0, y: y, style: .strong)
      return
    }
    let title = name + host.total.short + " "
    let start = canvas.put(title, x: 0, y: y, style: .strong)
    var aside = HostAside(host, all: canvas.columns >= 100)
    var bar = HostBar(host, width: canvas.columns - start - aside.columns - 2)
    if bar.segments.last.map({ $0.share == .free && Self.label($0) != nil }) != true {
      let style: Style = state.settings.policies.isShort(host) ? .warning : .strong
      aside = HostAside(host, all: canvas.columns >= 100, free: style)
      bar = HostBar(host, width: canvas.columns - start - aside.columns - 2)
    }
    var x = start
    canvas.set(canvas.glyphs.barLeft, x: x, y: y, .dim)
    x += 1
    for segment in bar.segments {
      drawSegment(segment, x: x, y: y, on: &canvas)
      x += segment.cells
    }
    canvas.set(canvas.glyphs.barRight, x: x, y: y, .dim)
    canvas.put(aside.line, x: x + 1, y: y)
  }

  private func drawSegment(_ segment: HostBar.Segment, x: Int, y: Int, on canvas: inout Canvas) {
    let (glyph, style) = Self.shape(segment.share, canvas.glyphs)
    canvas.fill(glyph, x: x, y: y, width: segment.cells, style: style)
    guard let label = Self.label(segment) else { return }
    canvas.put(label, x: x + (segment.cells - label.utf8.count) / 2, y: y)
  }

  private static func label(_ segment: HostBar.Segment) -> String? {
    let label = " \(segment.share.word) \(segment.amount.short) "
    return label.utf8.count + 2 <= segment.cells ? label : nil
  }

  private static func shape(_ share: HostBar.Share, _ glyphs: GlyphSet) -> (Unicode.Scalar, Style) {
    switch share {
    case .dom0: (glyphs.busy, Style(.barDom0))
    case .guests: (glyphs.cache, Style(.barGuests))
    case .dying, .overhead, .xen: (glyphs.unknown, .dim)
    case .promised: (glyphs.faint, .dim)
    case .free: (glyphs.free, Style(.barFree))
    }
  }
}

/// What the host bar cannot hold, beside it.
struct HostAside {
  private(set) var line = StyledLine()
  private(set) var columns = 0

  /// - Parameters:
  ///   - all: there is room for all parts.
  ///   - free: how what is free stands here; nil where the bar has room for it.
  init(_ host: HostMemory, all: Bool, free: Style? = nil) {
    if let free { line.add("  free \(host.uncommitted.short)", free) }
    if all {
      let parts: [(String, Bytes, Style)] = [
        ("promised", host.promised, .plain), ("claimed", host.claimed, .plain),
        ("dying", host.dying, .warning), ("overhead", host.overhead ?? .zero, .dim),
        ("xen", host.xen, .dim),
      ]
      for (word, amount, style) in parts where amount.count > 0 {
        line.add("  \(word) \(amount.short)", style)
      }
      if let nodes = Self.nodes(host) { line.add("  " + nodes, .dim) }
    }
    columns = line.columns
  }

  /// What is free on each NUMA node, where these are few enough to be told.
  private static func nodes(_ host: HostMemory) -> String? {
    guard (2...4).contains(host.nodes.count) else { return nil }
    let parts = host.nodes.map { "node\($0.number) \($0.free.short)" }
    return parts.joined(separator: " ") + " free"
  }
}

/// What the screen says of a host where XAPI owns the targets.
enum XAPIHostText {
  /// For the title: who owns the targets, and which guests squeezed has given up.
  static func notices(uncooperative count: Int) -> [StyledLine] {
    var notices = [StyledLine("targets through XAPI", .notice)]
    if count > 0 { notices.append(StyledLine("\(count) uncooperative", .warning)) }
    return notices
  }

  /// For the help.
  static let explanation = [
    ("targets", "XAPI owns them: a change sets the dynamic range, which XAPI keeps over reboots"),
    ("( )", "a domain's dynamic range in its bar; squeezed chooses the target in it"),
    ("u", "gives back the dynamic range as it was"),
    ("domains", "only running ones; halted VMs and templates are left out"),
  ]

  /// On a domain's page.
  static func rows(_ sample: DomainSample, _ owner: TargetOwner?) -> [PageFigures.Row] {
    var rows: [PageFigures.Row] = []
    if let range = sample.dynamicRange {
      rows.append(("Range", "", words(range, owner), .plain))
    }
    if sample.isUncooperative {
      let text =
        "uncooperative: it missed its target for 20 s, so squeezed takes no memory from it"
      rows.append(("squeezed", "", text, .warning))
    }
    return rows
  }

  private static func words(_ range: DynamicRange, _ owner: TargetOwner?) -> String {
    if range.isPoint { return "dynamic range of one point, \(range.short)" }
    let who = owner == nil ? "" : "; squeezed chooses the target in it"
    return "dynamic range \(range.short)" + who
  }
}

extension MemoryBar {
  /// The cells in which the dynamic range begins and ends; nil where there is none, or only one point.
  static func ends(of sample: DomainSample, most: Bytes, width: Int) -> (low: Int, high: Int)? {
    guard let range = sample.dynamicRange, !range.isPoint, width > 2 else { return nil }
    func cell(_ bytes: Bytes) -> Int {
      min(width - 1, Int(clamping: max(0, bytes.ratio(to: most) * Double(width))))
    }
    let (low, high) = (cell(range.low), cell(range.high))
    return low < high ? (low, high) : nil
  }
}
