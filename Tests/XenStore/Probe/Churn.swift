@preconcurrency import Glibc
import MemtopCore
import MemtopXen

/// Guests that report, come and go, and one that misbehaves: what they do in one second.
struct Churn {
  private struct Guest {
    var domid: UInt16
    /// How many had this domid before it.
    var life: Int
  }

  private let store: StoreConnection
  private let table: String
  /// Dom0, the one that misbehaves, and the honest ones; ascending.
  private var guests: [Guest]
  private var nextDomid: UInt16
  private var cursor = 0
  /// What the honest ones said last, and when.
  private(set) var said: [UInt16: (text: String, tick: Int)] = [:]
  /// Who said something, in order, since it was last taken.
  private var speakers: [(domid: UInt16, tick: Int)] = []
  private(set) var writes = 0

  private static let reports = 5
  private static let hostile: UInt16 = 1
  private static let mostKeys = 900
  /// Xen's are eight times as many. What memtop keeps for each domid that ever was (`DirtyKeys`) is 16
  /// bytes, 512 KiB for all of them: here all have been in the first day.
  private static let mostDomids: UInt16 = 4_000

  init(domains: Int, table: String) throws {
    store = try StoreConnection(socketOnly: true)
    self.table = table
    guests = (0..<domains).map { Guest(domid: UInt16($0), life: 0) }
    nextDomid = UInt16(domains)
    for guest in guests { try appear(guest, tick: 0) }
    publish()
  }

  mutating func pass(_ tick: Int) throws {
    for _ in 0..<Self.reports { try report(tick) }
    try misbehave(tick)
    if tick % 20 == 0 { try replaceOne(tick) }
  }

  private mutating func report(_ tick: Int) throws {
    cursor = cursor % (guests.count - 2) + 1
    try say(guests[cursor + 1].domid, Self.report(tick), tick)
  }

  private static func report(_ tick: Int) -> String {
    "v1 total=131072 free=30000 available=\(40_000 + tick % 50_000) cached=20000 swap_total=65536"
      + " swap_free=\(65_536 - tick % 4096) swap_in=\(tick) swap_out=\(tick) psi_some=0"
      + " psi_full=0 interval=60 seq=\(tick)"
  }

  private mutating func say(_ domid: UInt16, _ text: String, _ tick: Int) throws {
    try write(domid, StoreKey.memtopReport.path, text)
    said[domid] = (text, tick)
    speakers.append((domid, tick))
  }

  /// Dom0's name says how far it is. xenstored tells of writes in their order, but of one that waits to
  /// be told of not again: so the former mark must have been seen.
  mutating func mark(_ tick: Int) throws { try write(0, StoreKey.name.path, "\(tick)") }

  mutating func takeSpeakers(upTo tick: Int) -> [UInt16] {
    let count = speakers.prefix { $0.tick <= tick }.count
    defer { speakers.removeFirst(count) }
    return speakers.prefix(count).map(\.domid)
  }

  private mutating func write(_ domid: UInt16, _ path: String, _ text: String) throws {
    try store.write("/local/domain/\(domid)/\(path)", Array(text.utf8))
    writes += 1
  }

  private mutating func appear(_ guest: Guest, tick: Int) throws {
    try write(guest.domid, StoreKey.name.path, "guest\(guest.domid)")
    try write(guest.domid, StoreKey.target.path, "131072")
    try write(guest.domid, StoreKey.staticMax.path, "262144")
    if guest.domid > Self.hostile { try say(guest.domid, Self.report(tick), tick) }
  }

  /// One shuts down, and another one is created.
  private mutating func replaceOne(_ tick: Int) throws {
    let gone = guests.remove(at: 2 + tick / 20 % (guests.count - 2))
    try store.remove("/local/domain/\(gone.domid)")
    said[gone.domid] = nil
    // Domids begin again behind the highest one, as Xen's do.
    while guests.contains(where: { $0.domid == nextDomid }) { advanceDomid() }
    let guest = Guest(domid: nextDomid, life: tick)
    let place = guests.firstIndex { $0.domid > guest.domid } ?? guests.count
    guests.insert(guest, at: place)
    advanceDomid()
    try appear(guest, tick: tick)
    publish()
  }

  private mutating func advanceDomid() {
    nextDomid = nextDomid < Self.mostDomids ? nextDomid + 1 : 2
  }

  private mutating func misbehave(_ tick: Int) throws {
    let report = Self.report(tick)
    switch tick % 600 {
    case 10: try addKeys()
    case 310: try removeKeys()
    case let second where second % 60 == 20:
      // It comes and goes twice in this second.
      for life in [2 * tick, 2 * tick + 1] {
        guests[1].life = life
        publish()
      }
    case let second where second % 10 == 1:
      for _ in 0..<50 { try write(Self.hostile, StoreKey.memtopReport.path, report) }
    case let second where second % 10 == 3:
      let half = report.prefix(tick % report.count)
      try write(Self.hostile, StoreKey.memtopReport.path, String(half))
    case let second where second % 10 == 5:
      try write(Self.hostile, StoreKey.name.path, "guest\(guests[2 + tick % 3].domid)")
    case let second where second % 10 == 7:
      try write(Self.hostile, StoreKey.xapiFree.path, "99999999999999999999\u{1B}[2J")
    default: break
    }
  }

  private mutating func addKeys() throws {
    for key in 0..<Self.mostKeys { try write(Self.hostile, "data/key\(key)", "x") }
  }

  private func removeKeys() throws {
    for key in 0..<Self.mostKeys { try store.remove("/local/domain/1/data/key\(key)") }
  }

  static func flood(_ domid: UInt16, count: Int) -> Int32 {
    do {
      _ = try XenSource(try XenHost.probe().get(), parseDom0: { _ in nil })
      let store = try StoreConnection(socketOnly: true)
      let path = "/local/domain/\(domid)/\(StoreKey.memtopReport.path)"
      for number in 0..<count { try store.write(path, Array(report(number).utf8)) }
      return 0
    } catch {
      print("\(error)")
      return 1
    }
  }

  /// The table that fake_hypercalls.c answers from, in place of the former one at once.
  private func publish() {
    var text = "host 67108864 4194304 77\n"
    for guest in guests {
      let handle = Self.hexadecimal(guest.life) + Self.hexadecimal(Int(guest.domid))
      text += "domain \(guest.domid) \(handle) 0 0 32768 65536 0 1000000\n"
    }
    guard let file = fopen(table + ".new", "we") else { fatalError("cannot write \(table)") }
    fputs(text, file)
    fclose(file)
    rename(table + ".new", table)
  }

  private static func hexadecimal(_ number: Int) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
