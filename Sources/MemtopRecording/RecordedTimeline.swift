import MemtopCore

/// A recording as a whole: its gaps, and what happened in it, cell by cell.
extension RecordedPast: GrowingPast {
  /// The last thing that could not be read, and how much else.
  public var damage: String? {
    let damage = file.damage
    if let problem, damage.isEmpty { return problem.description }
    guard let last = damage.last else { return file.shortfall }
    let others = damage.count - 1
    return "\(file.path) is damaged: \(last)" + (others > 0 ? "; and \(others) more" : "")
  }

  public var note: String? {
    guard let note = (try? file.lastNote()) ?? nil else { return nil }
    return note.user.isEmpty ? "Note: \(note.text)" : "Note by \(note.user): \(note.text)"
  }

  public func wallTime(at time: SteadyTime) -> WallTime? {
    if let found = file.samples.atOrBefore(time) { return found.wall + (time - found.steady) }
    return file.samples.ids.map { file.samples.wall($0.lowerBound) }
  }

  public func gap(from: SteadyTime, to: SteadyTime) -> ClosedRange<SteadyTime>? {
    asked(nil) { () throws(DatabaseError) in
      let gap = try gapIndex.gap(
        from: from.milliseconds, to: to.milliseconds, in: file.samples)
      return gap.map {
        SteadyTime(milliseconds: $0.lowerBound)...SteadyTime(milliseconds: $0.upperBound)
      }
    }
  }

  public func marks(from: SteadyTime, to: SteadyTime, cells: Int) -> [TimelineMark] {
    let strip = Strip(from: from, to: to, cells: cells)
    guard cells > 0 else { return [] }
    var marks = (0..<cells).map { TimelineMark(isGap: isGap(in: strip, $0)) }
    asked(()) { () throws(DatabaseError) in
      try MarkReader(file: file, strip: strip, keyframes: keyframes).fill(&marks)
    }
    for index in marks.indices where marks[index].isGap { marks[index].worst = nil }
    return marks
  }
}

/// Reads pressures and events of a stretch of a recording into the cells of a timeline.
struct MarkReader {
  let file: RecordingFile
  let strip: Strip
  let keyframes: KeyframeIndex

  func fill(_ marks: inout [TimelineMark]) throws(DatabaseError) {
    guard let ids = file.samples.ids, let last = file.samples.id(atOrBefore: strip.to) else {
      return
    }
    // The cells by samples, so that no row's time needs to be looked up.
    let begins = (0..<strip.cells).map { cell in
      file.samples.id(atOrBefore: strip.start(cell) + Span(milliseconds: -1)).map { $0 + 1 }
        ?? ids.lowerBound
    }
    let first = max(ids.lowerBound, begins[0])
    guard first <= last else { return }
    try readPressures(first...last, begins, &marks)
    try readEvents(first...last, begins, &marks)
  }

  /// A domain is under a pressure until its next row says another, or it is gone.
  private func readPressures(
    _ samples: ClosedRange<Int64>, _ begins: [Int64], _ marks: inout [TimelineMark]
  ) throws(DatabaseError) {
    var held: [(pressure: Pressure, cell: Int)?] = []
    func hold(_ place: Int, until cell: Int) {
      guard let known = held[place] else { return }
      for index in known.cell...max(known.cell, cell) {
        marks[index].worst = max(marks[index].worst ?? known.pressure, known.pressure)
      }
    }
    let ids = RowID.ids(
      (try keyframes.atOrBefore(samples.lowerBound) ?? samples.lowerBound)...samples.upperBound)
    let statement = try file.database.prepare(Self.pressures)
    for parameter in [1, 3, 5] {
      statement.bind(parameter, ids.lowerBound)
      statement.bind(parameter + 1, ids.upperBound)
    }
    var cell = 0
    while try statement.step() {
      guard let id = statement.rowID(0) else { continue }
      while cell + 1 < begins.count, begins[cell + 1] <= RowID.sample(id) { cell += 1 }
      let place = RowID.place(id)
      while held.count <= place { held.append(nil) }
      let pressure = statement.code(1).flatMap { Pressure(rawValue: UInt8(clamping: $0)) }
      guard held[place]?.pressure != pressure else { continue }
      hold(place, until: cell)
      held[place] = pressure.map { ($0, cell) }
    }
    for place in held.indices { hold(place, until: marks.count - 1) }
  }

  /// Whole rows, changes of the pressure, and domains that are gone; ids rise with time.
  private static let pressures = """
    SELECT id, pressure FROM base WHERE id BETWEEN ? AND ?
    UNION ALL SELECT id, pressure FROM state
      WHERE id BETWEEN ? AND ? AND pressure IS NOT NULL
    UNION ALL SELECT id, NULL FROM identity WHERE id BETWEEN ? AND ? AND uuid IS NULL
    ORDER BY 1
    """

  private func readEvents(
    _ samples: ClosedRange<Int64>, _ begins: [Int64], _ marks: inout [TimelineMark]
  ) throws(DatabaseError) {
    let statement = try file.database.prepare(
      "SELECT id, kind FROM event WHERE id BETWEEN ? AND ? ORDER BY id")
    statement.bind(1, EventReader.firstID(of: samples.lowerBound))
    statement.bind(2, EventReader.firstID(of: samples.upperBound + 1) - 1)
    var cell = 0
    while try statement.step() {
      guard let id = statement.eventID(0),
        let mark = statement.code(1).flatMap(EventCode.init)?.mark
      else { continue }
      while cell + 1 < begins.count, begins[cell + 1] <= RowID.sample(id >> 8) { cell += 1 }
      marks[cell].event = max(marks[cell].event ?? mark, mark)
    }
  }
}

extension EventCode {
  /// As `HostEvent.Kind.mark` has it.
  var mark: TimelineMark.Event? {
    switch self {
    case .started, .rebooted: .started
    case .gone: .gone
    case .crashed: .crashed
    case .target: .target
    case .notFollowing, .changeFailed: .failed
    case .stale, .implausible, .unreadable: .report
    case .note: .note
    case .arrived, .reportBack, .regulated, .released, .regulator: nil
    }
  }
}
