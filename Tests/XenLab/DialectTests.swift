import Foundation
import Testing

extension XenLab {
  /// Against the /proc/meminfo from which the guest made the report.
  @Suite("what guests report, in every dialect", .timeLimit(.minutes(120)))
  struct DialectTests {
    let lab: Lab

    init() throws { lab = try Lab.with(.xenstored) }

    @Test(
      "a guest's figures are those of its own /proc/meminfo",
      arguments: ["memtop", "xapi", "qubes", "xenballoond"])
    func dialect(_ dialect: String) throws { try lab.checkDialect(dialect, of: "pv1") }
  }
}

extension Lab {
  func checkDialect(_ dialect: String, of guest: String) throws {
    try settle(guest)
    // Some cache and, where the swap is to be seen, some of that: 64 MiB of zram.
    _ = try self.guest(guest, "fill 100; cache 20")
    defer {
      _ = try? self.guest(guest, "unfill; uncache")
      try? self.dialect(guest, "memtop")
    }
    try self.dialect(guest, dialect)
    // The last report stays, and so does what it was made from.
    _ = try self.guest(guest, "reporter none")
    let report = try self.guest(guest, "last-report")
    let meminfo = Self.meminfo(report)
    let sample = try self.sample()[guest]
    #expect(sample.dialect == dialect)
    #expect(sample.health == "unknown age" || dialect == "qubes", "\(sample)")
    let value = { (name: String) in meminfo[name] ?? -1 }
    let available = Int64.kib(value("MemAvailable"))
    let swapUsed = Int64.kib(value("SwapTotal") - value("SwapFree"))
    switch dialect {
    case "qubes":
      let used =
        value("MemTotal") - value("MemFree") - value("Buffers") - value("Cached")
        + value("SwapTotal") - value("SwapFree")
      #expect(sample.busy == .kib(used) - swapUsed || sample.busy == .kib(used), "\(report)")
      #expect(sample.swap == swapUsed, "\(report)")
    case "xapi":
      #expect(sample.avail == available, "\(report)")
      #expect(sample.swap == nil)
    default:
      #expect(sample.avail == available, "\(report)")
      #expect(sample.free == .kib(value("MemFree")), "\(report)")
      #expect(sample.swap == swapUsed, "\(report)")
      // What can be dropped: no shared memory, and no more than is available beside what is free.
      let droppable = max(0, available - .kib(value("MemFree")))
      let cached = min(Int64.kib(value("Cached") - value("Shmem")), droppable)
      #expect(sample.cache == cached, "\(report)")
      #expect(sample.busy == sample.alloc - available, "\(sample)")
    }
  }

  /// The amounts of a /proc/meminfo, in KiB.
  private static func meminfo(_ text: String) -> [String: Int64] {
    var amounts: [String: Int64] = [:]
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 3, words[0].hasSuffix(":") else { continue }
      amounts[String(words[0].dropLast())] = Int64(words[1])
    }
    return amounts
  }
}
