import MemtopCore
import MemtopRecording

/// Reads a recording of the numbered load from end to end.
public struct RecordingCheck {
  /// Of each sample, in order.
  public private(set) var numbers: [Int64] = []
  /// What is not as it was written, a line each.
  public private(set) var problems: [String] = []
  /// What the file itself says is missing.
  public private(set) var damage: [String] = []

  public init(_ path: String) throws(RecordingError) {
    let file = try RecordingFile(path)
    defer { damage = file.damage }
    guard let ids = file.sampleIDs else { return }
    let sessions = try file.sessions().map(\.firstSample)
    let walker = try RecordingWalker(file)
    var shifts: [Int: Int64] = [:]
    var next = ids.lowerBound
    while let sample = try walker.go(from: next, upTo: ids.upperBound) {
      next = sample + 1
      let found = walker.snapshot()
      let number = NumberedLoad.number(of: found)
      guard NumberedLoad.numbers.contains(number) else {
        problems.append("sample \(sample): there is no number \(number)")
        continue
      }
      let shift = found.steady.milliseconds - NumberedLoad.steady(number)
      let former = numbers.last
      numbers.append(number)
      let session = sessions.lastIndex { $0 <= sample } ?? -1
      if shifts[session, default: shift] != shift {
        problems.append("sample \(sample), number \(number): its time moved within its session")
      }
      shifts[session] = shift
      let wanted = NumberedLoad.snapshot(number, shift: shift)
      // Of the first sample that is left nobody knows which was written before it.
      let skipped = former.map { [$0 + 1] } ?? Array(max(1, number - 20)..<number)
      if skipped.contains(where: { $0 < number && Self.isCarrying(found, wanted, $0..<number) }) {
        continue
      }
      compare(found, wanted, sample, number)
    }
  }

  /// Whether a sample has all that it should, and before its own the events of these, which were not written:
  /// of more than it has room for, how many they are.
  private static func isCarrying(
    _ found: Snapshot, _ wanted: Snapshot, _ skipped: Range<Int64>
  ) -> Bool {
    let events = skipped.flatMap { NumberedLoad.snapshot($0).events } + wanted.events
    var (rest, own) = (found, wanted)
    (rest.events, own.events) = ([], [])
    guard SnapshotText.lines(rest) == SnapshotText.lines(own) else { return false }
    guard events.count > 256 else { return found.events == events }
    return found.events.count == 256 && found.events.prefix(255) == events.prefix(255)
      && found.events.last?.kind == .leftOut(events.count - 255)
  }

  private mutating func compare(
    _ found: Snapshot, _ wanted: Snapshot, _ sample: Int64, _ number: Int64
  ) {
    let (left, right) = (SnapshotText.lines(found), SnapshotText.lines(wanted))
    guard left != right else { return }
    let differing = zip(left, right).first { $0 != $1 }
    problems.append(
      "sample \(sample), number \(number): \(differing?.0 ?? "\(left.count) lines") is not "
        + "\(differing?.1 ?? "\(right.count) lines")")
  }
}

/// All that a snapshot holds, as lines that can be compared and read.
public enum SnapshotText {
  public static func lines(_ snapshot: Snapshot) -> [String] {
    var lines = [
      "time \(snapshot.time.milliseconds) at \(snapshot.steady.milliseconds) "
        + "problem \(snapshot.problem ?? "-")",
      "host \(snapshot.host)",
    ]
    for domain in snapshot.domains {
      let row = SampleRow.row(of: domain, at: snapshot.steady)
      let facts = domain.facts
      lines.append(
        "\(domain.id.domid) \(domain.id.uuid) \(facts.name) \(facts.osName ?? "-") "
          + "\(facts.kernel ?? "-") \(facts.ipv4 ?? "-") \(facts.ipv6 ?? "-") "
          + "\(facts.startedAt?.milliseconds ?? -1) \(domain.kind.rawValue) \(domain.life) "
          + "\(domain.health) \(domain.report?.dialect.rawValue ?? "-") "
          + "\(domain.report?.interval?.milliseconds ?? -1) \(row)")
    }
    for event in snapshot.events { lines.append("event \(event)") }
    return lines
  }
}
