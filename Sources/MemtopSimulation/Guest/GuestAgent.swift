import MemtopCore

/// The agent in a simulated guest: turns its memory into the bytes of its dialect.
struct GuestAgent: Sendable {
  let dialect: ReportDialect
  let interval: Span
  /// Added to what is really available: a liar.
  let lie: Bytes
  private var sequence: UInt64 = 0
  private var last: [UInt8] = []

  init(dialect: ReportDialect, interval: Span, lie: Bytes) {
    self.dialect = dialect
    self.interval = interval
    self.lie = lie
  }

  /// The keys to write `second` seconds after boot; empty where it is not time or nothing changed.
  mutating func report(_ memory: GuestMemory, at second: Int64) -> [(StoreKey, [UInt8])] {
    guard second % max(1, interval.wholeSeconds) == 0 else { return [] }
    sequence += 1
    let available = memory.available + lie
    switch dialect {
    case .memtop: return [(.memtopReport, line(memory, available))]
    case .xapi:
      let free = Array(String(available.kib).utf8)
      guard free != last else { return [] }
      last = free
      return [
        (.xapiTotal, Array(String(memory.total.kib).utf8)), (.xapiFree, free),
        (.xapiUpdated, Array("1".utf8)),
      ]
    case .qubes:
      // In steps of 1 MiB, as its writer has a threshold too.
      let used = (memory.allocation - available + memory.swapUsed).rounded(downTo: .mib(1))
      let text = Array(String(used.kib).utf8)
      guard text != last else { return [] }
      last = text
      return [(.meminfo, text), (.swapinfo, Array(String(memory.swapUsed.kib).utf8))]
    case .xenballoond:
      return [(.meminfo, meminfo(memory, available)), (.vmstat, vmstat(memory))]
    case .proc: return []
    }
  }

  private func line(_ memory: GuestMemory, _ available: Bytes) -> [UInt8] {
    let swapFree = memory.shape.swapTotal - memory.swapUsed
    return Array(
      """
      v1 total=\(memory.total.kib) free=\(memory.free.kib) available=\(available.kib) \
      cached=\(memory.cache.kib) swap_total=\(memory.shape.swapTotal.kib) \
      swap_free=\(swapFree.kib) swap_in=\(memory.swapIn.kib) swap_out=\(memory.swapOut.kib) \
      psi_some=\(Int(memory.psiSome * 10_000)) psi_full=\(Int(memory.psiFull * 10_000)) \
      interval=\(interval.wholeSeconds) seq=\(sequence)
      """.utf8)
  }

  private func meminfo(_ memory: GuestMemory, _ available: Bytes) -> [UInt8] {
    Array(
      """
      MemTotal:       \(memory.total.kib) kB
      MemFree:        \(memory.free.kib) kB
      MemAvailable:   \(available.kib) kB
      Buffers:        0 kB
      Cached:         \(memory.cache.kib) kB
      SwapTotal:      \(memory.shape.swapTotal.kib) kB
      SwapFree:       \((memory.shape.swapTotal - memory.swapUsed).kib) kB

      """.utf8)
  }

  private func vmstat(_ memory: GuestMemory) -> [UInt8] {
    Array("pswpin \(memory.swapIn.kib / 4)\npswpout \(memory.swapOut.kib / 4)\n".utf8)
  }
}
