import Foundation
import Testing

extension XenLab {
  /// A save and a migration that stand still in the middle: their streams go into a pipe that takes a
  /// megabyte and then nothing more.
  @Suite("a domain that is being saved or migrated", .timeLimit(.minutes(120)))
  struct MigrationTests {
    let lab: Lab

    init() throws {
      lab = try Lab.with(.xenstored)
      for guest in ["pv2", "pvh1"] { try lab.settle(guest) }
    }

    /// Takes a megabyte, and waits.
    private static let slowReader = "head -c 1000000; while :; do sleep 1; done"

    private func begin(_ command: String) throws {
      try lab.text(
        """
        rm -f /run/stream; mkfifo /run/stream
        setsid sh -c '\(Self.slowReader)' </run/stream >/dev/null 2>&1 & echo $! >/run/reader
        setsid \(command) >/run/saving.log 2>&1 </dev/null &
        """)
      _ = try eventually(
        "the process that saves", saw: { (try? lab.text("cat /run/saving.log")) ?? "" }
      ) {
        try lab.text("ps | grep '[s]ave-helper --save-domain' || true").isEmpty ? nil : true
      }
    }

    /// The stream breaks, and xl resumes the domain.
    private func end() throws {
      try lab.text("kill -9 -- -$(cat /run/reader) 2>/dev/null || true")
      _ = try eventually("the end of the save") {
        try lab.text("ps | grep '[s]ave-helper --save-domain' || true").isEmpty ? true : nil
      }
    }

    /// The receiver ends, and xl resumes the domain; what it had received so far is removed.
    private func breakMigration() throws {
      try lab.text(
        """
        kill -9 $(ps | awk '/[r]eceive|[r]estore-domain/ {print $1}') 2>/dev/null
        xl destroy pvh1--incoming 2>/dev/null || true
        """)
    }

    private func expectLeftAlone(_ guest: String) throws {
      let before = try lab.target(guest)
      for size in ["208M", "176M"] {
        let set = try lab.dom0("memtop set \(guest) \(size) --yes --force")
        #expect(set.status == 2, "\(set)")
        #expect(set.errors.contains("saved or migrated"), "\(set)")
      }
      #expect(try lab.target(guest) == before)
      _ = try eventually("its state") { () -> Bool? in
        let states = try lab.text("memtop -b -n 1 --format csv --fields name,state")
        return states.contains("\(guest),migrating") ? true : nil
      }
    }

    @Test("is left alone in the middle of xl save, and can be set again when that has failed")
    func save() throws {
      try begin("xl save pv2 /run/stream")
      defer { try? end() }
      try expectLeftAlone("pv2")
      try end()
      _ = try eventually(
        "pv2 runs again", saw: { (try? lab.text("cat /run/saving.log; xl list")) ?? "" }
      ) {
        try lab.dom0("memtop set pv2 208M --yes").status == 0 ? true : nil
      }
      #expect(try lab.target("pv2") == 208 << 10)
      try lab.settle("pv2")
    }

    @Test("is left alone while a live migration copies its memory, though it runs")
    func migrate() throws {
      // Xen cannot log the writes of a PV guest here.
      try lab.text(
        """
        cat >/run/receive <<'end'
        #!/bin/sh
        (\(Self.slowReader)) | xl migrate-receive
        end
        chmod +x /run/receive
        """)
      try begin("xl migrate -s '' pvh1 /run/receive")
      defer { try? breakMigration() }
      // It is live: nothing else tells that it is being moved.
      #expect(try lab.text("xl list pvh1").contains("--"))
      try expectLeftAlone("pvh1")
      try breakMigration()
      _ = try eventually(
        "pvh1 is back", saw: { (try? lab.text("cat /run/saving.log; xl list")) ?? "" }
      ) {
        try lab.dom0("memtop set pvh1 208M --yes").status == 0 ? true : nil
      }
      try lab.settle("pvh1")
    }
  }
}
