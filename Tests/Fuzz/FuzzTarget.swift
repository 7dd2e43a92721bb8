import MemtopCore

@testable import MemtopConf
@testable import MemtopCore
@testable import MemtopRecording
@testable import MemtopUI
@testable import MemtopXen
@testable import TestSupport

/// A parser of foreign bytes: what it is given to begin with, and what must hold of what it makes of any.
struct FuzzTarget: Sendable {
  let name: String
  let seeds: [String]
  let run: @Sendable ([UInt8]) -> Void

  static let table: [FuzzTarget] = [
    FuzzTarget(
      name: "reports",
      seeds: [
        "v1 total=2000000 free=500000 available=1000000 cached=600000 psi_some=12 seq=3",
        "MemTotal: 2000000 kB\nMemFree: 5 kB\nMemAvailable: 10 kB\nCached: 6 kB\nShmem: 1 kB\n",
        "MemTotal: 2000000 kB\nMemFree: 5 kB\nBuffers: 1 kB\nCached: 6 kB\nSwapTotal: 0 kB\n",
        "123456", "pswpin 12\npswpout 34\n", "some avg10=0.12 avg60=0.00\n",
        "size 4 100\nc_min 4 10\nmru_evictable_data 4 50\n",
      ], run: reports),
    FuzzTarget(
      name: "keys",
      seeds: [
        "1048576 alice 12 raised by keystroke", "1024 2048 1024 1024", "service 12 34 5 6", "web1",
        "00000000-0000-0007-0000-000000000005 regulated alice", "suspend", "1",
      ], run: keys),
    FuzzTarget(
      name: "policy",
      seeds: [
        "[host]\nreserve = 2G\nowner = xapi\n[domain web*]\nfloor = 1G\nweight = 2\nregulate = yes\n",
        "; nothing\n[domain db]\nreserve = 10%\nhands-off = no\nxapi-free = available\n",
      ], run: policy),
    FuzzTarget(
      name: "domain",
      seeds: [
        "name = \"web\"\nmemory = 2048\nmaxmem = 4096\ndisk = [ 'a', \"b\" ]\nvcpus += 2 # x\n",
        "type = \"hvm\"; videoram = 16\nautoballoon = \"auto\"\n", "memory=4G,maxmem=8G,vcpus=2",
      ], run: domain),
    FuzzTarget(
      name: "expressions",
      seeds: [
        "busy+512M", "+10%", "max-1G", "swapin > 0", "os:debian tight alloc>50% 10.0.4.",
        "2026-11-20T03:10:00+01:00", "yesterday 14:02", "-5m", "web*",
      ], run: expressions),
    FuzzTarget(
      name: "terminal", seeds: ["\u{1B}[A\u{1B}OP\u{1B}[200~x\u{1B}[201~", "\u{1B}]0;x\u{7}数"],
      run: terminal),
    FuzzTarget(
      name: "answers",
      seeds: [
        "Error code: HOST_NOT_ENOUGH_FREE_MEMORY\nError parameters: 1, 2\n", "range 1024 2048",
        "failed libxl: error: no", "target 1024", "The uuid you supplied was invalid.\ntype: VM\n",
      ], run: answers),
    FuzzTarget(name: "stream", seeds: [sentLines], run: stream),
  ]
}

/// Ends the program, which libFuzzer takes for a find.
private func demand(_ isSo: Bool, _ what: @autoclosure () -> String) {
  if !isSo { fatalError(what()) }
}

private func demandHarmless(_ text: String, most: Int = 700) {
  demand(HarmlessText.offence(in: text) == nil, text.debugDescription)
  demand(text.unicodeScalars.count <= most, "too long: \(text)")
}

extension FuzzTarget {
  private static func reports(_ bytes: [UInt8]) {
    for key in [StoreKey.memtopReport, .meminfo, .swapinfo, .xapiFree, .xapiTotal] {
      var entries: [(key: StoreKey, value: [UInt8])] = [(key: key, value: bytes)]
      if key == .swapinfo { entries.append((key: .meminfo, value: Array("1000".utf8))) }
      if key == .xapiTotal { entries.append((key: .xapiFree, value: Array("1000".utf8))) }
      if key == .meminfo { entries.append((key: .vmstat, value: bytes)) }
      switch ReportReader.readAll(StoreKeys(entries: entries, reportWrites: ReportWrites(each: 1)))
      {
      case .none: break
      case .unreadable(let why): demandHarmless(why)
      case .read(let reports): reports.map(\.report).forEach(check)
      }
    }
    let meminfo = Array("MemTotal: 100 kB\nMemFree: 50 kB\nMemAvailable: 60 kB\n".utf8)
    let report = GuestReport(
      ProcTexts(meminfo: meminfo, vmstat: bytes, pressure: bytes, arcstats: bytes))
    if let report { check(report) }
  }

  private static func check(_ report: GuestReport) {
    let amounts = [
      report.total, report.free, report.available, report.cache, report.swapTotal, report.swapUsed,
      report.used,
    ]
    for amount in amounts.compactMap({ $0 }) {
      demand(amount >= .zero && amount <= .kib(ReportText.most * 2), "\(report)")
    }
    for share in [report.psiSome, report.psiFull].compactMap({ $0 }) {
      demand((0...10_000).contains(share), "\(report)")
    }
  }

