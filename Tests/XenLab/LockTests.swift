import Foundation
import Testing

extension XenLab {
  /// libxl waits without limit for a domain's lock (libxl_internal.c, libxl__lock_domain_userdata).
  @Suite("a change behind an xl that holds the domain's lock", .timeLimit(.minutes(120)))
  struct LockTests {
    let lab: Lab

    init() throws {
      lab = try Lab.with(.xenstored)
      try lab.settle("pv1")
    }

    /// Takes the lock as libxl does, on the file that libxl would lock.
    private func hold() throws {
      try lab.text(
        """
        file=$(ls /var/lib/xen/userdata-d.$(xs domid pv1).*.libxl-json | \
        sed 's/userdata-d/userdata-l/; s/libxl-json/domain-userdata-lock/')
        echo $file >/run/lab-lock; rm -f /run/lab-held
        setsid flock $file sh -c 'echo $$ >/run/lab-held; exec sleep 600' >/dev/null 2>&1 </dev/null &
        \(Lab.wait(until: "[ -s /run/lab-held ]"))
        """)
    }

    /// A lock that xl leaves has no file any more; a change that waits would now go on.
    private func release() throws {
      try lab.text(
        """
        [ -e /run/lab-held ] || exit 0
        rm -f $(cat /run/lab-lock); kill $(cat /run/lab-held); rm -f /run/lab-held
        """)
    }

    private func expectNothingLandsLater() throws {
      let left = try lab.text("ps | grep '[a]pply-target\\|[m]emtop set' || true")
      #expect(left == "", "still waiting to change it: \(left)")
      #expect(try lab.sample()["pv1"].limit == .mib(193))
      #expect(try lab.target("pv1") == 192 << 10)
      // Whoever comes next gets the lock: nobody holds it or waits for it.
      try lab.text("timeout 60 xl mem-set pv1 193")
      #expect(try lab.target("pv1") == 193 << 10)
    }

    @Test("xl itself waits there, so this is the lock")
    func lockIsRight() throws {
      try hold()
      defer { try? release() }
      let set = try lab.dom0("timeout 3 xl mem-set pv1 208")
      try release()
      #expect(set.status != 0, "\(set)")
      #expect(try lab.target("pv1") == 192 << 10)
    }

    @Test("memtop set fails by its deadline, and nothing lands later")
    func deadline() throws {
      try hold()
      defer { try? release() }
      let time = MachineTime()
      let set = try lab.dom0("memtop set pv1 208M --yes")
      let seconds = time.seconds
      try release()
      #expect(set.status == 1, "\(set)")
      #expect(set.errors.contains("(flock) held the domain's lock for 1"), "\(set)")
      #expect(seconds < 45, "it took \(seconds) s")
      try expectNothingLandsLater()
    }

    @Test("a dashboard killed in the middle of a change takes the change with it")
    func killed() throws {
      let terminal = try Terminal(lab)
      try terminal.open()
      try terminal.select("pv1")
      try hold()
      defer { try? release() }
      try terminal.press("]", toSee: "Staged: ")
      try terminal.apply()
      _ = try eventually("the writer process waits for the lock") {
        try lab.text("grep -e '-> FLOCK' /proc/locks || true").isEmpty ? nil : true
      }
      try lab.text("kill -9 $(ps | awk '$3 == \"memtop\" && !/apply-target/ {print $1}')")
      _ = try eventually("the writer process is gone too") {
        try lab.text("ps | grep '[a]pply-target' || true").isEmpty ? true : nil
      }
      try release()
      try expectNothingLandsLater()
    }
  }
}
