/// The lines above the list: who, when, where the host's memory is, and who is in trouble.
struct HostView {
  let state: AppState
  let plan: ScreenPlan

  /// - Parameter isCovered: something lies over the list; then only the title is seen.
  func draw(on canvas: inout Canvas, isCovered: Bool) {
    drawTitle(on: &canvas)
    guard let snapshot = state.shown, !isCovered else { return }
    if let y = plan.hostBar { drawBar(snapshot.host, y: y, on: &canvas) }
    if let y = plan.summary {
      canvas.put(HostSummary(snapshot).line(width: canvas.columns), x: 0, y: y)
    }
  }

  private func drawTitle(on canvas: inout Canvas) {
    let right = rightTitle()
    let room = max(0, canvas.columns - right.columns - 2)
    canvas.put(leftTitle(room: room), x: 0, y: plan.title, most: room)
    canvas.put(right, x: max(0, canvas.columns - right.columns), y: plan.title)
  }

  private func leftTitle(room: Int) -> StyledLine {
    var line = StyledLine("memtop", .title)
    guard let host = state.shown?.host else { return line }
    line.add("  " + host.hostname, .strong)
    let version = "  Xen " + host.xenVersion
    if line.columns + version.utf8.count <= room { line.add(version, .dim) }
    return line
  }

  private func rightTitle() -> StyledLine {
    var line = StyledLine()
    guard let shown = state.shown else { return line }
    if let problem = state.problem {
      line.add(problem, .alarm)
    } else if !state.timeline.isLive {
      line.add(pastTitle(shown), .past)
    } else {
      if let change = state.change, !change.isFinished {
        line.add(
          "changing \(change.steps.count { $0.stage.isSet })/\(change.steps.count)   ", .staged)
      }
      if state.settings.isReadOnly { line.add("read-only   ", .dim) }
      if let owner = shown.host.owner { line.add("targets: \(owner.rawValue)   ", .warning) }
      line.add("every \(state.settings.interval.exact)", .dim)
    }
    line.add("   " + Clock.text(shown.time, utcOffset: state.settings.utcOffset), .strong)
    return line
  }

  private func pastTitle(_ shown: Snapshot) -> String {
    guard case .past(_, let speed) = state.timeline else { return "" }
    let ago = state.live.map { ", " + ($0.time - shown.time).short + " ago" } ?? ""
    return (speed.map { "PLAYING x\($0.rawValue)" } ?? "FROZEN") + ago
  }

  private func drawBar(_ host: HostMemory, y: Int, on canvas: inout Canvas) {
    var x = canvas.put("Host \(host.total.short) ", x: 0, y: y, style: .strong)
    let aside = HostAside(host)
    let wide = canvas.columns >= 100
    let room = canvas.columns - x - (wide ? aside.line.columns + 2 : 0) - 2
    guard room >= 10 else { return }
    let bar = HostBar(host, width: room)
    canvas.set(canvas.glyphs.barLeft, x: x, y: y, .dim)
    x += 1
    for segment in bar.segments {
      drawSegment(segment, x: x, y: y, on: &canvas)
      x += segment.cells
    }
    canvas.set(canvas.glyphs.barRight, x: x, y: y, .dim)
    if wide { canvas.put(aside.line, x: x + 2, y: y) }
  }

  private func drawSegment(_ segment: HostBar.Segment, x: Int, y: Int, on canvas: inout Canvas) {
    let (glyph, style) = Self.shape(segment.share, canvas.glyphs)
    canvas.fill(glyph, x: x, y: y, width: segment.cells, style: style)
    let labels = [" \(segment.share.word) \(segment.amount.short) ", " \(segment.share.word) "]
    guard let label = labels.first(where: { $0.utf8.count + 2 <= segment.cells }) else { return }
    canvas.put(label, x: x + (segment.cells - label.utf8.count) / 2, y: y)
  }

  private static func shape(_ share: HostBar.Share, _ glyphs: GlyphSet) -> (Character, Style) {
    switch share {
    case .dom0: (glyphs.busy, Style(.barDom0))
    case .guests: (glyphs.cache, Style(.barGuests))
    case .dying, .xen, .scrubbing: (glyphs.unknown, .dim)
    case .promised: (glyphs.faint, .dim)
    case .free: (glyphs.free, Style(.barFree))
    }
  }
}

/// What the host bar cannot hold, beside it.
struct HostAside {
  let line: StyledLine

  init(_ host: HostMemory) {
    var line = StyledLine()
    let parts: [(String, Bytes, Style)] = [
      ("xen", host.xen, .dim), ("dying", host.dying, .warning),
      ("scrubbing", host.scrubbing, .dim), ("promised", host.promised, .plain),
      ("claimed", host.claimed, .plain),
    ]
    for (word, amount, style) in parts where amount.count > 0 {
      line.add((line.pieces.isEmpty ? "" : "  ") + "\(word) \(amount.short)", style)
    }
    self.line = line
  }
}
