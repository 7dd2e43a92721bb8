import Foundation
import Testing

extension XenLab {
  @Suite("guests that come, reboot and go", .timeLimit(.minutes(120)))
  struct ChurnTests {
    @Test("each is an event, and the rows are right all the while")
    func churn() throws { try Lab.with(.xenstored).checkChurn() }
  }
}

extension Lab {
  func checkChurn() throws {
    defer { _ = try? dom0("xl destroy pv9") }
    let terminal = try Terminal(self)
    try terminal.open()
    try text("guest-create pv9")
    try terminal.see("pv9 started")
    let first = try text("xs domid pv9")
    try text("guest-await pv9")
    try terminal.see(" \(first) pv9 ", "192M")
    // The reply must not be waited for: the guest is gone before it could come.
    _ = try guest("pv9", "(usleep 300000; reboot -f) >/dev/null 2>&1 &")
    try terminal.see("pv9 rebooted, was domain \(first)")
    let second = try text("xs domid pv9")
    #expect(second != first)
    try terminal.see(" \(second) pv9 ")
    let rows = try terminal.screen().split(separator: "\n").filter { $0.contains(" pv9  ") }
    #expect(rows.count == 1, "\(rows)")
    try text("xl destroy pv9")
    try terminal.see("pv9 ended")
    _ = try eventually("no row of pv9's") {
      try terminal.screen().contains(" pv9   ") ? nil : true
    }
    #expect(try sample().domains.map(\.name).contains("pv9") == false)
    try terminal.quit()
    try checkDomains()
  }
}
