import MemtopCore
@testable import MemtopRecording
import Testing

@Suite("A recording of several hosts", .timeLimit(.minutes(30)))
struct SeveralHostsRecordingTests {
  /// Two hosts that have the same domids and, as after the copy of a disk, the same uuids.
  private static func snapshots(
    _ count: Int, lateFrom late: Int = .max, until back: Int = .max
  ) throws -> [Snapshot] {
    var ends = try ["xen-a", "xen-b"].map { name in
      (
        living: Living(), writer: StreamWriter(recorder: "alice"),
        reader: try greeted(name), name: name
      )
    }
    return try (0..<count).map { second in
      var parts: [(HostShare, [DomainSample])] = []
      var events: [HostEvent] = []
      var (time, steady) = (WallTime(milliseconds: 0), SteadyTime(milliseconds: 0))
      for index in ends.indices {
        let sent = ends[index].living.next()
        (time, steady) = (sent.time, sent.steady)
        let lines = ends[index].writer.lines(sent)
        let got = try #require(try ends[index].reader.take(lines, at: sent.steady, sent.time))
        let isLate = index == 1 && second >= late && second < back
        parts.append(
          (
            HostShare(
              number: .named(ends[index].name), name: ends[index].name, memory: got.host,
              link: isLate ? .late(since: steady) : .current, sampledAt: steady), Array(got.domains)
          ))
        if !isLate { events += got.events }
      }
      return Snapshot(time: time, steady: steady, hosts: parts, events: events)
    }
  }

  private static func greeted(_ name: String) throws -> StreamReader {
    var reader = StreamReader(host: .named(name), name: name)
    let zero = (SteadyTime(milliseconds: 0), WallTime(milliseconds: 0))
    _ = try reader.take(
      StreamWriter.greeting(program: "memtop", hostname: name, interval: .seconds(1)),
      at: zero.0, zero.1)
    return reader
  }

