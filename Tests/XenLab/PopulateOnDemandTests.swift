import Testing

extension XenLab {
  @Suite("a guest that populates on demand", .timeLimit(.minutes(120)))
  struct PopulateOnDemandTests {
    @Test("the guard knows what Xen has not set aside; a raise cures it, and so does a driver")
    func onDemand() throws {
      let lab = try Lab.with(.xenstored)
      defer { _ = try? lab.dom0("xl destroy pvh9") }
      try lab.text("guest-create pvh9 && guest-await pvh9")
      // Its driver has given back what 192M do not cover of its 320M.
      let booted = try lab.dom0("memtop set pvh9 180M --dry-run --yes")
      #expect(!booted.errors.contains("[populate-on-demand]"), "\(booted)")
      #expect(!booted.errors.contains("[unsettled]"), "\(booted)")
      try lab.text("xl destroy pvh9 && xl create -p /etc/xen/pvh9.cfg")
      let lower = try lab.dom0("memtop set pvh9 180M --dry-run --yes")
      #expect(lower.errors.contains("[populate-on-demand]"), "\(lower)")
      let raise = try lab.dom0("memtop set pvh9 320M --yes")
      #expect(raise.status == 0 && !raise.errors.contains("[unsettled]"), "\(raise)")
      let cured = try lab.dom0("memtop set pvh9 180M --dry-run --yes")
      #expect(!cured.errors.contains("[populate-on-demand]"), "\(cured)")
      // Xen made it larger, with no driver at work.
      #expect(cured.errors.contains("[never-followed]"), "\(cured)")
    }
  }
}
