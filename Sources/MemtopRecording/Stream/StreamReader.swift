import MemtopCore

/// Arrives from the lines of a `StreamWriter` at the snapshots that they were made of.
///
/// Whatever a host sends, there is a snapshot, or an error that says what is wrong with it: the host may
/// be in somebody else's hands. Its times become those of this machine's clocks.
package struct StreamReader {
  /// Who speaks.
  package struct Greeting: Hashable, Sendable {
    package var program: String
    package var hostname: String
    package var interval: Span
  }

  private struct Place {
    var who: Identity
    var regulation: Regulation?
    var row = [Int64](repeating: SampleRow.missing, count: SampleRow.width)
    /// Of the sample that was made of it; nil where it has changed since.
    var sample: DomainSample?
  }

  package private(set) var greeting: Greeting?
  private let host: HostNumber
  private let name: String
  private var columns: [SampleRow.Column?] = []
  private var places: [Int: Place] = [:]
  private var placeOf: [UInt16: Int] = [:]
  private var memory: HostMemory?
  private var events: [(time: Int64, event: HostEvent)] = []
  private var line: [UInt8] = []
  private var revision: UInt64 = 0
  /// From the host's steady clock to this machine's: the least that was seen, so that a sample that was
  /// held up on its way counts as old as it is.
  private var offset: Span?
  /// Read before the greeting: what a login prints.
  private var skipped = 0

  /// - Parameters:
  ///   - host: the number that its domains get.
  ///   - name: as the operator calls it.
  ///   - former: of the connection before: a domain's revision never comes twice.
  package init(host: HostNumber, name: String, after former: StreamReader? = nil) {
    self.host = host
    self.name = name
    revision = former?.revision ?? 0
  }

  /// What has come, and when by this machine's clocks.
  ///
  /// - Returns: the newest sample that is complete now, with the events of all that are; nil for none.
  /// - Throws: where it is not what `memtop serve` writes. Then nothing more may be given.
  package mutating func take(
    _ bytes: [UInt8], at now: SteadyTime, _ wall: WallTime
  ) throws(StreamError) -> Snapshot? {
    let end = endOfLastSample(bytes)
    var newest: StreamFields?
    var taken: Snapshot?
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = rest.prefix { $0 != StreamFormat.newline }
      guard line.count + part.count <= StreamFormat.longestLine else {
        throw StreamError("sent a line too long")
      }
      line += part
      guard part.endIndex < rest.endIndex else { break }
      rest = rest[(part.endIndex + 1)...]
      if let sample = try takeLine() { newest = sample }
      line.removeAll(keepingCapacity: true)
      // The lines after it belong to a sample that is not complete yet.
      if rest.startIndex == end, var fields = newest { taken = snapshot(&fields, now, wall) }
    }
    return taken
  }

  /// Behind the last line of `bytes` that completes a sample; nil where none does.
  private func endOfLastSample(_ bytes: [UInt8]) -> Int? {
    var (first, end) = (line.first, nil as Int?)
    for (index, byte) in bytes.enumerated() {
      if byte == StreamFormat.newline {
        if first == StreamFormat.Line.sample.rawValue { end = index + 1 }
        first = nil
      } else if first == nil {
        first = byte
      }
    }
    return end
  }

  /// - Returns: the fields of the line that completes a sample.
  private mutating func takeLine() throws(StreamError) -> StreamFields? {
    guard greeting != nil else {
      try greet()
      return nil
    }
    guard let first = line.first, let kind = StreamFormat.Line(rawValue: first) else { return nil }
    var fields = StreamFields(line.dropFirst())
    switch kind {
    case .host: takeHost(&fields)
    case .identity: try takeIdentity(&fields)
    case .row: try takeRow()
    case .gone: leave(Int(clamping: fields.number() ?? -1))
    case .event: takeEvent(&fields)
    case .sample: return fields
    }
    return nil
  }

  private mutating func greet() throws(StreamError) {
    skipped += line.count + 1
    guard skipped < 65_536 else { throw StreamError("its answer is not that of memtop serve") }
    var fields = StreamFields(line[...])
    guard let words = fields.bytes().map({ String(decoding: $0, as: UTF8.self) }),
      words.hasPrefix(StreamFormat.greeting + " ")
    else { return }
    guard words == "\(StreamFormat.greeting) \(StreamFormat.version)" else {
      throw StreamError("has a newer memtop, whose figures this one cannot read")
    }
    greeting = Greeting(
      program: fields.text(32) ?? "?", hostname: fields.text(64) ?? "?",
      interval: Span(milliseconds: min(max(fields.number() ?? 1000, 200), 3_600_000)))
    let known = Dictionary(
      StreamFormat.columns.map { ($0.name, $0.column) }, uniquingKeysWith: { first, _ in first })
    columns = (fields.bytes() ?? []).split(separator: 0x20).prefix(StreamFormat.mostColumns).map {
      known[String(decoding: $0, as: UTF8.self)]
    }
  }

  private mutating func takeHost(_ fields: inout StreamFields) {
    func amount() -> Bytes { fields.amount() ?? .zero }
    var host = HostMemory(
      hostname: name, xenVersion: "", total: amount(), dom0: amount(), guests: amount(),
      dying: amount(), xen: amount(), free: amount(), overhead: fields.amount(),
      claimed: amount(), promised: amount(), owner: nil)
    _ = fields.text(64)
    host.xenVersion = fields.text(32) ?? ""
    host.owner = fields.text(16).flatMap(TargetOwner.init(stored:))
    let guests = fields.number()
    if let health = fields.text(16) {
      host.regulator = RegulatorStatus(
        pid: 0, guests: Int(clamping: guests ?? 0),
        health: RegulatorStatus.Health.allCases.first { $0.stored == health } ?? .unknown)
    }
    memory = host
  }

  private mutating func takeIdentity(_ fields: inout StreamFields) throws(StreamError) {
    let index = try place(fields.number())
    guard let domid = fields.domid(), let uuid = fields.text(36).flatMap(DomainUUID.init) else {
      throw StreamError("sent a domain without an identity")
    }
    let kind = fields.text(8).flatMap(DomainKind.init(stored:)) ?? .pv
    let life = DomainLife(stored: fields.text(24) ?? "")
    let word = fields.text(16) ?? ""
    let health = ReportHealth(stored: word, reason: fields.text(200) ?? "")
    let dialect = fields.text(16).flatMap(ReportDialect.init(stored:))
    let interval = fields.number().flatMap {
      (1...Bounds.interval).contains($0) ? Span(milliseconds: $0) : nil
    }
    let (stubOf, stub) = (fields.domid(), fields.domid())
    let started = fields.wallTime()
    let facts = DomainFacts(
      name: fields.text(64) ?? "(unnamed)", osName: fields.text(80), kernel: fields.text(40),
      ipv4: fields.text(40), ipv6: fields.text(48), startedAt: started, host: name)
    var text = DomainText(
      facts: facts, kind: kind, life: life, health: health, dialect: dialect, interval: interval)
    (text.deviceModelOf, text.deviceModel) = (stubOf, stub)
    let who = Identity(id: DomainID(domid: domid, uuid: uuid, host: host), text: text)
    // A domid names one domain at a time.
    if let former = placeOf[domid], former != index { places[former] = nil }
    if let former = places[index]?.who.id.domid, former != domid { placeOf[former] = nil }
    placeOf[domid] = index
    if places[index]?.who.id != who.id { places[index] = Place(who: who) }
    places[index]!.who = who
    places[index]!.regulation = fields.bytes().flatMap { Regulation(Array($0), of: uuid) }
    places[index]!.sample = nil
  }

  private mutating func leave(_ index: Int) {
    guard let place = places.removeValue(forKey: index) else { return }
    if placeOf[place.who.id.domid] == index { placeOf[place.who.id.domid] = nil }
  }

  private func place(_ number: Int64?) throws(StreamError) -> Int {
    guard let number, (0..<Int64(StreamFormat.mostPlaces)).contains(number) else {
      throw StreamError("sent a line without a place")
    }
    return Int(number)
  }

  /// "12a5f-4~h!": the place, then letters of columns, each with what it has grown by.
  private mutating func takeRow() throws(StreamError) {
    var rest = line.dropFirst()
    let index = try place(StreamRow.number(&rest))
    guard places[index] != nil else { throw StreamError("sent figures of no domain") }
    places[index]!.sample = nil
    while let first = rest.popFirst() {
      let isDotted = first == UInt8(ascii: ".")
      guard let letter = isDotted ? rest.popFirst() : first,
        let place = StreamFormat.place(letter, dotted: isDotted)
      else { throw StreamError("sent figures that cannot be read") }
      let value = StreamRow.growth(&rest)
      guard place < columns.count, let column = columns[place] else { continue }
      let old = places[index]!.row[column.rawValue]
      places[index]!.row[column.rawValue] = StreamRow.sum(old, value, column)
    }
  }

  private mutating func takeEvent(_ fields: inout StreamFields) {
    guard events.count < 1000, let time = fields.wallTime(), let domid = fields.domid(),
      let uuid = fields.text(36).flatMap(DomainUUID.init)
    else { return }
    let name = fields.text(64) ?? "(unnamed)"
    guard let code = fields.number().flatMap(EventCode.init(rawValue:)) else { return }
    var row = EventRow(code)
    func figure() -> Int64? {
      fields.number().flatMap { (-Bounds.amount...Bounds.amount).contains($0) ? $0 : nil }
    }
    (row.before, row.after, row.author) = (figure(), figure(), figure())
    (row.who, row.detail) = (fields.text(64), fields.text(500))
    // `you` is whoever sits at that host.
    if row.author == 1 { row.author = 2 }
    let domain = DomainID(domid: domid, uuid: uuid, host: host)
    events.append(
      (time.milliseconds, HostEvent(time: time, domain: domain, name: name, kind: row.kind)))
  }

  /// An event can be held up on its way; a time further back than this is not believed.
  private static let longestDelay = Span.minutes(60)

  /// The sample is complete.
  private mutating func snapshot(
    _ fields: inout StreamFields, _ now: SteadyTime, _ wall: WallTime
  ) -> Snapshot? {
    guard let there = fields.wallTime(), let steady = fields.number(),
      (0...Bounds.time).contains(steady)
    else { return nil }
    let problem = fields.text(500)
    let distance = now - SteadyTime(milliseconds: steady)
    if offset == nil || distance < offset! {
      offset = distance
      for index in places.keys { places[index]!.sample = nil }
    }
    let taken = SteadyTime(milliseconds: steady) + offset!
    let skew = wall - there
    let told = events.map { event in
      var event = event.event
      // The host may say any time.
      event.time = min(max(event.time + skew, wall + Self.longestDelay * -1), wall)
      return event
    }
    events = []
    var snapshot = Snapshot(
      time: wall, steady: taken, host: memory ?? .sum([], named: name), domains: samples(at: taken),
      events: told, problem: problem)
    snapshot.host.hostname = name
    return snapshot
  }

  /// All domains, of which only those are made anew that have changed.
  private mutating func samples(at time: SteadyTime) -> [DomainSample] {
    revision += 1
    var samples: [DomainSample] = []
    samples.reserveCapacity(places.count)
    for index in places.keys {
      samples.append(sample(index, at: time))
    }
    samples.sort { $0.id.place < $1.id.place }
    return samples
  }

  private mutating func sample(_ index: Int, at time: SteadyTime) -> DomainSample {
    let place = places[index]!
    if var sample = place.sample {
      let arrival = place.row[SampleRow.Column.arrival.rawValue]
      sample.reportAge =
        arrival == SampleRow.missing
        ? nil : time - (SteadyTime(milliseconds: arrival) + (offset ?? .zero))
      return sample
    }
    var sample = SampleRow.sample(
      shifted(place.row), id: place.who.id, text: place.who.text, at: time)
    sample.regulation = place.regulation
    sample.revision = revision
    places[index]!.sample = sample
    return sample
  }

  /// Its times by this machine's clock.
  private func shifted(_ row: [Int64]) -> [Int64] {
    var row = row
    for column in Self.times where row[column] != SampleRow.missing {
      row[column] &+= offset?.milliseconds ?? 0
    }
    return row
  }

  private static let times = SampleRow.Column.allCases.filter { $0.meaning == .time }
    .map(\.rawValue)
}
