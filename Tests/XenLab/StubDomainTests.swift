import Foundation
import Testing

extension XenLab {
  /// To memtop a stub domain is one by two keys, which dom0 writes here as libxl does (libxl_dm.c,
  /// libxl__spawn_stub_dm): pv2 runs the device model of pv1.
  @Suite("a stub domain", .timeLimit(.minutes(30)))
  struct StubDomainTests {
    let lab: Lab
    private static let keys = """
      guest=$(xs domid pv1); stub=$(xs domid pv2)
      target=/local/domain/$stub/target; model=/local/domain/$guest/image/device-model-domid
      """

    init() throws {
      lab = try Lab.with(.xenstored)
      for guest in ["pv1", "pv2"] { try lab.settle(guest) }
    }

    private func link() throws {
      try lab.text("\(Self.keys); xs write $target $guest $model $stub")
    }

    private func unlink() throws { try lab.text("\(Self.keys); xs remove $target $model") }

    @Test("is shown below its guest, and is neither set nor regulated")
    func stub() throws {
      try link()
      defer { try? unlink() }
      let sample = try lab.sample()
      #expect(try sample["pv2"].stubOf == sample["pv1"].id)
      #expect(try sample["pv1"].stubOf == nil)
      try refusesEverySize()
      try isShown()
      try isNotRegulated()
    }

    /// One line, and at once: no report would make it possible.
    private func refusesEverySize() throws {
      for size in ["176M", "208M"] {
        let set = try lab.dom0("memtop set pv2 \(size) --yes --force")
        #expect(set.status == 2, "\(set)")
        #expect(set.output == "")
        #expect(set.errors.split(separator: "\n").count == 1, "\(set)")
        let why = "memtop: impossible: pv2 is a stub domain: it runs the device model of pv1"
        #expect(set.errors.hasPrefix(why), "\(set)")
      }
      #expect(try lab.target("pv2") == 192 << 10)
    }

    private func isShown() throws {
      let terminal = try Terminal(lab)
      try terminal.open()
      try terminal.see("└ pv2")
      let rows = try terminal.screen().split(separator: "\n").map(String.init)
      let stub = try #require(rows.firstIndex { $0.contains("└ pv2") })
      #expect(rows[stub - 1].contains(" pv1 "), "\(rows)")
      try terminal.select("pv1")
      try terminal.press("i", "Enter")
      try terminal.see("Stub", "192M", "runs its device model; 384M together")
      try terminal.quit()
    }

    private func isNotRegulated() throws {
      try lab.unregulateIfRunning()
      try lab.regulate("[host]\nreserve = 64M\n[domain *]\nregulate = yes", taking: ["pv1"])
      defer { try? lab.unregulate() }
      try lab.said("2 of 2 domains are regulated")
      #expect(try !lab.regulatorLog().contains("pv2"))
      let key = "xs exists /local/domain/$(xs domid pv2)/memory/memtop-regulation"
      #expect(try lab.dom0(key).status != 0)
    }
  }
}