  private static func record(_ snapshots: [Snapshot], _ path: String) throws {
    let writer = try RecordingWriter(
      path, RecordingOptions(user: "alice"), now: WallTime(milliseconds: 0))
    for snapshot in snapshots { #expect(try writer.append(snapshot.current) == .written) }
    try writer.close()
  }

  @Test("has every domain with its host, and every event with its domain's host")
  func roundTrip() throws {
    let scratch = Scratch()
    let path = scratch.file("several.memtop")
    let snapshots = try Self.snapshots(400)
    try Self.record(snapshots, path)
    #expect(try RecordingFile(path).isOfSeveralHosts)
    let walker = try RecordingWalker(try RecordingFile(path))
    for (index, snapshot) in snapshots.enumerated() {
      try walker.go(to: Int64(index + 1))
      let got = walker.snapshot()
      expectEqual(got, snapshot, "sample \(index + 1)")
      #expect(got.domains.map(\.id) == snapshot.domains.map(\.id))
      #expect(got.domains.map(\.facts.host) == snapshot.domains.map(\.facts.host))
      #expect(got.events.map(\.domain) == snapshot.events.map(\.domain))
    }
    #expect(snapshots.contains { $0.events.contains { $0.domain.host.name == "xen-b" } })
  }

  @Test("has a note about the host of a domain that is gone")
  func subject() throws {
    let scratch = Scratch()
    let path = scratch.file("note.memtop")
    var snapshots = try Self.snapshots(2)
    let gone = DomainID(
      domid: 99, uuid: DomainUUID(high: 9, low: 9), host: .named("xen-b"))
    snapshots[1].events = [
      HostEvent(time: snapshots[1].time, domain: gone, name: "gone9", kind: .gone)
    ]
    try Self.record(snapshots, path)
    let walker = try RecordingWalker(try RecordingFile(path))
    try walker.go(to: 2)
    #expect(walker.snapshot().events.map(\.domain) == [gone])
  }

  @Test("leaves out the domains of a host for as long as it does not answer")
  func late() throws {
    let scratch = Scratch()
    let path = scratch.file("late.memtop")
    let snapshots = try Self.snapshots(20, lateFrom: 10)
    try Self.record(snapshots, path)
    let walker = try RecordingWalker(try RecordingFile(path))
    for (sample, hosts) in [(10, ["xen-a", "xen-b"]), (11, ["xen-a"])] {
      try walker.go(to: Int64(sample))
      #expect(Set(walker.snapshot().domains.compactMap(\.facts.host)) == Set(hosts))
    }
  }

  @Test("names the hosts that gave no figures, for every reader and in every copy")
  func missing() throws {
    let scratch = Scratch()
    let path = scratch.file("missing.memtop")
    let snapshots = try Self.snapshots(20, lateFrom: 10, until: 15)
    try Self.record(snapshots, path)
    let (a, b) = (HostNumber.named("xen-a"), HostNumber.named("xen-b"))
    let file = try RecordingFile(path)
    let walker = try RecordingWalker(file)
    for (sample, missing) in [(10, []), (11, [b]), (15, [b]), (16, [])] {
      try walker.go(to: Int64(sample))
      #expect(walker.snapshot().missing == missing)
      #expect(Set(walker.snapshot().hosts.map(\.number)) == [a, b])
    }
    #expect(try Extract(file).snapshots().map(\.missing) == snapshots.map(\.missing))
    let copy = scratch.file("copy.memtop")
    try Extract(file, redactor: Redactor()).write(to: copy)
    let redacted = try Extract(RecordingFile(copy)).snapshots()
    #expect(redacted.map(\.missing.count) == snapshots.map(\.missing.count))
    #expect(redacted.allSatisfy { $0.missing.allSatisfy { $0.name!.hasPrefix("host-") } })
  }

  @Test("a report has a gap for a host that gave no figures, and no new life of its guests")
  func gap() throws {
    let scratch = Scratch()
    let path = scratch.file("gap.memtop")
    let snapshots = try Self.snapshots(60, lateFrom: 10, until: 40)
    try Self.record(snapshots, path)
    let extract = Extract(try RecordingFile(path))
    let report = try extract.report()
    #expect(report.gaps.map(\.host) == ["xen-b"])
    #expect(
      report.gaps.first.map { $0.from...$0.to } == snapshots[10].time...snapshots[40].time)
    let dom0s = report.domains.filter { $0.id.isDom0 }
    #expect(dom0s.map(\.lives) == [1, 1])
    #expect(Set(dom0s.map(\.covered)) == [.seconds(59), .seconds(29)])
    for domain in dom0s {
      #expect(report.gaps(of: domain).count == (domain.id.host.name == "xen-b" ? 1 : 0))
    }
    // It was away at the beginning, and is at the end.
    let part = Extract(
      try RecordingFile(path), begin: snapshots[20].time, end: snapshots[30].time)
    let within = try part.report()
    #expect(within.gaps.map(\.length) == [.seconds(10)])
    #expect(Set(within.domains.compactMap(\.id.host.name)) == ["xen-a"])
  }

  @Test("finds a domain by its name and its host's, as they are shown together")
  func named() throws {
    let scratch = Scratch()
    let path = scratch.file("named.memtop")
    try Self.record(try Self.snapshots(5), path)
    let file = try RecordingFile(path)
    let name = try #require(try Extract(file).report().domains.first { !$0.id.isDom0 }).name
    let choice = try #require(try DomainChoice("\(name) on xen-b", in: file))
    #expect(choice == .on(host: "xen-b", .name(name)))
    let report = try Extract(file, domain: choice).report()
    #expect(report.domains.map { $0.id.named($0.name) } == ["\(name) on xen-b"])
    #expect(try DomainChoice("dom0 on xen-a", in: file) == .on(host: "xen-a", .domid(0)))
    for nobody in ["\(name) on xen-c", "nobody on xen-a", "on xen-a", " on xen-a"] {
      #expect(try DomainChoice(nobody, in: file) == nil, "\(nobody)")
    }
    let samples = try Extract(file, domain: choice, redactor: Redactor()).snapshots()
    #expect(samples.count == 5 && samples.allSatisfy { $0.domains.count == 1 })
  }

  @Test("gives no host's name away where it is redacted")
  func redacted() throws {
    let redactor = Redactor()
    let snapshot = try Self.snapshots(1)[0]
    let hosts = Set(snapshot.domains.map { redactor.id($0.id).host.name ?? "" })
    #expect(hosts.count == 2 && hosts.allSatisfy { $0.hasPrefix("host-") })
  }
}
