import MemtopCore

/// A recording as a whole: its gaps, and what happened in it, cell by cell.
extension RecordedPast: GrowingPast {
  /// The last thing that could not be read, and how much else.
  package var damage: String? {
    let damage = file.damage
    if let problem, damage.isEmpty { return problem.description }
    guard let last = damage.last else { return file.shortfall }
    let others = damage.count - 1
    return "\(file.path) is damaged: \(last)" + (others > 0 ? "; and \(others) more" : "")
  }

  package var note: String? {
    guard let note = (try? file.lastNote()) ?? nil else { return nil }
    return note.user.isEmpty ? "Note: \(note.text)" : "Note by \(note.user): \(note.text)"
  }

  package func wallTime(at time: SteadyTime) -> WallTime? {
    if let found = file.samples.atOrBefore(time) { return found.wall + (time - found.steady) }
    return file.samples.ids.map { file.samples.wall($0.lowerBound) }
  }

  package func gap(from: SteadyTime, to: SteadyTime) -> ClosedRange<SteadyTime>? {
    asked(nil) { () throws(DatabaseError) in
      let gap = try gapIndex.gap(
        from: from.milliseconds, to: to.milliseconds, in: file.samples)
      return gap.map {
        SteadyTime(milliseconds: $0.lowerBound)...SteadyTime(milliseconds: $0.upperBound)
      }
    }
  }

  package func marks(of domain: DomainID?, from: SteadyTime, to: SteadyTime, cells: Int)
    -> [TimelineMark]
  {
    let strip = TimelineCells(from: from, to: to, cells: cells)
    guard cells > 0 else { return [] }
    var marks = (0..<cells).map { TimelineMark(isGap: isGap(in: strip, $0)) }
    asked(()) { () throws(DatabaseError) in
      let reader = MarkReader(file: file, strip: strip, key: domain.map(HistoryKey.init))
      try reader.fill(&marks, eventReader)
    }
    TimelineMark.clearGaps(&marks)
    return marks
  }
}

/// Reads pressures and events of a stretch of a recording into the cells of a timeline.
struct MarkReader {
  let file: RecordingFile
  let strip: TimelineCells
  /// Whose; nil is everybody's.
  let key: HistoryKey?

  func fill(_ marks: inout [TimelineMark], _ events: EventReader) throws(DatabaseError) {
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
    let cells = SampleCells(begins: begins)
    let places = try key.map { key throws(DatabaseError) in
      try LongSeries.places(file.database, key)
    }
    try readPressures(first...last, places, cells, &marks)
    try readEvents(first...last, places, cells, &marks, events)
  }

  /// A domain is under a pressure until its next row says another, or it is gone.
  private func readPressures(
    _ samples: ClosedRange<Int64>, _ places: [Int64]?, _ cells: SampleCells,
    _ marks: inout [TimelineMark]
  ) throws(DatabaseError) {
    var cells = cells
    var holders = Holders(try HolderReader(file.database), key)
    let isNewsFirst = file.samples.at(samples.lowerBound) > strip.from.milliseconds
    let start = try file.keyframes.atOrBefore(samples.lowerBound) ?? samples.lowerBound
    let ids = RowID.ids(start...samples.upperBound)
    let statement = try file.database.prepare(Self.pressures(places, file.database))
    for parameter in [1, 3, 5] {
      statement.bind(parameter, ids.lowerBound)
      statement.bind(parameter + 1, ids.upperBound)
    }
    var keyframes = try file.keyframes.within(start + 1, samples.upperBound)[...]
    func close(before sample: Int64) {
      while let keyframe = keyframes.first, keyframe < sample {
        keyframes.removeFirst()
        let cell = cells.cell(of: max(keyframe, samples.lowerBound))
        holders.close(keyframe) { $0.note(nil, in: cell, isNews: true, &marks) }
      }
    }
    while try statement.step() {
      guard let id = statement.rowID(0) else { continue }
      let sample = RowID.sample(id)
      close(before: sample)
      let isNews = sample > samples.lowerBound || sample == samples.lowerBound && isNewsFirst
      let cell = cells.cell(of: sample)
      if statement.code(1) == 0 {
        let who = Holders.Who(statement, first: 3)
        try holders.take(who, id) { $0.note(nil, in: cell, isNews: isNews, &marks) }
      } else {
        let pressure = statement.code(2).flatMap { UInt8(exactly: $0) }.flatMap(Pressure.init)
        let isWhole = statement.code(1) == 1
        try holders.note(id, isWhole: isWhole) {
          $0.note(.some(pressure), in: cell, isNews: isNews, &marks)
        }
      }
    }
    close(before: samples.upperBound + 1)
    holders.finish { $0.finish(&marks) }
  }

  /// Who stands there, whole rows, and changes of the pressure; ids rise with time.
  private static func pressures(_ places: [Int64]?, _ database: Database) -> String {
    let whose = places.map { places in
      " AND (id & \(RowID.mostPlaces - 1)) IN (\(places.map(String.init).joined(separator: ", ")))"
    }
    let range = "WHERE id BETWEEN ? AND ?\(whose ?? "")"
    let host = Identity.hostColumn("identity", database)
    return """
      SELECT id, 1 AS part, pressure, NULL, NULL, NULL FROM base \(range)
      UNION ALL SELECT id, 2, pressure, NULL, NULL, NULL FROM state \(range) AND pressure IS NOT NULL
      UNION ALL SELECT id, 0, NULL, domid, uuid, \(host) FROM identity \(range)
      ORDER BY 1, 2
      """
  }

