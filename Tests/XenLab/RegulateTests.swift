import Foundation
import Testing

extension XenLab {
  @Suite("memtop regulate", .timeLimit(.minutes(120)))
  struct RegulateTests {
    let lab: Lab

    init() throws {
      lab = try Lab.with(.xenstored)
      try lab.unregulateIfRunning()
      try lab.settle("pv1")
      try lab.settle("pv2")
    }

    @Test("a burst in a guest that was brought down swaps for a moment, and is given memory")
    func burst() throws {
      try lab.settle("pv1", mib: 128)
      let before = (try lab.vmstat("pv1", "pswpout"), try lab.vmstat("pv1", "oom_kill"))
      try lab.regulate(
        "[host]\nreserve = 64M\n[domain pv1]\nreserve = 32M\nregulate = yes", taking: ["pv1"])
      defer {
        try? lab.unregulate()
        _ = try? lab.guest("pv1", "unfill")
      }
      try lab.awaitMoving("pv1")
      let size = try lab.target("pv1")
      // From the first report that tells of it to the new target; the guest reports every 5 s.
      try lab.text("guest-run pv1 'fill 60' >/dev/null 2>&1 </dev/null &")
      let report =
        "xs read /local/domain/$(xs domid pv1)/data/memtop | sed 's/.* available=//; s/ .*//'"
      _ = try eventually("a report of the burst, or what came of it") {
        let available = Int(try lab.text(report)) ?? Int.max
        return try available < 30_000 || lab.target("pv1") > size ? true : nil
      }
      let time = MachineTime()
      _ = try eventually("a higher target", saw: { (try? lab.regulatorLog()) ?? "" }) {
        try lab.target("pv1") > size ? true : nil
      }
      #expect(time.seconds <= 10, "raised after \(time.seconds) s")
      // All of the burst, and the reserve beside it.
      _ = try eventually("a guest that has room again") {
        try lab.sample()["pv1"].avail ?? 0 > .mib(16) ? true : nil
      }
      #expect(try lab.vmstat("pv1", "pswpout") > before.0, "it did not swap")
      #expect(try lab.vmstat("pv1", "oom_kill") == before.1)
      #expect(try lab.regulation("pv1") == "regulated the policy")
    }

    @Test(
      "the cache of a guest that reads files does not eat the host: its available area is held",
      .enabled(if: Lab.isLong, "make lab-long runs this"))
    func cache() throws {
      try lab.settle("pv2", mib: 160)
      _ = try lab.guest("pv2", "cache 100")
      try lab.regulate(
        "[host]\nreserve = 64M\n[domain pv2]\nreserve = 40M\nregulate = yes", taking: ["pv2"])
      defer {
        try? lab.unregulate()
        _ = try? lab.guest("pv2", "cache-load stop; uncache")
      }
      _ = try lab.guest("pv2", "cache-load start")
      _ = try eventually(
        "a guest within its band", within: 480, saw: { (try? lab.regulatorLog()) ?? "" }
      ) {
        try lab.sample()["pv2"].avail ?? 0 < .mib(72) ? true : nil
      }
      // It reads 100 MiB again and again; what it has for that is its reserve of 40, give or take the
      // dead band of 16, and what the fading peak of its busy memory keeps.
      for _ in 0..<20 {
        let sample = try lab.sample()["pv2"]
        let avail = try #require(sample.avail)
        #expect(avail >= .mib(20) && avail <= .mib(80), "available: \(avail >> 20) MiB")
        #expect(sample.alloc <= .mib(160))
      }
    }

