import Foundation
import Testing

extension XenLab {
  /// `make lab-long` runs it; `MEMTOP_LAB_MINUTES` makes the hour shorter.
  @Suite("an hour of a live host", .enabled(if: Lab.isLong), .timeLimit(.minutes(240)))
  struct HourTests {
    let lab: Lab

    init() throws { lab = try Lab.with(.xenstored) }

    private static let minutes =
      ProcessInfo.processInfo.environment["MEMTOP_LAB_MINUTES"].flatMap { Int($0) } ?? 60
    /// Minutes until each is warm. The recorder's page cache (512 KiB) fills with the recording, which at
    /// five samples a second takes some forty (measured: 37).
    private static let warmUp = ["batch": 10, "record": 45]

    /// A line a minute: the program, its private memory in KiB and its descriptors. Some are open for a
    /// moment, as a directory in /proc is, so that the fewest of several looks count.
    private static let hour = """
      memtop -b -d 1 --format csv >/dev/null 2>&1 </dev/null & batch=$!
      rm -f /run/hour.memtop*
      memtop record -d 0.2 /run/hour.memtop >/dev/null 2>&1 </dev/null & record=$!
      for minute in $(seq 1 \(minutes)); do
        # A guest takes memory and gives it back, another one comes and goes.
        if [ $((minute % 2)) -eq 0 ]; then guest-run pv1 'fill 20'; else guest-run pv1 unfill; fi
        case $((minute % 10)) in 3) guest-create pv9 ;; 7) xl destroy pv9 ;; esac
        sleep 60
        for name in batch record; do
          eval pid=\\$$name
          rss=$(sed -n 's/^RssAnon:[^0-9]*\\([0-9]*\\) kB/\\1/p' /proc/$pid/status)
          fewest=$(for look in 1 2 3 4 5; do ls /proc/$pid/fd | wc -l; usleep 70000; done | sort -n | head -n 1)
          echo "minute $name $rss $fewest" >&3
        done
      done 3>&1 >/dev/null 2>&1
      kill $batch $record
      \(Lab.wait(until: "! test -e /proc/$batch && ! test -e /proc/$record"))
      """

    @Test("private memory is flat once it is warm, and no descriptor is left open")
    func flat() throws {
      try lab.settle("pv1")
      defer {
        _ = try? lab.dom0("xl destroy pv9")
        _ = try? lab.guest("pv1", "unfill")
      }
      let lines = try lab.text(Self.hour, within: 14_400).split(separator: "\n")
        .map { $0.split(separator: " ") }
      for (name, warmUp) in Self.warmUp {
        let minutes = lines.filter { $0.count == 4 && $0[1] == name }
          .compactMap { line in Int(line[2]).map { (kib: $0, descriptors: line[3]) } }
        try #require(minutes.count == Self.minutes && minutes.count > warmUp, "\(name): \(lines)")
        let (warm, last) = (minutes[warmUp - 1].kib, minutes[Self.minutes - 1].kib)
        // 2 %, or a page or two of the allocator's.
        #expect(last <= warm + max(64, warm / 50), "\(name): \(minutes.map(\.kib))")
        #expect(Set(minutes[(warmUp - 1)...].map(\.descriptors)).count == 1, "\(name): \(minutes)")
      }
    }
  }
}