  private func readEvents(
    _ samples: ClosedRange<Int64>, _ places: [Int64]?, _ cells: SampleCells,
    _ marks: inout [TimelineMark], _ events: EventReader
  ) throws(DatabaseError) {
    func mark(_ kind: TimelineMark.Event?, _ cell: Int) {
      if let kind { marks[cell].event = max(marks[cell].event ?? kind, kind) }
    }
    for found in try file.derived.found(samples) where isOurs(found.event) {
      var cells = cells
      mark(found.event.kind.mark, cells.cell(of: found.sample))
    }
    var cells = cells
    guard let places else {
      return try readKinds(samples) { mark($1.mark, cells.cell(of: $0)) }
    }
    try events.visit(.later, in: samples, places: places, wall: { file.samples.wall($0) }) {
      if isOurs($0.event) { mark($0.event.kind.mark, cells.cell(of: $0.sample)) }
      return true
    }
  }

  private func isOurs(_ event: HostEvent) -> Bool { key == nil || HistoryKey(event.domain) == key }

  private func readKinds(_ samples: ClosedRange<Int64>, _ body: (Int64, EventCode) -> Void)
    throws(DatabaseError)
  {
    let statement = try file.database.prepare(
      "SELECT id, kind FROM event WHERE id BETWEEN ? AND ? ORDER BY id")
    statement.bind(1, EventReader.firstID(of: samples.lowerBound))
    statement.bind(2, EventReader.firstID(of: samples.upperBound + 1) - 1)
    while try statement.step() {
      guard let id = statement.eventID(0), let code = statement.code(1).flatMap(EventCode.init)
      else { continue }
      body(RowID.sample(id >> 8), code)
    }
  }
}

/// Which cell samples belong to, asked in order.
private struct SampleCells {
  /// The first sample of each.
  let begins: [Int64]
  private var cell = 0

  init(begins: [Int64]) { self.begins = begins }

  mutating func cell(of sample: Int64) -> Int {
    while cell + 1 < begins.count, begins[cell + 1] <= sample { cell += 1 }
    return cell
  }
}

/// Who stands at each place, and what they are under.
private struct Holders {
  /// Whoever has this domid and uuid.
  struct Who: Equatable {
    let domid: UInt16
    let uuid: String
    let host: HostNumber

    init?(_ row: Statement, first: Int) {
      guard let domid = row.domid(first), let uuid = row.text(first + 1) else { return nil }
      (self.domid, self.uuid, host) = (domid, uuid, row.host(first + 2))
    }

    func has(_ key: HistoryKey) -> Bool {
      guard let uuid = DomainUUID(uuid) else { return false }
      return HistoryKey(DomainID(domid: domid, uuid: uuid, host: host)) == key
    }
  }

  private struct Holder {
    var who: Who?
    /// The sample of its last whole row.
    var written: Int64 = 0
    var marker = PressureMarker()
  }

  private let reader: HolderReader
  private let key: HistoryKey?
  private var holders: [Int: Holder] = [:]

  init(_ reader: HolderReader, _ key: HistoryKey?) { (self.reader, self.key) = (reader, key) }

  /// Takes who stands there from now on; whoever stood there before goes.
  mutating func take(
    _ who: Who?, _ id: Int64, leave: (inout PressureMarker) -> Void
  ) throws(DatabaseError) {
    let place = RowID.place(id)
    var holder = try holder(place, before: id)
    if holder.who != who { leave(&holder.marker) }
    holder.who = who
    holders[place] = holder
  }

  mutating func note(_ id: Int64, isWhole: Bool, _ body: (inout PressureMarker) -> Void)
    throws(DatabaseError)
  {
    let place = RowID.place(id)
    var holder = try holder(place, before: id)
    if isWhole { holder.written = RowID.sample(id) }
    if key.map({ holder.who?.has($0) ?? false }) ?? true { body(&holder.marker) }
    holders[place] = holder
  }

  /// A domain without a row in a keyframe is absent: a run of memtop that began with it did not see it.
  mutating func close(_ keyframe: Int64, leave: (inout PressureMarker) -> Void) {
    for place in holders.keys where holders[place]!.written < keyframe {
      leave(&holders[place]!.marker)
    }
  }

  private func holder(_ place: Int, before id: Int64) throws(DatabaseError) -> Holder {
    if let known = holders[place] { return known }
    return Holder(who: try reader.who(place, before: id))
  }

  mutating func finish(_ body: (inout PressureMarker) -> Void) {
    for place in holders.keys { body(&holders[place]!.marker) }
  }
}

/// Finds who stood at a place.
private struct HolderReader {
  private let statement: Statement

  init(_ database: Database) throws(DatabaseError) {
    statement = try database.prepare(
      "SELECT domid, uuid, \(Identity.hostColumn("identity", database)) FROM identity WHERE place = ? AND id < ? ORDER BY id DESC LIMIT 1"
    )
  }

  func who(_ place: Int, before id: Int64) throws(DatabaseError) -> Holders.Who? {
    statement.bind(1, Int64(place))
    statement.bind(2, id)
    defer { statement.reset() }
    return try statement.step() ? Holders.Who(statement, first: 0) : nil
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
    case .stale, .silent, .implausible, .unreadable: .report
    case .hostShort: .hostShort
    case .note: .note
    case .pressureOver, .tight, .short, .thrashing, .pressureUnknown, .leftOut: nil
    case .arrived, .reportBack, .stuckEnded, .hostEnough, .hostLost, .hostBack, .regulated,
      .released, .regulator,
      .renamed, .paused, .unpaused:
      nil
    }
  }
}