    @Test("when the agent dies its guest is left exactly where it is, whatever it does")
    func agentDies() throws {
      try lab.settle("pv1", mib: 144)
      try lab.regulate(
        "[host]\nreserve = 64M\n[domain pv1]\nreserve = 60M\nregulate = yes", taking: ["pv1"])
      defer {
        try? lab.unregulate()
        _ = try? lab.guest("pv1", "unfill")
        try? lab.dialect("pv1", "memtop")
      }
      try lab.awaitMoving("pv1")
      _ = try lab.guest("pv1", "reporter none")
      try lab.said("pv1: left as it is: its report is stale")
      let target = try lab.target("pv1")
      _ = try lab.guest("pv1", "fill 40")
      for _ in 0..<10 { #expect(try lab.target("pv1") == target) }
      #expect(try lab.regulation("pv1") == "regulated the policy")
    }

    @Test("a guest that lies gains nothing beyond its ceiling, and takes nobody below their floor")
    func liar() throws {
      _ = try lab.guest("pv2", "reporter none")
      // The host has next to nothing to give: what it gets, others must.
      let free = try lab.sample().uncommitted >> 20
      try lab.regulate(
        """
        [host]
        reserve = \(max(1, free - 4))M
        [domain *]
        reserve = 24M
        regulate = yes
        floor = 168M
        [domain pv2]
        ceiling = 224M
        """, taking: ["pv1", "pv2"])
      defer {
        try? lab.unregulate()
        try? lab.dialect("pv2", "memtop")
      }
      try lab.text(
        """
        node=/local/domain/$(xs domid pv2)/data/memtop
        for seq in $(seq 1 60); do
          xs write $node "v1 total=142208 free=0 available=0 cached=$seq swap_total=65532 \
        swap_free=0 swap_in=$((seq * 9000)) swap_out=$((seq * 9000)) psi_some=9000 psi_full=8000 \
        interval=1 seq=$seq"
          usleep 500000
        done
        """)
      let log = try lab.regulatorLog()
      #expect(log.contains("pv2: 192M -> "), "it gained nothing at all:\n\(log)")
      #expect(try lab.target("pv2") <= 224 << 10, "\(log)")
      for guest in ["pv1", "pvh1"] { #expect(try lab.target(guest) >= 168 << 10, "\(log)") }
    }

    @Test("a regulated guest that reboots, or is shut down and created anew, is regulated again")
    func lives() throws {
      defer {
        try? lab.unregulate()
        _ = try? lab.dom0("xl destroy pv9")
      }
      try lab.text("guest-create pv9 && guest-await pv9")
      try lab.regulate("[host]\nreserve = 64M\n[domain pv9]\nregulate = yes", taking: ["pv9"])
      try lab.awaitRegulated("pv9")
      for end in ["reboot -f", "poweroff -f"] {
        let former = try lab.text("xs domid pv9")
        // The reply must not be waited for: the guest is gone before it could come.
        _ = try lab.guest("pv9", "(usleep 300000; \(end)) >/dev/null 2>&1 &")
        _ = try eventually("the end of domain \(former)") {
          try lab.dom0("xl domname \(former)").status == 0 ? nil : true
        }
        if end == "poweroff -f" { try lab.text("guest-create pv9") }
        try lab.text("guest-await pv9")
        #expect(try lab.text("xs domid pv9") != former)
        try lab.awaitRegulated("pv9")
      }
      let log = try lab.regulatorLog()
      #expect(!log.contains("pv9: taken back") && !log.contains("pv9: released"), "\(log)")
      // One that is created anew has a uuid of its own: the policy takes it as it took the first.
      #expect(
        log.split(separator: "\n").count { $0 == "pv9: handed over by the policy" } == 2, "\(log)")
    }

    @Test("beside squeezed it refuses to start, and ends where squeezed comes later")
    func squeezed() throws {
      try lab.text("xenstore-write /squeezed/pid 1")
      defer { _ = try? lab.dom0("xenstore-rm /squeezed") }
      let refused = try lab.dom0("memtop regulate")
      #expect(refused.status == 2, "\(refused)")
      #expect(refused.errors.contains("squeezed already sets the targets here"), "\(refused)")
      try lab.text("xenstore-rm /squeezed")
      try lab.regulate("[host]\nreserve = 64M\n[domain pv1]\nregulate = yes", taking: ["pv1"])
      defer { try? lab.unregulate() }
      try lab.text("xenstore-write /squeezed/pid 1")
      try lab.said("memtop: squeezed already sets the targets here")
      _ = try eventually("an end") {
        try lab.dom0("test -e /proc/$(cat /run/regulate.pid)").status == 0 ? nil : true
      }
    }

    @Test("M hands a guest over and takes it back; a target that somebody sets takes it out")
    func hands() throws {
      try lab.regulate("[host]\nreserve = 64M")
      defer { try? lab.unregulate() }
      let terminal = try Terminal(lab)
      try terminal.open()
      try terminal.see("regulator idle")
      try terminal.select("pv1")
      try terminal.press("M", toSee: "Hand pv1 to the regulator?")
      try terminal.press("y", "Enter")
      try terminal.see("regulator 1")
      #expect(try lab.regulation("pv1") == "regulated root")
      let warned = try lab.dom0("memtop set pv1 200M")
      #expect(warned.status == 2 && warned.errors.contains("[regulated]"), "\(warned)")
      try lab.dom0("memtop set pv1 200M --yes").orThrow()
      try lab.said("pv1: released: root set its target to 200M")
      #expect(try lab.regulation("pv1") == "released root set its target to 200M")
      try terminal.see("regulator idle")
      try terminal.press("M", toSee: "Hand pv1 to the regulator?")
      try terminal.press("y", "Enter")
      try terminal.see("regulator 1")
      try terminal.press("M", toSee: "Take pv1 back")
      try terminal.press("y", "Enter")
      try terminal.see("regulator idle")
      let second = try lab.dom0("memtop regulate")
      #expect(second.status == 73, "\(second)")
      let pid = try lab.text("cat /run/regulate.pid")
      #expect(second.errors.contains("(pid \(pid))"), "\(second)")
      try lab.text("kill -9 $(cat /run/regulate.pid)")
      try terminal.see("regulator hangs")
      try terminal.quit()
    }
  }
}

extension Lab {
  fileprivate func awaitRegulated(_ guest: String) throws {
    _ = try eventually("\(guest) regulated", saw: { (try? regulatorLog()) ?? "" }) {
      try regulation(guest) == "regulated the policy" ? true : nil
    }
  }

  func unregulateIfRunning() throws {
    if try dom0("test -e /run/regulate.pid").status == 0 { try unregulate() }
  }
}
