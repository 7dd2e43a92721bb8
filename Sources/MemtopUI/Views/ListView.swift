import MemtopCore

/// The list of domains: one row each, only those in sight are made.
struct ListView {
  let state: AppState
  let layout: ColumnLayout
  let plan: ScreenPlan
  let history: any HistoryReader

  func draw(on canvas: inout Canvas) {
    guard let snapshot = state.shown else { return }
    drawHeadings(on: &canvas)
    let rows = state.list.rows.dropFirst(state.list.top).prefix(plan.listRows)
    let names = names(Array(rows), snapshot, canvas.glyphs)
    let (spark, age) = (keptSpark(snapshot), layout.column(.age)?.field)
    // Only the present is kept: a recording says nothing of what changed in its past.
    let isKept = state.playback.timeline.isLive && !snapshot.isOfSeveral
    for (offset, index) in rows.enumerated() {
      let (sample, y) = (snapshot.domains[index], plan.firstRow + offset)
      let key = isKept ? key(sample, names[offset], spark, age) : nil
      canvas.row(y, of: key) { canvas in
        drawRow(sample, names[offset], snapshot, y: y, on: &canvas)
      }
    }
    if state.list.rows.isEmpty { drawEmpty(snapshot, on: &canvas) }
  }

  private func key(
    _ sample: DomainSample, _ name: String, _ spark: KeptRows.Spark?, _ age: Field?
  ) -> KeptRows.Key? {
    guard sample.revision != 0 else { return nil }
    return .domain(
      KeptRows.DomainKey(
        sample: sample, age: age?.value(sample), name: name,
        isCursor: sample.id == state.list.cursor, isTagged: state.list.isTagged(sample.id),
        staged: state.staging.order(for: sample.id)?.to, layout: layout, spark: spark))
  }

  private func keptSpark(_ snapshot: Snapshot) -> KeptRows.Spark? {
    guard layout.column(.spark) != nil else { return nil }
    return KeptRows.Spark(
      metric: state.list.spark, cell: Sparkline.number(ofCellAt: snapshot.steady),
      begin: history.range?.lowerBound)
  }

  private func drawHeadings(on canvas: inout Canvas) {
    for column in layout.columns {
      let title = heading(column, canvas.glyphs)
      let style: Style = state.list.sort == .field(column.field.id) ? .strong : .heading
      if column.field.alignment == .right {
        canvas.putRight(title, x: column.x, y: plan.headings, width: column.width, style: style)
      } else {
        canvas.put(title, x: column.x, y: plan.headings, most: column.width, style: style)
      }
    }
  }

  private func heading(_ column: ColumnLayout.Column, _ glyphs: GlyphSet) -> String {
    switch column.field.id {
    case .spark: return state.list.spark.title
    case .bar: return " " + Self.barTitle(width: column.width - 2)
    default: break
    }
    guard state.list.sort == .field(column.field.id), column.width > column.field.title.count
    else { return column.field.title }
    let mark = state.list.isReversed ? glyphs.up : glyphs.down
    return column.field.alignment == .right
      ? String(mark) + column.field.title : column.field.title + String(mark)
  }

  private static func barTitle(width: Int) -> String {
    ["busy cache free of max", "busy cache free", "busy cache", "memory"].first {
      $0.count <= width
    } ?? ""
  }

  private func drawEmpty(_ snapshot: Snapshot, on canvas: inout Canvas) {
    let text =
      state.list.filter.isEmpty
      ? "No domains" : "None of \(snapshot.domains.count) domains matches the filter; / changes it"
    canvas.put(text, x: 2, y: plan.firstRow + 1, style: .dim)
  }

  private func drawRow(
    _ sample: DomainSample, _ name: String, _ snapshot: Snapshot, y: Int,
    on canvas: inout Canvas
  ) {
    let isCursor = sample.id == state.list.cursor
    // What a host said that does not answer any more.
    let isOld = snapshot.share(of: sample.id.host)?.isCurrent == false
    drawMark(sample, isCursor: isCursor, y: y, on: &canvas)
    for column in layout.columns {
      switch column.content {
      case .bar: drawBar(sample, column, y: y, on: &canvas)
      case .spark: drawSpark(sample, snapshot, column, y: y, on: &canvas)
      case .target: drawTarget(sample, column, y: y, on: &canvas)
      case .name: draw(name, column, .strong, y: y, on: &canvas)
      case .value where isOld && column.field.id == .condition:
        // A terminal without colours does not show that it is dim.
        draw(Condition(sample).word.text + "?", column, .dim, y: y, on: &canvas)
      case .value: drawValue(sample, column, y: y, on: &canvas)
      }
    }
    if isOld { canvas.dim(y: y) }
    if isCursor { canvas.select(0..<selectedColumns, y: y) }
  }

  /// All up to the drawings, which would be harder to read.
  private var selectedColumns: Int {
    let drawing = layout.columns.first { $0.field.isDrawing }
    return drawing.map { $0.x - 1 } ?? state.size.columns
  }

