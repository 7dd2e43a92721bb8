import MemtopCore
import MemtopRecording
import Testing

@testable import TestSupport

@Suite("What went into a recording comes out again", .timeLimit(.minutes(30)))
struct RoundTripTests {
  private func record(_ snapshots: [Snapshot], _ path: String) throws {
    let writer = try RecordingWriter(
      path, RecordingOptions(user: "alice"), now: WallTime(milliseconds: 0))
    for snapshot in snapshots { #expect(try writer.append(snapshot) == .written) }
    try writer.close()
  }

  private func expectRecorded(_ snapshots: [Snapshot]) throws {
    let scratch = Scratch()
    let path = scratch.file("a.memtop")
    try record(snapshots, path)
    let walker = try RecordingWalker(try RecordingFile(path))
    for (index, snapshot) in snapshots.enumerated() {
      try walker.go(to: Int64(index + 1))
      expectEqual(walker.snapshot(), snapshot, "sample \(index + 1)")
    }
  }

  @Test("every cell of every sample, of guests of every kind, while targets move")
  func everyCell() throws {
    let living = Living()
    var snapshots: [Snapshot] = []
    for second in 0..<900 {
      if second % 37 == 0,
        let domain = snapshots.last?.domains.dropFirst().first(where: { ($0.size?.mib ?? 0) > 900 })
      {
        let order = TargetOrder(
          domain: domain.id, name: domain.name, from: domain.size,
          to: domain.size! + .mib(second % 2 == 0 ? 64 : -32), reason: "test")
        living.observer.expect(order, by: second % 74 == 0 ? .operatorNamed("bob") : .regulator)
        _ = living.host.setTarget(order, author: "alice")
      }
      snapshots.append(living.next())
    }
    try expectRecorded(snapshots)
  }

  @Test("any sample is found from any other")
  func anyOrder() throws {
    let scratch = Scratch()
    let snapshots = Living().next(700)
    let path = scratch.file("a.memtop")
    try record(snapshots, path)
    let walker = try RecordingWalker(try RecordingFile(path))
    for sample in [1, 700, 350, 351, 349, 2, 699, 500, 128, 129, 1, 300] {
      try walker.go(to: Int64(sample))
      expectEqual(walker.snapshot(), snapshots[sample - 1], "sample \(sample)")
    }
  }

  @Test("a domain that comes into the place of another is there from its first sample on")
  func successor() throws {
    var host = ObservedHost([], isFirstSeen: false)
    var snapshots: [Snapshot] = []
    for second in 0..<8 {
      // Each is seen once, so that neither was judged more often than the other.
      host.domains =
        [ObservedHost.guest(0)] + (second % 3 == 0 ? [ObservedHost.guest(UInt16(5 + second))] : [])
      host.live(1)
      snapshots.append(host.snapshot)
    }
    try expectRecorded(snapshots)
  }

  @Test("domains that change, come, go and return at random")
  func changing() throws {
    var host = ChangingHost()
    let observer = Observer()
    let snapshots = (1...400).map { observer.observe(host.live($0).kept) }
    try expectRecorded(snapshots)
  }

  @Test("words that must wait are told once their minute is over, though nothing changes any more")
  func waitingWords() throws {
    let scratch = Scratch()
    var host = ObservedHost((5...60).map { ObservedHost.guest($0) })
    var snapshots: [Snapshot] = []
    for second in 1...130 {
      // What was not known before is told at once, and the first change of it.
      if [10, 20, 30].contains(second) { host[40].write(.osName, "Linux \(second)") }
      host.live(1)
      snapshots.append(host.snapshot)
    }
    let path = scratch.file("a.memtop")
    try record(snapshots, path)
    let walker = try RecordingWalker(try RecordingFile(path))
    func name(at second: Int64) throws -> String? {
      try walker.go(to: second)
      return walker.snapshot().domain(host[40].id)?.facts.osName
    }
    #expect(try name(at: 35) == "Linux 20")
    #expect(try name(at: 125) == "Linux 30")
  }

  @Test("the host's overhead is recorded, unknown where it is not there", arguments: [64, 0])
  func overhead(mebibytes: Int64) throws {
    let scratch = Scratch()
    var snapshot = Handmade.snapshot(1, [Handmade.domain(.gib(1))])
    snapshot.host.overhead = .mib(mebibytes)
    let path = scratch.file("a.memtop")
    try record([snapshot], path)
    let walker = try RecordingWalker(try RecordingFile(path))
    try walker.go(to: 1)
    let host = walker.snapshot().host
    #expect(host.overhead == (mebibytes > 0 ? .mib(mebibytes) : nil))
    #expect(host.xen == .mib(420))
    // A memtop that knows nothing of it adds the two columns.
    let kibibytes = Raw.text(path, "SELECT xen + scrubbing FROM host")
    #expect(kibibytes == "\((420 + mebibytes) << 10)")
  }

  @Test("a stub domain and its guest know each other, and in an older recording neither")
  func stubDomains() throws {
    let scratch = Scratch()
    var snapshots = Living().next(20)
    for index in snapshots.indices {
      let guest = snapshots[index].domains[1].id.domid
      snapshots[index].domains[1].deviceModel = snapshots[index].domains[2].id.domid
      snapshots[index].domains[2].deviceModelOf = guest
    }
    let path = scratch.file("a.memtop")
    try record(snapshots, path)
    func domains() throws -> [DomainSample] {
      let walker = try RecordingWalker(try RecordingFile(path))
      try walker.go(to: 20)
      return Array(walker.snapshot().domains)
    }
    #expect(try domains()[2].deviceModelOf == snapshots[0].domains[1].id.domid)
    #expect(try domains()[1].deviceModel == snapshots[0].domains[2].id.domid)
    try Raw.run(
      path, "ALTER TABLE identity DROP COLUMN stub_of; ALTER TABLE identity DROP COLUMN stub")
    #expect(try domains()[2].deviceModelOf == nil && domains()[1].deviceModel == nil)
    // One that goes on with it adds them.
    let writer = try RecordingWriter(
      path, RecordingOptions(user: "alice"), now: WallTime(milliseconds: 0))
    try writer.close()
    #expect(try domains().count == snapshots[0].domains.count)
  }
}
