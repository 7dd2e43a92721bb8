import Foundation
import Testing

extension XenLab {
  /// Linux's driver fails four times where the host has nothing to give, and sleeps for an hour then
  /// (drivers/xen/balloon.c, update_schedule).
  @Suite("a balloon driver that has given up", .timeLimit(.minutes(30)))
  struct GivenUpTests {
    let lab: Lab

    init() throws {
      lab = try Lab.with(.xenstored)
      try lab.settle("pv1")
    }

    /// A domain that never runs takes all but some 25 MiB of the host.
    private func takeTheHost() throws {
      try lab.text(
        """
        cat >/etc/xen/hog.cfg <<END
        name = "hog"
        type = "pvh"
        memory = $(($(xl info free_memory) - 30))
        kernel = "/boot/vmlinux"
        END
        xl create -p /etc/xen/hog.cfg
        """)
    }

    private func giveItBack() throws {
      try lab.text("xl destroy hog")
      _ = try eventually("the host's memory") {
        Int(try lab.text("xl info free_memory")) ?? 0 > 256 ? true : nil
      }
    }

    /// Its tries until then are counted from 2 to 4.
    private func awaitTheDriversEnd() throws {
      let tries = """
        cd /sys/devices/system/xen_memory/xen_memory0
        echo $(cat retry_count schedule_delay target_kb info/current_kb)
        """
      var last = ""
      _ = try eventually("a driver that tries no more", saw: { last }) { () -> Bool? in
        last = try lab.guest("pv1", tries)
        let numbers = last.split { $0.isWhitespace }.compactMap { Int($0) }
        guard numbers.count == 4, numbers[2] == 288 << 10 else { return nil }
        return numbers[0] == 1 && numbers[1] == 1 && numbers[3] < 256 << 10 ? true : nil
      }
    }

    /// More than ten seconds pass, and the driver's longest pause between two tries is eight.
    private func awaitReports(_ count: Int) throws {
      let report = "xs read /local/domain/$(xs domid pv1)/data/memtop"
      var reports = Set([try lab.text(report)])
      _ = try eventually("\(count) reports") {
        reports.insert(try lab.text(report))
        return reports.count > count ? true : nil
      }
    }

    @Test("stays where it is when the host has memory again, until it is nudged")
    func nudge() throws {
      defer {
        _ = try? lab.dom0("xl destroy hog")
        try? lab.settle("pv1")
      }
      try takeTheHost()
      try lab.text("xl mem-set pv1 288")
      let terminal = try Terminal(lab)
      try terminal.open()
      try terminal.select("pv1")
      try terminal.press("i", "Enter")
      try terminal.see("Target", "288M", "stuck")
      try awaitTheDriversEnd()
      #expect(try !terminal.screen().contains("Nudge"), "the host has nothing to give")
      try giveItBack()
      let held = try lab.sample()["pv1"].alloc
      try terminal.see("Nudge", "w stages")
      try awaitReports(2)
      #expect(try lab.sample()["pv1"].alloc == held)

      try terminal.press("w", toSee: "Staged a nudge")
      try terminal.apply()
      try lab.awaitSize("pv1", mib: 288)
      try terminal.see("no longer stuck")
      #expect(try lab.target("pv1") == 288 << 10)
      let log = try lab.text("grep 'nudged by keystroke' /var/log/messages | tail -n 2")
      #expect(log.contains("294912 -> \(held >> 10) KiB"), "\(log)")
      #expect(log.contains("\(held >> 10) -> 294912 KiB"), "\(log)")
      try terminal.quit()
    }

    /// The policy wants the target that it has, so nothing but a nudge moves it.
    @Test("is nudged by the regulator, once the host has memory again")
    func byTheRegulator() throws {
      defer {
        try? lab.unregulate()
        _ = try? lab.dom0("xl destroy hog")
        try? lab.settle("pv1")
      }
      try lab.unregulateIfRunning()
      try takeTheHost()
      try lab.text("xl mem-set pv1 288")
      try awaitTheDriversEnd()
      let held = try lab.sample()["pv1"].alloc
      try lab.regulate(
        "[host]\nreserve = 16M\n[domain pv1]\nfloor = 288M\nceiling = 288M\nregulate = yes",
        taking: ["pv1"])
      try awaitReports(4)
      let before = try (lab.target("pv1"), lab.sample()["pv1"].alloc, lab.regulatorLog())
      #expect(
        before.0 == 288 << 10 && before.1 == held && !before.2.contains("nudged"), "\(before)")

      try giveItBack()
      try lab.awaitSize("pv1", mib: 288)
      let log = try lab.regulatorLog()
      #expect(log.contains("nudged: stuck at"), "\(log)")
      #expect(try lab.target("pv1") == 288 << 10)
      // It writes them with its sign of life.
      _ = try eventually("a nudge that was counted") {
        try lab.text("cat /run/memtop/regulate.counts").contains("moved nudge 1") ? true : nil
      }
    }
  }
}
