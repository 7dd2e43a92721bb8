import Foundation
import Testing

extension XenLab {
  /// What takes minutes: `make lab-long`.
  @Suite("slow proofs", .enabled(if: Lab.isLong, "make lab-long runs these"))
  struct LongTests {
    let lab: Lab

    init() throws { lab = try Lab.with(.xenstored) }

    @Test("memtop killed at any moment of a change leaves max_pages at or above the target")
    func killedAnywhere() throws {
      try lab.settle("pv1")
      // From the start of a process to well behind the change, some milliseconds further each time.
      let rounds = try lab.text(
        """
        for round in $(seq 1 60); do
          size=$((193 + round % 40))
          memtop set pv1 ${size}M --yes >/dev/null 2>&1 &
          usleep $((round * 15000)); kill -9 $! 2>/dev/null; wait $! 2>/dev/null
          while ps | grep -q '[a]pply-target'; do usleep 20000; done
          target=$(xenstore-read /local/domain/$(xl domid pv1)/memory/target)
          limit=$(memtop -b -n 1 --format csv --fields name,limit | sed -n 's/.*,pv1,//p')
          echo $target $((limit / 1024))
        done
        """, within: 900
      ).split(separator: "\n").map { $0.split(separator: " ").compactMap { Int($0) } }
      #expect(rounds.count == 60)
      for round in rounds {
        #expect(round.count == 2 && round[1] >= round[0], "target and limit: \(round)")
      }
      #expect(Set(rounds.map(\.[0])).count > 1, "no change was ever made: \(rounds)")
      try lab.settle("pv1")
    }

    @Test("raised and lowered twenty times, a guest and its target never part")
    func manyTimes() throws {
      for round in 0..<20 {
        let mib = round % 2 == 0 ? 240 : 192
        let set = try lab.dom0("memtop set pvh1 \(mib)M --yes --wait=120")
        #expect(set.status == 0, "round \(round): \(set)")
        #expect(try lab.target("pvh1") == mib << 10)
      }
    }
  }
}
