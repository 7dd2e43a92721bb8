import Foundation
import Testing

extension XenLab {
  @Suite("a suspended memtop", .timeLimit(.minutes(120)))
  struct SuspendTests {
    let lab: Lab

    init() throws { lab = try Lab.with(.xenstored) }

    /// xenstored lets a guest's request wait while the events that it caused cannot be delivered, and
    /// some 280 fill a connection that nobody reads: 12 rounds are 720. A guest that is held up never
    /// comes to the end of its writes here, since memtop goes on only after them.
    @Test("does not hold up a guest's writes, and fg brings it back")
    func suspend() throws {
      try lab.settle("pv1")
      let terminal = try Terminal(lab)
      try terminal.open()
      try terminal.press("C-z")
      try terminal.see("Stopped")
      let measured = try lab.guest(
        "pv1",
        """
        now() { awk '{ printf "%d", $1 * 1000 }' /proc/uptime; }
        pairs=$(seq 1 60 | sed 's|.*|data/probe& x|')
        count=0; longest=0
        while [ $count -lt 12 ]; do
          begin=$(now)
          xs write $pairs || exit
          took=$(($(now) - begin)); count=$((count + 1))
          [ $took -le $longest ] || longest=$took
        done
        xs remove $(seq 1 60 | sed 's|.*|data/probe&|')
        echo $count $longest
        """)
      #expect(try lab.text("grep State: /proc/$(pidof memtop)/status").contains("T (stopped)"))
      let numbers = measured.split(separator: " ").compactMap {
        Int($0.trimmingCharacters(in: .newlines))
      }
      #expect(numbers.count == 2 && numbers[0] == 12, "rounds and the longest's ms: \(measured)")
      #expect(numbers.last.map { $0 < 20_000 } == true, "rounds and the longest's ms: \(measured)")
      try terminal.type("fg")
      try terminal.press("Enter")
      try terminal.see("Domain-0", "640M")
      // It samples again, and knows what happens.
      try lab.text("xl mem-set pv1 200")
      try terminal.see("pv1 target 192M → 200M")
      try terminal.quit()
    }
  }
}
