import MemtopCore

/// Makes of each snapshot of a host the lines that tell what has changed since the one before.
package struct StreamWriter {
  private struct Place {
    var id: DomainID
    var text: DomainText
    var regulation: Regulation?
    var row: [Int64]
    var revision: UInt64
    var arrival: SteadyTime?
  }

  private var places: [Place?] = []
  private var ofDomain: [DomainID: Int] = [:]
  private var host: [UInt8] = []
  private var scratch = [Int64](repeating: SampleRow.missing, count: SampleRow.width)
  private let recorder: String

  /// - Parameter recorder: who `you` is in events: the operator who runs this process.
  package init(recorder: String) { self.recorder = recorder }

  /// The first line: who speaks, and what the letters of a row stand for.
  package static func greeting(program: String, hostname: String, interval: Span) -> [UInt8] {
    let columns = StreamFormat.columns.map(\.name).joined(separator: " ")
    let parts = [
      "\(StreamFormat.greeting) \(StreamFormat.version)", program, hostname,
      String(interval.milliseconds), columns,
    ]
    return Array((parts.joined(separator: "\t") + "\n").utf8)
  }

  package mutating func lines(_ snapshot: Snapshot) -> [UInt8] {
    var lines: [UInt8] = []
    appendHost(snapshot, to: &lines)
    appendGone(snapshot, to: &lines)
    for sample in snapshot.domains { append(sample, at: snapshot.steady, to: &lines) }
    for event in snapshot.events { append(event, to: &lines) }
    var end = StreamLine(.sample)
    end.add(snapshot.time.milliseconds)
    end.add(snapshot.steady.milliseconds)
    end.add(snapshot.problem)
    end.end(&lines)
    return lines
  }

  private mutating func appendHost(_ snapshot: Snapshot, to lines: inout [UInt8]) {
    let memory = snapshot.host
    var line = StreamLine(.host)
    for amount in [
      memory.total, memory.dom0, memory.guests, memory.dying, memory.xen, memory.free,
    ] { line.add(amount.count) }
    line.add(memory.overhead?.count)
    line.add(memory.claimed.count)
    line.add(memory.promised.count)
    line.add(memory.hostname)
    line.add(memory.xenVersion)
    line.add(memory.owner?.stored)
    line.add(memory.regulator.map { Int64($0.guests) })
    line.add(memory.regulator?.health.stored)
    guard line.bytes != host else { return }
    host = line.bytes
    line.end(&lines)
  }

  private mutating func appendGone(_ snapshot: Snapshot, to lines: inout [UInt8]) {
    for index in places.indices {
      guard let id = places[index]?.id, snapshot.index(of: id) == nil else { continue }
      places[index] = nil
      ofDomain[id] = nil
      var line = StreamLine(.gone)
      line.add(Int64(index))
      line.end(&lines)
    }
  }

  private mutating func append(
    _ sample: DomainSample, at time: SteadyTime, to lines: inout [UInt8]
  ) {
    let index = ofDomain[sample.id] ?? take(sample, to: &lines)
    let arrival = sample.reportAge.map { time + $0 * -1 }
    let isSame =
      sample.revision != 0 && places[index]!.revision == sample.revision
      && places[index]!.arrival == arrival
    if isSame { return }
    (places[index]!.revision, places[index]!.arrival) = (sample.revision, arrival)
    let text = DomainText(sample)
    if places[index]!.text != text || places[index]!.regulation != sample.regulation {
      places[index]!.text = text
      places[index]!.regulation = sample.regulation
      tell(places[index]!, at: index, to: &lines)
    }
    SampleRow.fill(&scratch, from: sample, text: 0, arrival: arrival)
    appendRow(at: index, to: &lines)
  }

  /// Finds a place for a domain that is new.
  private mutating func take(_ sample: DomainSample, to lines: inout [UInt8]) -> Int {
    let index = places.firstIndex { $0 == nil } ?? places.count
    if index == places.count { places.append(nil) }
    let place = Place(
      id: sample.id, text: DomainText(sample), regulation: sample.regulation,
      row: [Int64](repeating: SampleRow.missing, count: SampleRow.width), revision: 0)
    places[index] = place
    ofDomain[sample.id] = index
    tell(place, at: index, to: &lines)
    return index
  }

  private func tell(_ place: Place, at index: Int, to lines: inout [UInt8]) {
    var line = StreamLine(.identity)
    line.add(Int64(index))
    line.add(Int64(place.id.domid))
    line.add(place.id.uuid.description)
    line.add(place.text.kind.stored)
    line.add(place.text.life.stored)
    line.add(place.text.health.stored)
    line.add(place.text.health.reason)
    line.add(place.text.dialect?.stored)
    line.add(place.text.interval?.milliseconds)
    line.add(place.text.deviceModelOf.map { Int64($0) })
    line.add(place.text.deviceModel.map { Int64($0) })
    let facts = place.text.facts
    line.add(facts.startedAt?.milliseconds)
    for text in [facts.name, facts.osName, facts.kernel, facts.ipv4, facts.ipv6] { line.add(text) }
    line.add(
      place.regulation.map { String(decoding: $0.bytes(for: place.id.uuid), as: UTF8.self) })
    line.end(&lines)
  }

  /// Numbers by what they have grown, since most change by little.
  private mutating func appendRow(at index: Int, to lines: inout [UInt8]) {
    var line = StreamLine(.row)
    line.bytes += Array(String(index).utf8)
    var isChanged = false
    for (place, column) in StreamFormat.columns.enumerated() {
      let (old, new) = (places[index]!.row[column.column.rawValue], scratch[column.column.rawValue])
      guard old != new else { continue }
      isChanged = true
      line.bytes += StreamFormat.code(place)
      guard new != SampleRow.missing else {
        line.bytes.append(StreamFormat.missing)
        continue
      }
      let growth = new &- (old == SampleRow.missing ? 0 : old)
      if growth & 1023 == 0, growth != 0 {
        line.bytes += Array(String(growth >> 10).utf8) + [StreamFormat.kib]
      } else {
        line.bytes += Array(String(growth).utf8)
      }
    }
    places[index]!.row = scratch
    if isChanged { line.end(&lines) }
  }

  private func append(_ event: HostEvent, to lines: inout [UInt8]) {
    let row = EventRow(event.kind, recorder: recorder)
    var line = StreamLine(.event)
    line.add(event.time.milliseconds)
    line.add(Int64(event.domain.domid))
    line.add(event.domain.uuid.description)
    line.add(event.name)
    line.add(row.code.rawValue)
    line.add(row.before)
    line.add(row.after)
    line.add(row.author)
    line.add(row.who)
    line.add(row.detail)
    line.end(&lines)
  }
}

/// A line under way: the letter, then fields with tabs between them.
private struct StreamLine {
  var bytes: [UInt8]
  private var isFirst = true

  init(_ kind: StreamFormat.Line) { bytes = [kind.rawValue] }

  mutating func add(_ text: String?) {
    if !isFirst { bytes.append(StreamFormat.tab) }
    isFirst = false
    // Text is safe since it was read; a line must stay one whatever comes.
    if let text { bytes += text.utf8.map { $0 < 0x20 ? UInt8(ascii: "?") : $0 } }
  }

  mutating func add(_ number: Int64?) { add(number.map { String($0) }) }

  mutating func end(_ lines: inout [UInt8]) { lines += bytes + [StreamFormat.newline] }
}

extension RegulatorStatus.Health: CaseIterable {
  public static let allCases: [Self] = [.unknown, .alive, .silent]
  var stored: String {
    switch self {
    case .unknown: "unknown"
    case .alive: "alive"
    case .silent: "silent"
    }
  }
}
