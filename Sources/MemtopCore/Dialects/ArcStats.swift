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

  /// What is clean, and no more than is above its least size (OpenZFS, arc_evictable_memory).
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
