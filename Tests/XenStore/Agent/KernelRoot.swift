import MemtopCore
import Testing

/// A guest's kernel by what it has in /proc, and the figures that must come of it, in KiB.
struct KernelRoot: Sendable, CustomTestStringConvertible {
  var name: String
  var figures: [(String, Int64)]
  var files: [String: String] = [:]
  var available: Int64
  /// nil where it cannot be known.
  var cache: Int64?

  var testDescription: String { name }
  var meminfo: String { Self.lines(figures) }

  func amount(_ figure: String) -> Bytes? {
    figures.first { $0.0 == figure }.map { .kib($0.1) }
  }

  func made() throws -> GuestRoot {
    let root = try GuestRoot(.bare)
    try root.write("proc/meminfo", meminfo)
    for (path, text) in files { try root.write(path, text) }
    return root
  }

  static func lines(_ figures: [(String, Int64)]) -> String {
    figures.map { name, kib in
      let number = String(kib)
      let blanks = max(1, 24 - name.count - number.count)
      return "\(name):" + String(repeating: " ", count: blanks) + "\(number) kB\n"
    }.joined()
  }

  /// Before 3.14 a 32nd of all, at most 96 MiB, is kept of free memory, and as much, but no more than
  /// a half, of files' pages and of slab.
  static let all: [KernelRoot] = old + new + large + [zfs, zfsIdle]

  private static let old: [KernelRoot] = [
    KernelRoot(
      name: "2.6.18, which does not tell what of Cached is shared",
      figures: [
        ("MemTotal", 1_048_576), ("MemFree", 60_000), ("Buffers", 90_000), ("Cached", 700_000),
        ("SwapCached", 0), ("Active", 500_000), ("Inactive", 300_000), ("HighTotal", 0),
        ("SwapTotal", 524_280), ("SwapFree", 524_000), ("Dirty", 20), ("Slab", 40_000),
        ("Committed_AS", 600_000),
      ],
      available: 60_000 - 32_768 + 90_000 - 32_768, cache: nil),
    KernelRoot(
      name: "2.6.32, a database with 3.2 GB of shared memory",
      figures: [
        ("MemTotal", 4_054_172), ("MemFree", 180_000), ("Buffers", 60_000), ("Cached", 3_500_000),
        ("SwapCached", 0), ("Active", 3_450_000), ("Inactive", 290_000),
        ("Active(anon)", 3_300_000), ("Inactive(anon)", 100_000), ("Active(file)", 150_000),
        ("Inactive(file)", 190_000), ("Unevictable", 0), ("Mlocked", 0), ("SwapTotal", 2_000_000),
        ("SwapFree", 1_900_000), ("Dirty", 80), ("AnonPages", 90_000), ("Mapped", 3_000_000),
        ("Shmem", 3_200_000), ("Slab", 110_000), ("SReclaimable", 80_000),
        ("Committed_AS", 4_000_000),
      ],
      available: 180_000 - 98_304 + 340_000 - 98_304 + 40_000, cache: 300_000),
    KernelRoot(
      name: "2.6.32 with pages of files that are locked",
      figures: [
        ("MemTotal", 1_048_576), ("MemFree", 100_000), ("Buffers", 0), ("Cached", 600_000),
        ("SwapCached", 0), ("Active(file)", 20_000), ("Inactive(file)", 10_000),
        ("Unevictable", 570_000), ("Mlocked", 570_000), ("SwapTotal", 0), ("SwapFree", 0),
        ("Shmem", 0), ("SReclaimable", 0),
      ],
      available: 100_000 - 32_768 + 15_000, cache: 600_000),
    KernelRoot(
      name: "3.10 that was told to keep 256 MiB free",
      figures: [
        ("MemTotal", 2_097_152), ("MemFree", 400_000), ("Buffers", 2_000), ("Cached", 900_000),
        ("SwapCached", 0), ("Active(file)", 300_000), ("Inactive(file)", 500_000),
        ("SwapTotal", 0), ("SwapFree", 0), ("Shmem", 102_000), ("SReclaimable", 30_000),
      ],
      files: ["proc/sys/vm/min_free_kbytes": "262144\n"],
      available: 400_000 - 327_680 + 800_000 - 327_680 + 15_000, cache: 798_000),
    KernelRoot(
      name: "3.10 with nothing left",
      figures: [
        ("MemTotal", 1_048_576), ("MemFree", 9_000), ("Buffers", 0), ("Cached", 700_000),
        ("SwapCached", 0), ("Active(file)", 3_000), ("Inactive(file)", 5_000), ("SwapTotal", 0),
        ("SwapFree", 0), ("Shmem", 700_100), ("SReclaimable", 1_000),
      ],
      available: 0, cache: 0),
  ]