  private static func keys(_ bytes: [UInt8]) {
    let uuid = DomainUUID(high: 7, low: 5)
    let keys = StoreKeys(
      entries: StoreKey.allCases.map { (key: $0, value: bytes) },
      reportWrites: ReportWrites(each: 1))
    let facts = DomainFacts(keys)
    for text in [facts.name, facts.osName, facts.kernel, facts.ipv4, facts.ipv6].compactMap({ $0 })
    {
      demandHarmless(text, most: 100)
    }
    let figures = StoreFigures(keys)
    for amount in [figures.target, figures.ceiling, figures.dynamicMin, figures.dynamicMax] {
      demand(amount ?? .zero >= .zero, "\(figures)")
    }
    if let mark = figures.mark { demandHarmless(mark.author + (mark.why ?? "")) }
    if let regulation = Regulation(bytes, of: uuid) { demandHarmless("\(regulation)") }
    if let beat = RegulatorBeat(bytes) { demand(RegulatorBeat(beat.bytes) == beat, "\(beat)") }
    demandHarmless(SafeText.name(bytes), most: 65)
    demandHarmless(SafeText.escaped(bytes, limit: 9), most: 10)
  }

  private static func policy(_ bytes: [UInt8]) {
    do throws(ConfError) {
      let set = try PolicyFile.policies(INIFile(text: bytes, path: "p"))
      for rule in set.rules {
        _ = rule.pattern.matches(DomainID(domid: 1, uuid: .zero), name: "web1")
      }
    } catch {
      demandHarmless(error.description, most: 1200)
    }
  }

  private static func domain(_ bytes: [UInt8]) {
    do throws(ConfError) {
      _ = try PlannedDomainFile.domain(XLConfig(text: bytes, path: "c"))
    } catch {
      demandHarmless(error.description)
    }
    do throws(PlannedDomainFile.ListError) {
      _ = try PlannedDomainFile.parse(String(decoding: bytes, as: UTF8.self))
    } catch {
      demandHarmless(error.description)
    }
  }

  private static func expressions(_ bytes: [UInt8]) {
    let text = String(decoding: bytes.prefix(200), as: UTF8.self)
    let sample = Samples.twelve[6]
    do throws(SizeError) {
      demand(try SizeExpression(parsing: text).resolve(for: sample) > .zero, text)
    } catch {
      demandHarmless(error.description)
    }
    if let filter = try? Filter(text) { _ = filter.shows(sample) }
    do throws(TypedTime.Problem) { _ = try TypedTime(parsing: text) } catch {
      demandHarmless(error.description)
    }
    _ = Span(typed: text)
    _ = DomainPattern(text).matches(sample.id, name: sample.name)
  }

  private static func terminal(_ bytes: [UInt8]) {
    var decoder = KeyDecoder()
    var now = SteadyTime(milliseconds: 0)
    for piece in bytes.split(separator: 0xFF, omittingEmptySubsequences: false) {
      for case .character(let character) in decoder.feed(piece, at: now) {
        demand(!character.unicodeScalars.contains { TextWidth.isControl($0) }, "\(character)")
      }
      now = now + .seconds(1)
      _ = decoder.timeout(at: now)
    }
  }

  private static func answers(_ bytes: [UInt8]) {
    demandHarmless(XAPIError(bytes, status: 1).description)
    let text = String(decoding: bytes, as: UTF8.self)
    switch TargetReply(line: text) {
    case .target(let size), .limit(let size?), .former(let size?): demand(size >= .zero, text)
    case .range(let range): demand(range.low <= range.high && range.low >= .zero, text)
    case .failed, .unlocked, .started, .phase, .written, .contested, .late, .mended, .limit(nil),
      .former(nil), .done, nil:
      break
    }
    demand(TargetReply.failed(text).line.utf8.allSatisfy { (0x20...0x7E).contains($0) }, text)
  }

  private static let greeting = StreamWriter.greeting(
    program: "memtop 0.1", hostname: "xen1", interval: .seconds(1))

  /// What `memtop serve` sends of two samples of a host.
  private static let sentLines: String = {
    var writer = StreamWriter(recorder: "alice")
    var later = Samples.host()
    later.domains[1].allocation += .mib(64)
    return String(
      decoding: writer.lines(Samples.host()) + writer.lines(later), as: UTF8.self)
  }()

  /// Pieces end at 0xFF, as what a network brings ends anywhere.
  private static func stream(_ bytes: [UInt8]) {
    for first in [[], greeting] {
      var reader = StreamReader(host: .named("xen1"), name: "xen1")
      var now = SteadyTime(milliseconds: 1_000_000)
      let wall = WallTime(milliseconds: 1_700_000_000_000)
      do throws(StreamError) {
        if !first.isEmpty { _ = try reader.take(first, at: now, wall) }
        for piece in bytes.split(separator: 0xFF, omittingEmptySubsequences: false) {
          if let snapshot = try reader.take(Array(piece), at: now, wall) { check(snapshot) }
          now = now + .seconds(1)
        }
      } catch {
        demandHarmless(error.reason)
      }
    }
  }

  private static func check(_ snapshot: Snapshot) {
    for sample in snapshot.domains {
      demandHarmless(sample.name)
      demand(sample.id.host != .only, "a domain of this host")
      for field in Field.table { demandHarmless(field.value(sample).short) }
    }
    for event in snapshot.events { demandHarmless(event.name) }
  }
}