  private func drawMark(_ sample: DomainSample, isCursor: Bool, y: Int, on canvas: inout Canvas) {
    let glyphs = canvas.glyphs
    switch (isCursor, state.list.isTagged(sample.id)) {
    case (true, true): canvas.set(glyphs.cursorOnTag, x: 0, y: y, .strong)
    case (true, false): canvas.set(glyphs.cursor, x: 0, y: y, .strong)
    case (false, true): canvas.set(glyphs.tag, x: 0, y: y, .strong)
    case (false, false): break
    }
  }

  /// As they are shown; where the domids are not, such that they tell domains apart.
  private func names(_ rows: [Int], _ snapshot: Snapshot, _ glyphs: GlyphSet) -> [String] {
    let signs = StubSigns(rows: state.list.rows, snapshot: snapshot, sign: glyphs.under)
    let named = rows.indices.map { row in
      let sample = snapshot.domains[rows[row]]
      return (name: signs.sign(atRow: state.list.top + row) + sample.name, domid: sample.id.domid)
    }
    guard layout.column(.id) == nil, let column = layout.column(.name) else {
      return named.map(\.name)
    }
    return NameColumn(named, width: column.width, sign: glyphs.ellipsis).texts
  }

  private func drawValue(
    _ sample: DomainSample, _ column: ColumnLayout.Column, y: Int, on canvas: inout Canvas
  ) {
    let value = column.field.value(sample)
    let style = Self.style(column.field.id, value, sample)
    let isRight = column.field.alignment == .right
    let isDrawn = canvas.putShort(
      value, x: column.x, y: y, width: column.width, isRight: isRight, style: style)
    if !isDrawn { draw(value.short, column, style, y: y, on: &canvas) }
  }

  private func draw(
    _ text: String, _ column: ColumnLayout.Column, _ style: Style, y: Int, on canvas: inout Canvas
  ) {
    if column.field.alignment == .right {
      canvas.putRight(text, x: column.x, y: y, width: column.width, style: style)
    } else {
      canvas.put(text, x: column.x, y: y, most: column.width, style: style)
    }
  }

  private static func style(_ id: FieldID, _ value: FieldValue, _ sample: DomainSample) -> Style {
    switch value {
    case .unreported, .absent: return .dim
    case .rate(let rate) where id == .swapin || id == .swapout:
      return rate == .zero ? .dim : .warning
    case .bytes(.zero) where id == .swap: return .dim
    case .bytes where id == .advice: return .staged
    case .bytes, .rate, .seconds, .percent, .count, .text: break
    }
    if id == .id || id == .age { return .dim }
    if id == .condition { return Condition(sample).word.alarm.style }
    if case .stale = sample.health { return .dim }
    return .plain
  }

  private func drawTarget(
    _ sample: DomainSample, _ column: ColumnLayout.Column, y: Int, on canvas: inout Canvas
  ) {
    let glyphs = canvas.glyphs
    let value = Field.of(.target).value(sample)
    let isRegulated = sample.regulation?.isRegulated == true
    if let order = state.staging.order(for: sample.id) {
      return canvas.putRight(
        String(glyphs.arrow) + order.to.short, x: column.x, y: y, width: column.width,
        style: .staged
      )
    }
    let isPlain = sample.balloon.phase == .settled && !isRegulated
    let isDrawn =
      isPlain
      && canvas.putShort(
        value, x: column.x, y: y, width: column.width, isRight: true,
        style: value == .absent ? .dim : .plain)
    if isDrawn { return }
    let (mark, style): (String, Style) =
      switch sample.balloon.phase {
      case .settled: ("", .plain)
      case .growing: (String(glyphs.up), .strong)
      case .shrinking: (String(glyphs.down), .strong)
      case .stuck: (String(glyphs.stuck), .warning)
      }
    let room = column.width - mark.count - value.short.count
    canvas.putRight(
      (isRegulated && room > 0 ? "~" : "") + mark + value.short, x: column.x, y: y,
      width: column.width,
      style: value == .absent ? .dim : style)
  }

  private func drawBar(
    _ sample: DomainSample, _ column: ColumnLayout.Column, y: Int, on canvas: inout Canvas
  ) {
    let bar = MemoryBar(
      sample, target: state.markedTarget(sample), width: max(1, column.width - 2))
    let glyphs = canvas.glyphs
    canvas.put(min(bar.columns, column.width), x: column.x, y: y) { bar.cell($0, glyphs) }
  }

  private func drawSpark(
    _ sample: DomainSample, _ snapshot: Snapshot, _ column: ColumnLayout.Column, y: Int,
    on canvas: inout Canvas
  ) {
    let spark = Sparkline(metric: state.list.spark, of: sample.id, ending: snapshot.steady)
    let cells = spark.line(history, cells: column.width, canvas.glyphs)
    canvas.put(cells.count, x: column.x, y: y) { (cells[$0].glyph, cells[$0].style) }
  }
}
