import MemtopCore
import MemtopRecording
import Testing

@testable import TestSupport

@Suite("the stream of memtop serve", .timeLimit(.minutes(30)))
struct StreamTests {
  private let host = HostNumber.named("xen1")

  private static func greeting() -> [UInt8] {
    StreamWriter.greeting(program: "memtop 0.1", hostname: "xen1", interval: .seconds(1))
  }

  private static func reader() -> StreamReader {
    StreamReader(host: .named("xen1"), name: "xen1")
  }

  /// What both ends know of a sample, but for what is not sent: traits, nodes, the regulator's pid.
  private static func told(_ sample: DomainSample) -> [String] {
    let row = SampleRow.row(of: sample, at: SteadyTime(milliseconds: 0))
    return Field.table.filter { $0.id != .host && $0.id != .advice }.map {
      "\($0.id.rawValue) \($0.value(sample))"
    } + ["\(row)", "\(sample.facts.kernel ?? "-")", "\(String(describing: sample.regulation))"]
  }

  @Test("a reader arrives at every sample of a busy host, through all that happens there")
  func roundTrip() throws {
    let living = Living()
    var writer = StreamWriter(recorder: "alice")
    var reader = Self.reader()
    _ = try reader.take(Self.greeting(), at: .init(milliseconds: 0), .init(milliseconds: 0))
    var (bytes, changed) = (0, 0)
    for step in 0..<300 {
      let sent = living.next()
      let lines = writer.lines(sent)
      if step > 0 {
        bytes += lines.count
        changed += lines.count { $0 == 0x0A } - 1
      }
      let snapshot = try #require(try reader.take(lines, at: sent.steady, sent.time))
      #expect(snapshot.domains.map(Self.told) == sent.domains.map(Self.told), "step \(step)")
      #expect(snapshot.domains.allSatisfy { $0.id.host == host && $0.facts.host == "xen1" })
      #expect(snapshot.events.map(\.kind.word) == sent.events.map(\.kind.word))
      var (a, b) = (snapshot.host, sent.host)
      (a.traits, b.traits) = (HostTraits(), HostTraits())
      (a.nodes, b.nodes, a.regulator, b.regulator) = ([], [], nil, nil)
      b.hostname = "xen1"
      #expect(a == b)
    }
    #expect(changed > 300, "nothing happened")
    #expect(bytes / changed <= 100, "\(bytes / changed) bytes a line")
  }

