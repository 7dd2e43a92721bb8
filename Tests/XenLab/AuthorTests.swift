import Foundation
import Testing

extension XenLab {
  @Suite("who changed a target", .timeLimit(.minutes(120)))
  struct AuthorTests {
    @Test("somebody else's xl, and a memtop set elsewhere, are told apart")
    func authors() throws {
      try Lab.with(.xenstored).checkAuthors()
    }
  }
}

extension Lab {
  func checkAuthors() throws {
    try settle("pv1")
    let terminal = try Terminal(self)
    try terminal.open()
    try text("xl mem-set pv1 200")
    try terminal.see("pv1 target 192M → 200M (not memtop)")
    try text("memtop set pv1 208M --yes")
    try terminal.see("pv1 target 200M → 208M (root)")
    try terminal.quit()
    #expect(try target("pv1") == 208 << 10)
  }
}
