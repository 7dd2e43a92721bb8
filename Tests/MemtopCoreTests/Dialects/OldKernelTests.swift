import Testing

@testable import MemtopCore

@Suite("what is available on kernels before 3.14, which do not say it", .timeLimit(.minutes(30)))
struct OldKernelTests {
  /// A database on Linux 2.6.32 with a segment of shared memory of 3.2 GB.
  private static let database = """
    MemTotal:        4054172 kB
    MemFree:          180000 kB
    Buffers:           60000 kB
    Cached:          3500000 kB
    SwapCached:            0 kB
    Active(anon):    3300000 kB
    Active(file):     150000 kB
    Inactive(file):   190000 kB
    Shmem:           3200000 kB
    Slab:             110000 kB
    SReclaimable:      80000 kB

    """

  /// 96 MiB are kept of free memory, and as much, but no more than a half, of the others.
  private static let kept: Int64 = 98_304
  private static let free: Int64 = 180_000 - kept

  private func read(_ meminfo: String) throws -> GuestReport {
    try #require(GuestReport(ProcTexts(meminfo: Array(meminfo.utf8))))
  }

  @Test("a segment of shared memory is neither available nor cache")
  func database() throws {
    let report = try read(Self.database)
    let available = Self.free + (340_000 - Self.kept) + 80_000 / 2
    #expect(report.available == .kib(available))
    #expect(report.cache == .kib(3_500_000 - 3_200_000))
  }

  @Test("pages that are locked are in Cached, but not among those that can be dropped")
  func locked() throws {
    let locked = try read(
      Self.database.replacing("150000", with: "0").replacing("190000", with: "1000"))
    #expect(locked.available == .kib(Self.free + 500 + 40_000))
  }

  @Test("it is never more than free, buffers, cache without shared memory, and reclaimable slab")
  func bound() throws {
    let report = try read(
      Self.database.replacing("150000", with: "1500000").replacing("190000", with: "1900000"))
    #expect(try #require(report.available) <= .kib(620_000))
  }

  @Test("it is between nothing and all there is, whatever is said")
  func extremes() throws {
    let nothing = try read("MemTotal: 4054172 kB\nMemFree: 5000 kB\nShmem: 9 kB\nCached: 5 kB\n")
    #expect(nothing.available == .zero)
    #expect(nothing.cache == .zero)
    let all = try read("MemTotal: 1000 kB\nMemFree: 5000 kB\nSReclaimable: 4398046511104 kB\n")
    #expect(all.available == .kib(1_000))
  }

  @Test("between 2.6.28 and 2.6.32 the lists of files' pages tell what is not shared")
  func lists() throws {
    let text = Self.database.split(separator: "\n").filter { !$0.hasPrefix("Shmem") }
    let report = try read(text.joined(separator: "\n"))
    let available = Self.free + (340_000 - Self.kept) + 40_000
    #expect(report.available == .kib(available))
    #expect(report.cache == nil)
  }

  @Test("where the kernel says what is available, shared memory is no cache all the same")
  func newKernel() throws {
    let report = try read(Self.database + "MemAvailable: 420000 kB\n")
    #expect(report.available == .kib(420_000))
    #expect(report.cache == .kib(300_000))
  }
}
