import MemtopCore

/// Writes snapshots into a recording, each in a transaction of its own: a process that is killed
/// loses at most the sample that it was writing.
///
/// Not thread-safe; calls block for as long as the disk does.
package final class RecordingWriter {
  let path: String
  let options: RecordingOptions
  let database: Database
  private let statements: WriterStatements
  private var retention: Retention
  /// nil once closed. Released after the database, being declared after it.
  private var lock: WriterLock?

  private var session: WriterSession
  private var sample: Int64
  private var axis: TimeAxis
  private var places = Places()
  private var rows: [Row]
  /// The row that is being written. It takes turns with the one before, so that no row is made each time.
  private var row = Row(repeating: SampleRow.missing, count: SampleRow.width)
  private var encoder = RowEncoder()
  private var identities: [Identity?]
  private var written = WrittenDomains()
  /// Of the domains as they stand in the file, by their places: those a reader will add up.
  private var shares: [DomainShare?] = []
  private var sums = HostSums()
  private var rations: [DomainRation] = []
  private var host: HostRow?
  private var sinceKeyframe = 0
  private var keyframeAt = Int64.min
  /// What was written last may be incomplete: the next sample tells everything anew.
  private var isBroken = true
  /// The events of samples that could not be written, which the next one carries.
  private var unwritten: [HostEvent] = []
  /// The last of these samples.
  private var unwrittenAt: SteadyTime?
  private var syncedAt: SteadyTime?

  /// Opens the file, or creates it; goes on with a recording that is there.
  ///
  /// - Parameter isNew: the file must not be there yet (`.exists`).
  /// - Throws: `.taken` where another memtop records into it; where it is no recording, is damaged or
  ///   cannot be written.
  package init(_ path: String, _ options: RecordingOptions, now: WallTime, isNew: Bool = false)
    throws(RecordingError)
  {
    self.path = path
    self.options = options
    session = WriterSession(began: now, interval: options.interval)
    guard let lock = try WriterLock(path, isNew: isNew) else { throw Self.taken(path) }
    self.lock = lock
    do throws(DatabaseError) {
      database = try Database(path, .readWrite)
      guard lock.isFile(path) else {
        throw DatabaseError(
          "cannot open", code: Format.replaced, message: "the file was replaced meanwhile")
      }
      try Self.prepare(database, path)
      statements = try WriterStatements(database)
      sample = try Self.lastSample(database)
      axis = try TimeAxis(after: database)
      retention = try Retention(database, path: path, options)
    } catch {
      // It would be in the way of the next try.
      if isNew, lock.isFile(path) { RecordingPlace.remove(path) }
      throw Self.explained(error, path)
    }
    (rows, identities) = ([], [])
  }

  /// Adds a snapshot; they must come in steady order.
  ///
  /// - Parameter interval: in which the next one is meant to come, where that is not as it was: a new
  ///   session tells it.
  /// If it throws, the file is unchanged. The same snapshot may be appended again, or the next one: everything
  /// is written then, including the events of this one.
  package func append(_ snapshot: Snapshot, interval: Span? = nil) throws(RecordingError)
    -> Outcome
  {
    guard !unwritten.isEmpty || !snapshot.events.isEmpty else {
      return try write(snapshot, in: interval)
    }
    var snapshot = snapshot
    let isAgain = unwrittenAt == snapshot.steady
    snapshot.events = isAgain ? unwritten : unwritten + snapshot.events
    (unwritten, unwrittenAt) = (snapshot.eventsToWrite, snapshot.steady)
    let outcome = try write(snapshot, in: interval)
    if outcome == .written { (unwritten, unwrittenAt) = ([], nil) }
    return outcome
  }

  private func write(_ snapshot: Snapshot, in interval: Span?) throws(RecordingError) -> Outcome {
    session.wish(interval)
    guard lock?.isFile(path) == true else { throw Self.lost(path) }
    do throws(DatabaseError) {
      if let why = try retention.makeRoom() {
        isBroken = true
        return .skipped(why)
      }
      try writeAtOnce(snapshot)
    } catch {
      isBroken = true
      if error.isBusy { return .skipped("another program holds \(path) locked") }
      throw RecordingError(error, path)
    }
    try tidy()
    return .written
  }

  /// All of it or nothing, in the file and here.
  private func writeAtOnce(_ snapshot: Snapshot) throws(DatabaseError) {
    let before = (sample, axis, retention, session)
    do throws(DatabaseError) {
      let isSyncDue = syncedAt.map { snapshot.steady - $0 >= options.sync } ?? true
      try statements.setSync(isSyncDue)
      try database.transaction { () throws(DatabaseError) in try write(snapshot) }
      if isSyncDue { syncedAt = snapshot.steady }
    } catch {
      isBroken = true
      statements.dropRows()
      (sample, axis, retention, session) = before
      throw error
    }
  }

  /// The sample is written: where giving back room fails, that is tried again with the next one.
  private func tidy() throws(RecordingError) {
    do throws(DatabaseError) {
      try retention.tidy()
    } catch  where error.isDamage {
      throw RecordingError(error, path)
    } catch {}
  }

  private func write(_ snapshot: Snapshot) throws(DatabaseError) {
    sample += 1
    let time = axis.place(snapshot)
    if let offset = time.newOffset { try statements.insertClock(sample, offset) }
    let beginsSession = session.isToBegin
    if beginsSession {
      try session.begin(with: sample, at: time.at, snapshot.time, options, statements)
    }
    try statements.insertSample(
      sample, late: session.delay(of: sample, at: time.at), skew: time.skew)
    let isKeyframe = isBroken || beginsSession || isKeyframeDue(snapshot, at: time.at)
    if isBroken { forget() }
    if isKeyframe {
      try statements.insertKeyframe(sample, at: time.at)
      (sinceKeyframe, keyframeAt) = (0, time.at)
    }
    var changes = written.renew(snapshot.domains)
    // One that found no place may find one now.
    if places.areShort { changes = nil }
    if changes == nil { places.assign(snapshot.domains.ageless) }
    try writeDomains(isKeyframe ? nil : changes, snapshot, time, isKeyframe: isKeyframe)
    try statements.finishRows()
    for place in places.takeVacated() { try vacate(place) }
    try writeHost(snapshot, isKeyframe: isKeyframe)
    try writeEvents(snapshot)
    isBroken = false
    let age = SampleAge(time, began: axis.began ?? (time.at, 0))
    try retention.advance(sample: sample, age, isKeyframe: isKeyframe)
  }

  /// Finding an instant costs the reader the changes since the keyframe before it.
  private func isKeyframeDue(_ snapshot: Snapshot, at: Int64) -> Bool {
    sinceKeyframe >= 1_000 + snapshot.domains.count * 160
      || at - keyframeAt >= retention.stretch.milliseconds || retention.wantsKeyframe
  }

  private func forget() {
    places = Places()
    written = WrittenDomains()
    sums = HostSums()
    shares = []
    identities = []
    rations = []
    host = nil
  }

  private func writeHost(_ snapshot: Snapshot, isKeyframe: Bool) throws(DatabaseError) {
    let row = HostRow(snapshot, sums)
    guard isKeyframe || row != host else { return }
    try statements.insertHost(sample, row)
    host = row
  }

  /// - Parameter changes: the places in the snapshot of those to be written; nil is all.
  private func writeDomains(
    _ changes: [Int]?, _ snapshot: Snapshot, _ time: TimeAxis.Place, isKeyframe: Bool
  ) throws(DatabaseError) {
    for index in changes ?? Array(snapshot.domains.indices) {
      guard let place = places.ofSnapshot[index] else { continue }
      let domain = snapshot.domains[index]
      let isAll = try write(domain, at: place, time, isKeyframe: isKeyframe)
      if !isAll || domain.revision == 0 { written.wait(for: index) }
    }
  }

  /// - Returns: whether all of it stands there now; what is rationed waits.
  private func write(
    _ domain: DomainSample, at place: Int, _ time: TimeAxis.Place, isKeyframe: Bool
  ) throws(DatabaseError) -> Bool {
    ensure(place, at: time.at)
    let isNew = identities[place]?.id != domain.id
    if isNew { rations[place] = DomainRation(at: time.at) }
    rations[place].reach(time.at)
    guard isNew || isKeyframe || !rations[place].isUsedUp else { return false }
    let id = RowID.make(sample: sample, place: place)
    let isTold = try writeIdentity(of: domain, id: id, at: place, time.at)
    axis.fill(&row, from: domain, time)
    try writeRow(id: id, at: place, time.at, isWhole: isNew || isKeyframe)
    note(DomainShare(domain), at: place)
    return isTold
  }

  private func ensure(_ place: Int, at: Int64) {
    while rows.count <= place {
      rows.append([Int64](repeating: SampleRow.missing, count: SampleRow.width))
    }
    while identities.count <= place {
      identities.append(nil)
      shares.append(nil)
      rations.append(DomainRation(at: at))
    }
  }

  /// - Returns: whether all of it stands there now.
  private func writeIdentity(
    of domain: DomainSample, id: Int64, at place: Int, _ at: Int64
  ) throws(DatabaseError) -> Bool {
    if identities[place]?.isIdentity(of: domain) == true { return true }
    let (former, identity) = (identities[place], Identity(domain))
    let told =
      rations[place].allowsWords(at: at)
      ? identity : former.map { identity.keepingWords(of: $0) } ?? identity
    if told != former {
      try statements.insertIdentity(id, told)
      rations[place].spend(told, after: former, at: at)
      identities[place] = told
    }
    return told == identity
  }

  private func writeRow(
    id: Int64, at place: Int, _ at: Int64, isWhole: Bool
  ) throws(DatabaseError) {
    let tables = isWhole ? encoder.base(row) : encoder.changes(from: rows[place], to: row, at: at)
    for table in RecordTable.allCases where tables.contains(table) {
      try statements.insert(encoder[table], id: id)
      rations[place].spend(encoder[table])
    }
    if !tables.isEmpty { sinceKeyframe += 1 }
    swap(&rows[place], &row)
  }

  private func vacate(_ place: Int) throws(DatabaseError) {
    try statements.insertIdentity(RowID.make(sample: sample, place: place), nil)
    guard place < identities.count else { return }
    identities[place] = nil
    note(nil, at: place)
  }

  private func note(_ share: DomainShare?, at place: Int) {
    sums.put(share, before: shares[place])
    shares[place] = share
  }

  private func writeEvents(_ snapshot: Snapshot) throws(DatabaseError) {
    for (index, event) in snapshot.eventsToWrite.enumerated() {
      let place = places.place(of: event.domain)
      let row = EventRow(event.kind, recorder: options.user)
      if let place, place < rations.count {
        // What a guest's reports cause.
        if rations[place].isUsedUp, row.code.mark == .report { continue }
        rations[place].spend(row)
      }
      try statements.insertEvent(
        id: RowID.make(sample: sample, place: place ?? 0) << 8 | Int64(index), row,
        time: event.time == snapshot.time ? nil : event.time,
        // Of a domain that has no place (any more), and where its name is another by now.
        about: place.flatMap { identities[$0]?.text.facts.name } == event.name ? nil : event)
    }
  }

  /// Ends the recording, after which nothing can be appended: one file is left, which opens in a read-only directory, too.
  package func close() throws(RecordingError) {
    do throws(DatabaseError) {
      try database.run("PRAGMA synchronous = FULL")
      // Fails where somebody has the file open: then the WAL stays for as long as they do.
      _ = try? database.run("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE")
    } catch {
      throw RecordingError(error, path)
    }
    // SQLite holds no lock between transactions, so that none is lost with this one.
    lock = nil
  }
}
