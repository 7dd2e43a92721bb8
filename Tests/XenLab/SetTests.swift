import Foundation
import Testing

extension XenLab {
  @Suite("memtop set", .timeLimit(.minutes(120)))
  struct SetTests {
    let lab: Lab

    init() throws {
      lab = try Lab.with(.xenstored)
      try lab.settle("pv1")
    }

    @Test(
      "refuses what kills the guest, with exit 2, and changes nothing", arguments: ["", "--yes"])
    func refuses(_ option: String) throws {
      let before = try lab.limits("pv1")
      let set = try lab.dom0("memtop set pv1 8M \(option)")
      #expect(set.status == 2, "\(set)")
      #expect(set.errors.contains("its OOM killer may strike"), "\(set)")
      #expect(try lab.limits("pv1") == before)
      #expect(try lab.guest("pv1", "echo alive") == "alive\n")
    }

    @Test("waits until the guest has arrived, and says so")
    func waits() throws {
      let set = try lab.dom0("memtop set pv1 224M --wait --yes")
      #expect(set.status == 0, "\(set)")
      #expect(set.output == "pv1: 192M -> 224M, reached\n", "\(set)")
      let list = try lab.text("xl list pv1")
      #expect(list.contains(" 224 "), "\(list)")
      #expect(try lab.target("pv1") == 224 << 10)
    }

    @Test("a dry run says the verdict and changes nothing")
    func dryRun() throws {
      let before = try lab.limits("pv1")
      let set = try lab.dom0("memtop set pv1 +16M --dry-run --yes")
      #expect(set.status == 0, "\(set)")
      #expect(set.output.contains("208M"), "\(set)")
      #expect(try lab.limits("pv1") == before)
    }

    @Test("a guest that stopped reporting is not lowered", arguments: [true, false])
    func silentOrStale(_ keysStay: Bool) throws {
      try lab.settle("pv2")
      if keysStay {
        _ = try lab.guest("pv2", "reporter none")
      } else {
        try lab.dialect("pv2", "none")
      }
      defer { try? lab.dialect("pv2", "memtop") }
      let set = try lab.dom0("memtop set pv2 176M --yes")
      #expect(set.status == 2, "\(set)")
      let rule = keysStay ? "report-age-unknown" : "report-silent"
      #expect(set.errors.contains("refused: pv2"), "\(set)")
      #expect(set.errors.contains("[\(rule)]"), "\(set)")
      #expect(try lab.target("pv2") == 192 << 10)
    }

    @Test("a guest that cannot follow is exit 3, and the target is set")
    func doesNotFollow() throws {
      try lab.settle("pv2")
      try lab.text("xl pause pv2")
      defer { _ = try? lab.dom0("xl unpause pv2") }
      let refused = try lab.dom0("memtop set pv2 176M --yes")
      #expect(refused.status == 2, "paused: \(refused)")
      let set = try lab.dom0("memtop set pv2 144M --yes --force --wait=3")
      #expect(set.status == 3, "\(set)")
      #expect(try lab.target("pv2") == 144 << 10)
    }

    @Test("above static-max is never done, not even by force")
    func aboveStaticMax() throws {
      let set = try lab.dom0("memtop set pv1 400M --yes --force")
      #expect(set.status == 2, "\(set)")
      #expect(try lab.target("pv1") == 192 << 10)
    }

    @Test("words that are no size are wrong usage, and no such domain is a failure")
    func usage() throws {
      #expect(try lab.dom0("memtop set pv1 much").status == 64)
      let gone = try lab.dom0("memtop set nobody 192M")
      #expect(gone.status == 1, "\(gone)")
      #expect(gone.errors.contains("nobody"), "\(gone)")
    }
  }
}
