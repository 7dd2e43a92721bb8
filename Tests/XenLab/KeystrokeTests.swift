import Foundation
import Testing

extension XenLab {
  @Suite("a target moved by keystroke arrives in the guest", .timeLimit(.minutes(120)))
  struct KeystrokeTests {
    let lab: Lab

    init() throws { lab = try Lab.with(.xenstored) }

    @Test("raised by ] and lowered by a typed target", arguments: ["pv1", "pvh1"])
    func raiseAndLower(_ guest: String) throws {
      try lab.checkKeystrokes(guest)
    }

    @Test("read-only has no key that changes anything")
    func readOnly() throws {
      try lab.settle("pv1")
      let terminal = try Terminal(lab)
      try terminal.open("--read-only")
      try terminal.select("pv1")
      try terminal.press("]", "e", "a", "F", "u", "Enter", "y")
      try terminal.press("q", "?")
      let help = try terminal.see("this help") + terminal.screen()
      for word in ["stage a target", "type a target", "stage the", "apply;", "free memory"] {
        #expect(!help.contains(word), "help has \"\(word)\":\n\(help)")
      }
      try terminal.quit()
      #expect(try lab.target("pv1") == 192 << 10)
    }
  }
}
