import Foundation
import Testing

extension Lab {
  /// Raises and lowers a guest's target in the dashboard, and looks in the guest for the memory.
  func checkKeystrokes(_ guest: String) throws {
    try settle(guest)
    let before = try memTotal(guest)
    let terminal = try Terminal(self)
    try terminal.open()
    try terminal.select(guest)

    // A sixteenth of it, a round number: 16 MiB.
    try terminal.press("]", toSee: "Staged: ")
    #expect(try target(guest) == 192 << 10, "staging alone must set nothing")
    try terminal.apply()
    try terminal.see(guest, "target 192M → 208M (you)")
    try awaitSize(guest, mib: 208)
    #expect(try target(guest) == 208 << 10)
    try expectTotal(guest, before + 16 << 10)

    try terminal.press("q")
    try terminal.stage("176M")
    try terminal.apply()
    try terminal.see(guest, "target 208M → 176M (you)")
    try awaitSize(guest, mib: 176)
    #expect(try target(guest) == 176 << 10)
    try expectTotal(guest, before - 16 << 10)
    // libxl leaves a mebibyte above the target (libxl_mem.c, LIBXL_MAXMEM_CONSTANT).
    #expect(try sample()[guest].limit == .mib(177))
    try terminal.quit()
    let log = try text("grep 'memtop: .*\(guest) (' /var/log/messages | tail -n 2")
    #expect(log.contains("size 196608 -> 212992 KiB by root (raised by keystroke): written"))
    #expect(log.contains("size 212992 -> 180224 KiB by root"), "the log has\n\(log)")
  }

  private func expectTotal(_ guest: String, _ kib: Int) throws {
    let found = try memTotal(guest)
    #expect(abs(found - kib) <= 1024, "\(guest) has MemTotal \(found) KiB and not about \(kib)")
  }
}
