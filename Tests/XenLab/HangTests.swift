import Foundation
import Testing

extension XenLab {
  @Suite("a xenstored that does not answer", .timeLimit(.minutes(120)))
  struct HangTests {
    let lab: Lab

    init() throws { lab = try Lab.with(.xenstored) }

    @Test("the screen lives and says so, nothing can be staged, and all goes on after it")
    func hang() throws {
      try lab.settle("pv1")
      let terminal = try Terminal(lab)
      try terminal.open()
      try lab.text("kill -STOP $(pidof xenstored)")
      defer { _ = try? lab.dom0("kill -CONT $(pidof xenstored)") }
      try terminal.see("xenstore has not responded for")
      try terminal.press("?")
      try terminal.see("Everywhere")
      try terminal.press("Escape")
      try terminal.see("CONDITION")
      try terminal.type("]")
      try terminal.see("Cannot stage on old figures")
      try lab.text("kill -CONT $(pidof xenstored)")
      try terminal.see("memtop", "every 1s")
      try lab.text("xl mem-set pv1 200")
      try terminal.see("pv1 target 192M → 200M")
      try terminal.quit()
    }

    @Test("quitting does not wait for it")
    func quit() throws {
      let terminal = try Terminal(lab)
      try terminal.open()
      try lab.text("kill -STOP $(pidof xenstored)")
      defer { _ = try? lab.dom0("kill -CONT $(pidof xenstored)") }
      try terminal.see("xenstore has not responded for")
      try terminal.quit()
      #expect(try lab.dom0("pidof memtop").status != 0)
    }
  }
}
