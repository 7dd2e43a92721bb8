import Foundation
import Testing

extension XenLab {
  @Suite("a suspended memtop")
  struct SuspendTests {
    let lab: Lab

    init() throws { lab = try Lab.with(.xenstored) }

    /// xenstored lets a guest's request wait while the events that it caused cannot be delivered, and
    /// a few hundred fill a connection: the guest writes some thousand.
    @Test("does not hold up a guest's writes for 20 s, and fg brings it back")
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
        end=$(($(now) + 20000)); count=0; longest=0
        while begin=$(now); [ $begin -lt $end ]; do
          xs write $pairs || echo failed
          took=$(($(now) - begin)); count=$((count + 1))
          [ $took -le $longest ] || longest=$took
        done
        xs remove $(seq 1 60 | sed 's|.*|data/probe&|')
        echo $count $longest
        """)
      let numbers = measured.split(separator: "\n").last?.split(separator: " ").compactMap {
        Int($0)
      }
      guard let numbers, numbers.count == 2 else {
        Issue.record("the guest said \(measured)")
        return
      }
      #expect(numbers[0] >= 10, "only \(numbers[0]) rounds of 60 writes in 20 s")
      #expect(numbers[1] < 8000, "one round took \(numbers[1]) ms")
      try terminal.type("fg")
      try terminal.press("Enter")
      try terminal.see("Domain-0", "640M")
      // It samples again, and knows what happened meanwhile.
      try lab.text("xl mem-set pv1 200")
      try terminal.see("pv1 target 192M → 200M")
      try terminal.quit()
    }
  }
}
