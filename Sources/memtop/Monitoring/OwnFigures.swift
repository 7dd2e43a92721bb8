import Glibc
import MemtopCore
import MemtopSystem

/// What memtop's own processes cost, as the kernel counts it.
enum OwnFigures {
  /// - Parameters:
  ///   - regulator: the process of `memtop regulate`, where it gives a sign of life.
  ///   - isOnce: this process ends after one sample.
  static func processes(regulator: Int32?, isOnce: Bool) -> [ExporterFigures.Process] {
    [
      figures("export", getpid(), isOnce: isOnce),
      regulator.flatMap { figures("regulate", $0, isOnce: false) },
    ].compactMap { $0 }
  }

  /// nil where the process is not there, or is no memtop: numbers of processes are reused.
  private static func figures(
    _ command: String, _ pid: Int32, isOnce: Bool
  ) -> ExporterFigures.Process? {
    guard let text = try? SystemFile.text("/proc/\(pid)/stat"),
      let stat = ProcessStat(text), pid == getpid() || stat.name == "memtop"
    else { return nil }
    return .init(command: command, cpu: isOnce ? nil : stat.cpu, resident: stat.resident)
  }
}

/// /proc/PID/stat (proc(5)): "PID (NAME) STATE …"; the name may have anything in it.
struct ProcessStat {
  let name: String
  let cpu: Span
  let resident: Bytes

  init?(_ text: String) {
    guard let open = text.firstIndex(of: "("), let close = text.lastIndex(of: ")"), open < close
    else { return nil }
    let rest = text[text.index(after: close)...].split(separator: " ")
    // The first of these is field 3 there.
    guard rest.count > 21, let user = Int64(rest[11]), let system = Int64(rest[12]),
      let pages = Int64(rest[21])
    else { return nil }
    name = String(text[text.index(after: open)..<close])
    let second = Int64(max(1, sysconf(Int32(_SC_CLK_TCK))))
    cpu = Span(milliseconds: (user + system).scaled(1000, over: second))
    resident = Bytes(pages) * Int64(sysconf(Int32(_SC_PAGESIZE)))
  }
}
