import Foundation
import Testing

extension XenLab {
  /// `make lab-long` runs it.
  @Suite("an hour of a live host", .enabled(if: Lab.isLong), .timeLimit(.minutes(240)))
  struct HourTests {
    let lab: Lab

    init() throws { lab = try Lab.with(.xenstored) }

    /// A line a minute: the program, its private memory in KiB and its descriptors.
    private static let hour = """
      memtop -b -d 1 --format csv >/dev/null 2>&1 </dev/null & batch=$!
      rm -f /run/hour.memtop*
      memtop record /run/hour.memtop >/dev/null 2>&1 </dev/null & record=$!
      for minute in $(seq 1 60); do
        # A guest takes memory and gives it back, another one comes and goes.
        if [ $((minute % 2)) -eq 0 ]; then guest-run pv1 'fill 20'; else guest-run pv1 unfill; fi
        case $((minute % 10)) in 3) guest-create pv9 ;; 7) xl destroy pv9 ;; esac
        sleep 60
        for name in batch record; do
          eval pid=\\$$name
          rss=$(sed -n 's/^RssAnon:[^0-9]*\\([0-9]*\\) kB/\\1/p' /proc/$pid/status)
          echo "minute $name $rss $(ls /proc/$pid/fd | wc -l)" >&3
        done
      done 3>&1 >/dev/null 2>&1
      kill $batch $record
      while test -e /proc/$batch || test -e /proc/$record; do usleep 50000; done
      """

    @Test("private memory is flat after ten minutes, and no descriptor is left open")
    func flat() throws {
      try lab.settle("pv1")
      defer {
        _ = try? lab.dom0("xl destroy pv9")
        _ = try? lab.guest("pv1", "unfill")
      }
      let lines = try lab.text(Self.hour, within: 14_400).split(separator: "\n")
        .map { $0.split(separator: " ") }
      for name in ["batch", "record"] {
        let minutes = lines.filter { $0.count == 4 && $0[1] == name }
          .compactMap { line in Int(line[2]).map { (kib: $0, descriptors: line[3]) } }
        try #require(minutes.count == 60, "\(name): \(lines)")
        let (warm, last) = (minutes[9].kib, minutes[59].kib)
        // 2 %, or a page or two of the allocator's.
        #expect(last <= warm + max(64, warm / 50), "\(name): \(minutes.map(\.kib))")
        #expect(Set(minutes[9...].map(\.descriptors)).count == 1, "\(name): \(minutes)")
      }
    }
  }
}
