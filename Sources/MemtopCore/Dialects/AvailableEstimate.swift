/// What programs could still take, for kernels before 3.14, which have no MemAvailable.
///
/// The kernel's own sum, carefully (Linux 3.14, fs/proc/meminfo.c): free memory, the pages of files
/// and reclaimable slab, each less what the kernel keeps back. Shared memory, tmpfs and locked pages
/// are counted in Cached, but cannot be dropped.
struct AvailableEstimate {
  var total: Bytes
  var free: Bytes
  var buffers = Bytes.zero
  var cached = Bytes.zero
  /// Linux 2.6.32 and later.
  var shmem: Bytes?
  /// Active(file) and Inactive(file), of Linux 2.6.28 and later: shared and locked pages are not in
  /// them.
  var fileLists: Bytes?
  /// SReclaimable.
  var slab = Bytes.zero

  /// Never more than there is.
  var available: Bytes {
    let sum = free - reserve + easy(files) + easy(slab)
    return min(max(sum, .zero), total)
  }

  /// Pages of files that can be dropped. Where nothing tells what of Cached is shared memory, none
  /// of it is counted.
  var files: Bytes {
    guard shmem != nil || fileLists != nil else { return buffers }
    return min(max(buffers + cached - (shmem ?? .zero), .zero), fileLists ?? cached + buffers)
  }

  /// The free memory that the kernel keeps to itself; at least its low watermark as it sets that by
  /// default (mm/page_alloc.c, init_per_zone_wmark_min; mm/huge_memory.c).
  private var reserve: Bytes { min(.kib(total.kib / 32), .mib(96)) }

  /// A part that the kernel needs stays. memtop-agent reckons the same, in KiB.
  private func easy(_ amount: Bytes) -> Bytes { amount - min(.kib(amount.kib / 2), reserve) }
}

/// The cache of ZFS, which the kernel counts as memory in use, from /proc/spl/kstat/zfs/arcstats:
/// lines of name, type and bytes.
enum ArcStats {
  /// Adds to what is available, and to cache, what ZFS would give back.
  static func count(_ bytes: [UInt8], into report: inout GuestReport) {
    guard let total = report.total, let available = report.available else { return }
    let evictable = evictable(bytes)
    report.available = min(available + evictable, total)
    report.cache = report.cache.map { $0 + evictable }
  }

  /// The clean part, at most what exceeds its minimum size (OpenZFS, arc_evictable_memory).
  static func evictable(_ bytes: [UInt8]) -> Bytes {
    let values = values(bytes)
    guard let size = values["size"], let least = values["c_min"] else { return .zero }
    let clean = lists.compactMap { values[$0] }
    let above = max(size - least, 0)
    return Bytes(clean.isEmpty ? above : min(above, clean.reduce(0, +)))
  }

  private static let lists = ["mru", "mfu"].flatMap { list in
    ["evictable_data", "evictable_metadata", "evict_data", "evict_metadata"].map { "\(list)_\($0)" }
  }

  private static func values(_ bytes: [UInt8]) -> [String: Int64] {
    var lines = Lines(bytes[...])
    var values: [String: Int64] = [:]
    while let line = lines.next() {
      var words = Words(line)
      guard let name = words.next(), words.next() != nil, let digits = words.next(),
        let value = ReportText.number(digits), value <= ReportText.most << 10
      else { continue }
      values[String(decoding: name, as: UTF8.self)] = value
    }
    return values
  }
}
