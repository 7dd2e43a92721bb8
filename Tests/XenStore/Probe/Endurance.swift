@preconcurrency import Glibc
import MemtopCore
import MemtopSystem
import MemtopXen
import Synchronization

/// Reads a busy host, a second of its time a tick, as fast as it can, and keeps the past as the screen does.
///
/// It fails where its private memory is not flat once it has warmed up, where it has other descriptors at
/// the end, or where something that a guest wrote did not arrive.
final class Endurance {
  private let source: XenSource
  private let observer = Observer()
  private let history: History
  private var churn: Churn
  private let ticks: Int
  private let time: Time
  private var lost = 0
  private var mostReads = 0
  private var footprints: [Footprint] = []
  /// The tick whose mark is on its way.
  private var mark: Int?

  private static let places = 28
  /// What memory may grow in all, and what one page more or less of an allocator's is.
  private static let growth = 0.02
  private static let grain = 256

  static func run(domains: Int, ticks: Int) -> Int32 {
    do {
      let endurance = try Endurance(domains: domains, ticks: ticks)
      return try endurance.go() ? 0 : 1
    } catch {
      print("\(error)")
      return 2
    }
  }

  private init(domains: Int, ticks: Int) throws {
    guard let table = getenv("FAKE_XEN_TABLE") else { throw SourceError("no FAKE_XEN_TABLE") }
    self.ticks = ticks
    // A short run keeps so little that it warms up, too.
    history = History(budget: min(4 << 20, ticks * 64), events: min(2_000, ticks / 20))
    let time = Time()
    source = try XenSource(
      try XenHost.probe().get(), parseDom0: { GuestReport($0) }, clock: time.clock)
    self.time = time
    // It needs the libraries that the source has opened.
    churn = try Churn(domains: domains, table: String(cString: table))
  }

  /// A second a tick.
  private final class Time: Sendable {
    private let now = Mutex<Int64>(1_000_000)
    var clock: HostClock {
      HostClock(
        wall: { WallTime(milliseconds: self.now.withLock { $0 } + 1_700_000_000_000) },
        steady: { SteadyTime(milliseconds: self.now.withLock { $0 }) })
    }
    func pass() { now.withLock { $0 += 1000 } }
  }

  private func go() throws -> Bool {
    for tick in 1...ticks {
      time.pass()
      try churn.pass(tick)
      try putMark(tick)
      try look(tick)
      if tick % max(1, ticks / Self.places) == 0 { note(tick) }
    }
    // What is still on its way is waited for: it comes as soon as it is taken.
    while mark != nil { try look(ticks) }
    try putMark(ticks + 1)
    while mark != nil { try look(ticks) }
    return verdict()
  }

  private func putMark(_ tick: Int) throws {
    guard mark == nil else { return }
    try churn.mark(tick)
    mark = tick
  }

  private func look(_ tick: Int) throws {
    let reading = try source.read()
    history.append(observer.observe(reading))
    // In the first one all is new.
    if tick > 1 { mostReads = max(mostReads, source.effort.storeReads) }
    check(reading)
  }

  /// Whatever was written before a mark that has arrived must have arrived, too.
  private func check(_ reading: Reading) {
    guard let mark, Self.text(.name, of: 0, reading) == "\(mark)" else { return }
    self.mark = nil
    for domid in churn.takeSpeakers(upTo: mark) {
      guard let said = churn.said[domid], said.tick <= mark else { continue }
      if Self.text(.memtopReport, of: domid, reading) != said.text { lost += 1 }
    }
  }

  private static func text(_ key: StoreKey, of domid: UInt16, _ reading: Reading) -> String? {
    let domain = reading.domains.first { $0.id.domid == domid }
    return domain?.keys[key].map { String(decoding: $0, as: UTF8.self) }
  }

  private func note(_ tick: Int) {
    let footprint = Footprint.now
    footprints.append(footprint)
    print(
      "hour \(tick / 3600): RssAnon \(footprint.kib) KiB, descriptors \(footprint.descriptors),"
        + " writes \(churn.writes), at most \(mostReads) reads a tick, lost \(lost)")
  }

  private func verdict() -> Bool {
    // The first day of seven is for warming up.
    let warm = footprints[footprints.count / 7]
    let most = footprints[(footprints.count / 7)...].map(\.kib).max() ?? 0
    let allowed = warm.kib + max(Self.grain, Int(Double(warm.kib) * Self.growth))
    let descriptors = Set(footprints.map(\.descriptors))
    print(
      "after \(ticks) ticks: RssAnon \(warm.kib) KiB warm, at most \(most) (\(allowed) allowed);"
        + " descriptors \(descriptors.sorted()); \(churn.writes) writes, \(lost) lost")
    return most <= allowed && descriptors.count == 1 && lost == 0
  }
}

/// What the kernel says of this process.
struct Footprint {
  /// Private memory.
  var kib: Int
  var descriptors: Int

  static var now: Footprint {
    let status = (try? SystemFile.text("/proc/self/status")) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") } ?? ""
    let kib = line.split { !$0.isNumber }.first.flatMap { Int($0) } ?? 0
    return Footprint(kib: kib, descriptors: descriptorCount)
  }

  private static var descriptorCount: Int {
    guard let folder = opendir("/proc/self/fd") else { return -1 }
    defer { closedir(folder) }
    var count = 0
    while readdir(folder) != nil { count += 1 }
    return count
  }
}
