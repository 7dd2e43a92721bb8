import Foundation
import Testing

extension XenLab {
  /// dom0's only processor is shared with programs that never rest: exactly then memory must move.
  @Suite("changes on a busy host", .timeLimit(.minutes(120)))
  struct BusyHostTests {
    let lab: Lab

    init() throws {
      lab = try Lab.with(.xenstored)
      try lab.settle("pv1")
    }

    private func load() throws {
      try lab.text(
        """
        for i in 1 2; do
          setsid sh -c 'while :; do :; done' >/dev/null 2>&1 </dev/null &
          echo $!
        done >/run/busy
        """)
    }

    private func rest() throws {
      try lab.text("for pid in $(cat /run/busy); do kill $pid 2>/dev/null; done; rm -f /run/busy")
    }

    /// So many orders one after another; what those that failed said.
    private func order(_ count: Int) throws -> String {
      try lab.text(
        """
        for round in $(seq 1 \(count)); do
          memtop set pv1 $((193 + round % 7))M --yes >/dev/null 2>/run/busy-errors \
            || echo "$round: $(cat /run/busy-errors)"
        done
        """, within: 7200)
    }

    @Test("ten orders under load are all carried out")
    func ten() throws {
      try load()
      defer { try? rest() }
      #expect(try order(10) == "")
    }

    @Test("a hundred are, too", .enabled(if: Lab.isLong, "make lab-long runs this"))
    func hundred() throws {
      try load()
      defer { try? rest() }
      #expect(try order(100) == "")
    }

    @Test("memtop set costs about what xl mem-set costs", .enabled(if: Lab.isLong))
    func cost() throws {
      // Processor seconds of all rounds, children included (times of the shell: user and system).
      func seconds(_ command: String) throws -> Double {
        let times = try lab.text(
          "for i in 1 2 3 4 5 6 7 8; do \(command) $((192 + i % 2 * 8))M; done >/dev/null 2>&1; times"
        )
        let words = times.split { $0.isWhitespace }.suffix(2)
        return words.reduce(0) { sum, word in
          let parts = word.dropLast().split(separator: "m")
          return sum + (Double(parts[0]) ?? 0) * 60 + (Double(parts[1]) ?? 0)
        }
      }
      let xl = try seconds("xl mem-set pv1")
      let memtop = try seconds("memtop set --yes pv1")
      print("8 changes: xl \(xl) s of processor time, memtop \(memtop) s")
      #expect(memtop < 3 * xl, "xl \(xl) s, memtop \(memtop) s")
    }
  }
}
