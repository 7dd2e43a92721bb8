import MemtopCore

/// The events of a part of a recording.
extension Extract {
  /// Hands what happened to `body`, oldest first, until it has had enough.
  public func forEachEvent(_ body: (HostEvent) -> Bool) throws(RecordingError) {
    guard let ids else { return }
    let choice = shownDomain
    func tell(_ event: HostEvent) -> Bool {
      let shown = redactor?.event(event) ?? event
      if let choice, !choice.holds(shown.domain, name: shown.name) { return true }
      return body(shown)
    }
    try file.reading { () throws(DatabaseError) in
      let reader = try EventReader(file.database, file.found)
      var derived = try file.derived.found(ids)
      var isWanted = true
      func tellDerived(before sample: Int64) {
        while isWanted, let next = derived.first, next.sample < sample {
          derived.removeFirst()
          isWanted = tell(next.event)
        }
      }
      try reader.visit(.later, in: ids, places: nil, wall: { file.samples.wall($0) }) { found in
        tellDerived(before: found.sample)
        isWanted = isWanted && tell(found.event)
        return isWanted
      }
      tellDerived(before: .max)
    }
  }
}

extension EventReader {
  /// The events of some samples, oldest first: those that were recorded, and those that follow.
  func all(_ samples: ClosedRange<Int64>, in file: RecordingFile) throws(DatabaseError)
    -> [HostEvent]
  {
    let recorded = try found(samples) { file.samples.wall($0) }
    let derived = try file.derived.found(samples)
    guard !derived.isEmpty else { return recorded.map(\.event) }
    let all =
      recorded.map { ($0.sample, $0.number, $0.event) }
      + derived.map { ($0.sample, $0.number, $0.event) }
    return all.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
  }
}