  private static let new: [KernelRoot] = [
    KernelRoot(
      name: "4.19 with a full tmpfs",
      figures: [
        ("MemTotal", 1_014_520), ("MemFree", 60_000), ("MemAvailable", 211_000), ("Buffers", 9_000),
        ("Cached", 640_000), ("SwapCached", 12), ("Active", 500_000), ("Inactive", 200_000),
        ("Active(file)", 80_000), ("Inactive(file)", 90_000), ("Unevictable", 0), ("Mlocked", 0),
        ("SwapTotal", 1_000_000), ("SwapFree", 900_000), ("Dirty", 4), ("Shmem", 480_000),
        ("Slab", 40_000), ("SReclaimable", 20_000), ("Committed_AS", 800_000),
      ],
      available: 211_000, cache: 160_000),
    KernelRoot(
      name: "6.12 with zswap, and without swap",
      figures: [
        ("MemTotal", 986_112), ("MemFree", 410_000), ("MemAvailable", 700_000), ("Buffers", 8_000),
        ("Cached", 300_000), ("SwapCached", 0), ("Active", 200_000), ("Inactive", 150_000),
        ("Active(file)", 100_000), ("Inactive(file)", 120_000), ("Unevictable", 3_000),
        ("SwapTotal", 0), ("SwapFree", 0), ("Zswap", 0), ("Zswapped", 0), ("Shmem", 9_000),
        ("KReclaimable", 30_000), ("Slab", 50_000), ("SReclaimable", 30_000),
        ("Committed_AS", 400_000), ("Percpu", 1_000),
      ],
      available: 700_000, cache: 291_000),
    KernelRoot(
      name: "32 bits, with high memory",
      figures: [
        ("MemTotal", 3_600_000), ("MemFree", 2_000_000), ("MemAvailable", 2_900_000),
        ("Buffers", 30_000), ("Cached", 900_000), ("SwapCached", 0), ("HighTotal", 2_750_000),
        ("HighFree", 1_600_000), ("LowTotal", 850_000), ("LowFree", 400_000), ("SwapTotal", 0),
        ("SwapFree", 0), ("Shmem", 50_000),
      ],
      available: 2_900_000, cache: 850_000),
    KernelRoot(
      name: "swap in zram",
      figures: [
        ("MemTotal", 500_000), ("MemFree", 20_000), ("MemAvailable", 60_000), ("Buffers", 1_000),
        ("Cached", 70_000), ("SwapCached", 9_000), ("SwapTotal", 749_996), ("SwapFree", 400_000),
        ("Shmem", 20_000),
      ],
      available: 60_000, cache: 50_000),
  ]

  private static let large: [KernelRoot] = [
    KernelRoot(
      name: "huge pages, free or not, which nothing else can use",
      figures: [
        ("MemTotal", 16_000_000), ("MemFree", 1_000_000), ("MemAvailable", 2_500_000),
        ("Buffers", 100_000), ("Cached", 1_700_000), ("SwapCached", 0), ("SwapTotal", 0),
        ("SwapFree", 0), ("Shmem", 100_000), ("HugePages_Total", 6_144),
        ("HugePages_Free", 4_096), ("Hugepagesize", 2_048), ("Hugetlb", 12_582_912),
      ],
      available: 2_500_000, cache: 1_600_000),
    KernelRoot(
      name: "2 TiB",
      figures: [
        ("MemTotal", 2_113_929_216), ("MemFree", 1_500_000_000), ("MemAvailable", 1_900_000_000),
        ("Buffers", 1_000_000), ("Cached", 400_000_000), ("SwapCached", 0),
        ("SwapTotal", 1_073_741_824), ("SwapFree", 1_073_741_824), ("Shmem", 10_000_000),
      ],
      available: 1_900_000_000, cache: 390_000_000),
    KernelRoot(
      name: "2.6.32 with 2 TiB",
      figures: [
        ("MemTotal", 2_113_929_216), ("MemFree", 1_500_000_000), ("Buffers", 1_000_000),
        ("Cached", 400_000_000), ("SwapCached", 0), ("Active(file)", 300_000_000),
        ("Inactive(file)", 100_000_000), ("SwapTotal", 0), ("SwapFree", 0),
        ("Shmem", 10_000_000), ("SReclaimable", 5_000_000),
      ],
      available: 1_500_000_000 + 391_000_000 + 5_000_000 - 3 * 98_304, cache: 390_000_000),
  ]

  private static let zfsGuest: [(String, Int64)] = [
    ("MemTotal", 8_000_000), ("MemFree", 500_000), ("MemAvailable", 700_000), ("Buffers", 0),
    ("Cached", 150_000), ("SwapCached", 0), ("SwapTotal", 0), ("SwapFree", 0), ("Shmem", 50_000),
  ]

  /// Its ARC is 5,000,000 KiB, the least that it keeps 250,000.
  private static func arcstats(clean: [Int64]) -> String {
    """
    13 1 0x01 123 33456 4403023210 6812394802394
    name                            type data
    hits                            4    812394
    mfu_ghost_hits                  4    17
    evict_skip                      4    96
    evict_l2_eligible               4    9000000000
    c                               4    5300000000
    c_min                           4    \(250_000 * 1024)
    c_max                           4    6144000000
    size                            4    \(5_000_000 * 1024)
    mru_evictable_data              4    \(clean[0] * 1024)
    mru_evictable_metadata          4    \(clean[1] * 1024)
    mru_ghost_evictable_data        4    7000000000
    mfu_evictable_data              4    \(clean[2] * 1024)
    mfu_evictable_metadata          4    \(clean[3] * 1024)
    mfu_ghost_evictable_data        4    7000000000

    """
  }

  private static let zfs = KernelRoot(
    name: "ZFS with most of its cache pinned",
    figures: zfsGuest,
    files: [
      "proc/spl/kstat/zfs/arcstats": arcstats(clean: [900_000, 100_000, 1_900_000, 100_000])
    ],
    available: 700_000 + 3_000_000, cache: 100_000 + 3_000_000)

  private static let zfsIdle = KernelRoot(
    name: "ZFS whose cache can all be dropped, but for its least size",
    figures: zfsGuest,
    files: [
      "proc/spl/kstat/zfs/arcstats": arcstats(clean: [900_000, 100_000, 3_900_000, 50_000])
    ],
    available: 700_000 + 4_750_000, cache: 100_000 + 4_750_000)
}
