import MemtopCore

/// What happened in a recording, as it was recorded and as it follows from what was.
extension RecordedPast {
  /// Looked at for one question, at most.
  private static let mostLooked = 300_000

  public func events(
    _ direction: TimeDirection, than place: EventPlace?, where filter: EventFilter, limit: Int
  ) -> [PastEvent] {
    guard limit > 0, let ids = file.samples.ids else { return [] }
    let question = EventQuestion(
      direction: direction, place: place, filter: filter, limit: limit, last: ids.upperBound)
    if let known = answers.first(where: { $0.question == question }) { return known.events }
    let events: [PastEvent] = asked([]) { () throws(DatabaseError) in
      try find(question, ids)
    }
    if answers.count == 4 { answers.removeFirst() }
    answers.append((question, events))
    return events
  }

  private func find(_ question: EventQuestion, _ ids: ClosedRange<Int64>) throws(DatabaseError)
    -> [PastEvent]
  {
    guard let samples = samples(question, ids) else { return [] }
    let found =
      try recorded(question, samples) + (try derived(question, samples))
    let sorted = found.sorted {
      question.direction == .later ? $0.place < $1.place : $1.place < $0.place
    }
    return Array(sorted.prefix(question.limit))
  }

  /// The samples that may carry what is asked for.
  private func samples(_ question: EventQuestion, _ ids: ClosedRange<Int64>)
    -> ClosedRange<Int64>?
  {
    guard let place = question.place else { return ids }
    let here = file.samples.id(atOrBefore: place.at)
    switch question.direction {
    case .earlier: return here.map { ids.lowerBound...max(ids.lowerBound, $0) }
    case .later: return min(ids.upperBound, max(ids.lowerBound, here ?? 0))...ids.upperBound
    }
  }

  private func recorded(_ question: EventQuestion, _ samples: ClosedRange<Int64>)
    throws(DatabaseError) -> [PastEvent]
  {
    let places = try question.filter.key.map { key throws(DatabaseError) in
      try LongSeries.places(file.database, key)
    }
    var events: [PastEvent] = []
    var looked = 0
    try eventReader.visit(
      question.direction, in: samples, places: places, wall: { file.samples.wall($0) }
    ) { found in
      looked += 1
      add(found.sample, found.number, found.event, question, &events)
      return events.count < question.limit && looked < Self.mostLooked
    }
    return events
  }

  private func derived(_ question: EventQuestion, _ samples: ClosedRange<Int64>)
    throws(DatabaseError) -> [PastEvent]
  {
    var events: [PastEvent] = []
    let all = try file.derived.found(samples)
    func add(_ found: DerivedEvents.Found) -> Bool {
      self.add(found.sample, found.number, found.event, question, &events)
      return events.count < question.limit
    }
    switch question.direction {
    case .earlier: for found in all.reversed() where !add(found) { break }
    case .later: for found in all where !add(found) { break }
    }
    return events
  }

  private func add(
    _ sample: Int64, _ number: Int, _ event: HostEvent, _ question: EventQuestion,
    _ events: inout [PastEvent]
  ) {
    guard question.filter.shows(event) else { return }
    let at = SteadyTime(milliseconds: file.samples.at(sample))
    let place = EventPlace(at: at, number: number)
    if let limit = question.place {
      guard question.direction == .earlier ? place < limit : limit < place else { return }
    }
    events.append(PastEvent(place: place, event: event))
  }
}

/// What was asked of the events, so that the same is not looked for twice.
struct EventQuestion: Hashable {
  let direction: TimeDirection
  let place: EventPlace?
  let filter: EventFilter
  let limit: Int
  /// The last sample at that time.
  let last: Int64
}