  @Test("a host whose clocks are others is told by this machine's, and a slow network is old news")
  func clocks() throws {
    var sample = Samples.host()
    var writer = StreamWriter(recorder: "alice")
    var reader = Self.reader()
    _ = try reader.take(Self.greeting(), at: .init(milliseconds: 0), .init(milliseconds: 0))
    let here = SteadyTime(milliseconds: 77_000)
    let wall = sample.time + .minutes(90)
    let first = try #require(try reader.take(writer.lines(sample), at: here, wall))
    #expect(first.steady == here && first.time == wall)
    #expect(first.events.map { $0.time - .minutes(90) } == sample.events.map(\.time))
    #expect(first.domains.map(\.reportAge) == sample.domains.map(\.reportAge))
    sample.steady = sample.steady + .seconds(1)
    sample.events = []
    // It came after four seconds: it is of three seconds ago.
    let late = try #require(
      try reader.take(writer.lines(sample), at: here + .seconds(4), wall + .seconds(4)))
    #expect(late.steady == here + .seconds(1))
  }

  @Test("what a login prints before the greeting is skipped; what never greets is no memtop")
  func greets() throws {
    var reader = Self.reader()
    let motd = Array("Welcome!\n\nLast login: today\n".utf8)
    _ = try reader.take(motd, at: .init(milliseconds: 0), .init(milliseconds: 0))
    #expect(reader.greeting == nil)
    _ = try reader.take(Self.greeting(), at: .init(milliseconds: 0), .init(milliseconds: 0))
    #expect(reader.greeting?.program == "memtop 0.1")
    #expect(reader.greeting?.interval == .seconds(1))
    var endless = Self.reader()
    #expect(throws: StreamError.self) {
      let noise = Array(String(repeating: "noise\n", count: 20_000).utf8)
      _ = try endless.take(noise, at: .init(milliseconds: 0), .init(milliseconds: 0))
    }
    var newer = Self.reader()
    #expect(throws: StreamError.self) {
      _ = try newer.take(
        Array("memtop-stream 2\tmemtop 9\tx\t1000\tstate\n".utf8), at: .init(milliseconds: 0),
        .init(milliseconds: 0))
    }
  }

  @Test("columns that one of two versions does not know are left out, and the others are right")
  func versions() throws {
    var writer = StreamWriter(recorder: "alice")
    let sent = Samples.host()
    let text = String(decoding: Self.greeting(), as: UTF8.self)
    // A version that calls a column by another name.
    let other = text.replacing(" static_max", with: " something_new")
    #expect(other != text)
    var reader = Self.reader()
    _ = try reader.take(Array(other.utf8), at: .init(milliseconds: 0), .init(milliseconds: 0))
    let got = try #require(try reader.take(writer.lines(sent), at: sent.steady, sent.time))
    #expect(got.domains.allSatisfy { $0.staticMax == nil })
    #expect(got.domains.map(\.allocation) == sent.domains.map(\.allocation))
    #expect(got.domains.map(\.busy) == sent.domains.map(\.busy))
  }

  @Test("Hostile: whatever stands in a line, there is a sample that can be shown, or an error")
  func hostile() throws {
    for foreign in HostileCorpus.all {
      for letter in "hidxes" {
        for before in [
          "", "0\t", "0\t1\t", "0\t1\t00000000-0000-0000-0000-000000000001\t", "1a", "0a",
        ] {
          var reader = Self.reader()
          var writer = StreamWriter(recorder: "alice")
          let now = SteadyTime(milliseconds: 5_000_000)
          _ = try reader.take(Self.greeting(), at: now, Samples.start)
          _ = try reader.take(writer.lines(Samples.host()), at: now, Samples.start)
          let line = Array((String(letter) + before).utf8) + foreign.bytes + Array("\ns1\t1\n".utf8)
          guard let sample = try? reader.take(line, at: now, Samples.start) else { continue }
          for domain in sample.domains {
            #expect(domain.name == SafeText.message(domain.name), "\(foreign)")
            #expect(domain.allocation <= Bytes(1 << 50))
          }
          #expect(Set(sample.domains.map(\.id.domid)).count == sample.domains.count)
        }
      }
    }
  }

  @Test("of many samples at once one is made, with the events of all")
  func flood() throws {
    var reader = Self.reader()
    let now = SteadyTime(milliseconds: 1000)
    _ = try reader.take(Self.greeting(), at: now, Samples.start)
    let uuid = "00000000-0000-0000-0000-000000000001"
    let event = "e1000\t5\t\(uuid)\tweb\t1\n"
    let text = "i0\t5\t\(uuid)\n" + String(repeating: event + "s1\t1\n", count: 50_000)
    let got = try #require(try reader.take(Array(text.utf8), at: now, Samples.start))
    #expect(got.domains.count == 1 && got.events.count == 1000)
  }

  @Test("lines behind the last whole sample wait for their own, wherever the bytes are cut")
  func torn() throws {
    let now = SteadyTime(milliseconds: 1000)
    func uuid(_ number: Int) -> String { "00000000-0000-0000-0000-00000000000\(number)" }
    let whole = Array("i0\t5\t\(uuid(1))\tweb\ns1\t1\n".utf8)
    let next = Array("x0\ni1\t6\t\(uuid(2))\tshop\ne1\t6\t\(uuid(2))\tshop\t1\n".utf8)
    for cut in 0...next.count {
      var reader = Self.reader()
      _ = try reader.take(Self.greeting(), at: now, Samples.start)
      let first = try reader.take(whole + next[..<cut], at: now, Samples.start)
      #expect(first?.domains.map(\.id.domid) == [5] && first?.events == [], "cut at \(cut)")
      #expect(try reader.take(Array(next[cut...]), at: now, Samples.start) == nil)
      let second = try reader.take(Array("s2\t2\n".utf8), at: now, Samples.start)
      #expect(second?.domains.map(\.id.domid) == [6] && second?.events.count == 1)
    }
  }

  @Test("whatever time a host gives an event, it happened within the last hour")
  func eventTimes() throws {
    let now = SteadyTime(milliseconds: 1000)
    let wall = Samples.start
    for time in ["0", "70368744177663", "1"] {
      var reader = Self.reader()
      _ = try reader.take(Self.greeting(), at: now, wall)
      let event = "e\(time)\t5\t00000000-0000-0000-0000-000000000001\tweb\t1\n"
      let got = try reader.take(Array("\(event)s5000\t1\n".utf8), at: now, wall)
      let told = try #require(got?.events.first?.time)
      #expect(told <= wall && told >= wall + .minutes(-60), "\(time)")
    }
  }

  @Test("a connection made again gives no revision twice")
  func revisions() throws {
    let now = SteadyTime(milliseconds: 1000)
    var (seen, former): (Set<UInt64>, StreamReader?) = ([], nil)
    for _ in 0..<3 {
      var reader = StreamReader(host: host, name: "xen1", after: former)
      var writer = StreamWriter(recorder: "alice")
      _ = try reader.take(Self.greeting(), at: now, Samples.start)
      let got = try #require(
        try reader.take(writer.lines(Samples.host()), at: now, Samples.start))
      #expect(seen.insert(got.domains[1].revision).inserted)
      former = reader
    }
  }

  @Test("a domid names one domain, whatever places a host gives it")
  func oneDomid() throws {
    var reader = Self.reader()
    let now = SteadyTime(milliseconds: 1000)
    _ = try reader.take(Self.greeting(), at: now, Samples.start)
    let uuid = "00000000-0000-0000-0000-00000000000"
    let text = "i0\t5\t\(uuid)1\ni1\t5\t\(uuid)2\ni2\t6\t\(uuid)3\ni2\t5\t\(uuid)4\ns1\t1\n"
    let got = try #require(try reader.take(Array(text.utf8), at: now, Samples.start))
    #expect(got.domains.map(\.id.uuid.low) == [4])
  }
}
