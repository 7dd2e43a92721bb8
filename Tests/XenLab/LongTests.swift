import Foundation
import Testing

extension XenLab {
  /// What takes minutes: `make lab-long`.
  @Suite(
    "slow proofs", .enabled(if: Lab.isLong, "make lab-long runs these"), .timeLimit(.minutes(120)))
  struct LongTests {
    let lab: Lab

    init() throws { lab = try Lab.with(.xenstored) }

    @Test("memtop killed at any moment of a change leaves max_pages at or above the target")
    func killedAnywhere() throws {
      try lab.settle("pv1")
      // From the start of a process to well behind the change, some milliseconds further each time.
      let rounds = try lab.text(
        """
        for round in $(seq 1 60); do
          size=$((193 + round % 40))
          memtop set pv1 ${size}M --yes >/dev/null 2>&1 &
          usleep $((round * 15000)); kill -9 $! 2>/dev/null; wait $! 2>/dev/null
          \(Lab.wait(until: #"! ps | grep -q '[a]pply-target\|[m]emtop set'"#))
          target=$(xs read /local/domain/$(xs domid pv1)/memory/target)
          limit=$(memtop -b -n 1 --format csv --fields name,limit | sed -n 's/.*,pv1,//p')
          echo $target $((limit / 1024))
        done
        """, within: 3600
      ).split(separator: "\n").map { $0.split(separator: " ").compactMap { Int($0) } }
      #expect(rounds.count == 60)
      for round in rounds {
        #expect(round.count == 2 && round[1] >= round[0], "target and limit: \(round)")
      }
      #expect(Set(rounds.map(\.[0])).count > 1, "no change was ever made: \(rounds)")
      try lab.settle("pv1")
    }

    @Test("a regulator that is killed at any moment leaves every guest a target that is safe")
    func regulatorKilled() throws {
      for guest in ["pv1", "pv2"] { try lab.settle(guest) }
      defer {
        try? lab.unregulate()
        for guest in ["pv1", "pv2"] { _ = try? lab.guest(guest, "unfill") }
      }
      // One guest that grows and one that has too much, so that there is always something to set.
      for round in 0..<20 {
        _ = try lab.guest("pv1", round % 4 == 0 ? "unfill" : "fill 20")
        try lab.regulate(
          "[host]\nreserve = 64M\n[domain pv?]\nregulate = yes\nreserve = 24M", taking: ["pv1"])
        try lab.text("usleep $((6000000 + \(round) * 211000)); kill -9 $(cat /run/regulate.pid)")
        try lab.text(Lab.wait(until: "! ps | grep -q '[a]pply-target'"))
        for domain in try lab.sample().domains where domain.name.hasPrefix("pv") {
          let target = try #require(domain.target)
          let limit = try #require(domain.limit)
          let busy = try #require(domain.busy)
          #expect(limit >= target, "round \(round): \(domain)")
          #expect(target > busy, "round \(round): \(domain)")
        }
      }
      for guest in ["pv1", "pv2"] { #expect(try lab.guest(guest, "echo alive") == "alive\n") }
    }

    @Test("ten minutes of random load on three regulated guests: nobody is killed")
    func randomLoad() throws {
      let guests = ["pv1", "pv2", "pvh1"]
      for guest in guests { try lab.settle(guest) }
      let before = try guests.map { try lab.vmstat($0, "oom_kill") }
      try lab.regulate(
        "[host]\nreserve = 64M\n[domain *]\nreserve = 32M\nregulate = yes", taking: guests)
      defer { try? lab.unregulate() }
      try lab.text(
        "rm -f /run/load.memtop*; memtop record /run/load.memtop >/run/record.log 2>&1 </dev/null &"
          + " echo $! >/run/record.pid")
      try lab.text(Self.load, within: 3600)
      try lab.text(
        "kill $(cat /run/record.pid); \(Lab.wait(until: "! test -e /proc/$(cat /run/record.pid)"))"
      )
      let log = try lab.regulatorLog()
      for (guest, before) in zip(guests, before) {
        #expect(try lab.vmstat(guest, "oom_kill") == before, "\(guest)\n\(log)")
        #expect(try lab.regulation(guest) == "regulated the policy", "\(log)")
      }
      #expect(log.split(separator: "\n").count { $0.contains(" -> ") } > 10, "\(log)")
      // For whoever wants to see how near the simulation comes to it.
      if let folder = ProcessInfo.processInfo.environment["MEMTOP_LAB_OUT"] {
        try lab.get("/run/load.memtop", folder + "/guest-load.memtop")
        try lab.get("/run/load.log", folder + "/guest-load.log")
      }
    }

    /// Every few seconds one of the guests takes 10 to 50 MiB more, up to 130, or gives all back, or
    /// reads a file; by a generator of its own, so that it is the same each time. What each holds before
    /// and after, by the clock that the recording has, stands in /run/load.log.
    private static let load = """
      seed=7
      random() { seed=$(((seed * 1103515245 + 12345) % 2147483648)); number=$((seed / 65536 % $1)); }
      note() { echo "$(date +%s) $1 $2" >&3; }
      exec 3>/run/load.log
      end=$(($(date +%s) + 600))
      pv1=0 pv2=0 pvh1=0
      for g in pv1 pv2 pvh1; do note $g 0; done
      while [ $(date +%s) -lt $end ]; do
        random 3; case $number in 0) g=pv1 ;; 1) g=pv2 ;; *) g=pvh1 ;; esac
        random 5; what=$number
        random 41; mib=$((10 + number))
        eval held=\\$$g
        note $g $held
        if [ $what -eq 0 ] || [ $((held + mib)) -gt 130 ]; then
          guest-run $g unfill; held=0
        elif [ $what -eq 1 ]; then
          guest-run $g 'cache 60'
        else
          guest-run $g "fill $mib"; held=$((held + mib))
        fi
        eval $g=$held
        note $g $held
        sleep 5
      done >/dev/null
      for g in pv1 pv2 pvh1; do guest-run $g unfill; done
      """

    @Test("a guest that its OOM killer ends died of its memory")
    func deathOfMemory() throws {
      try lab.text("guest-create dies memtop lab.swap=none && guest-await dies")
      defer { _ = try? lab.dom0("xl destroy dies") }
      let domid = try #require(Int(try lab.text("xs domid dies")))
      _ = try lab.guest(
        "dies", "echo 1 >/proc/sys/vm/panic_on_oom; (usleep 300000; fill 400) >/dev/null 2>&1 &")
      _ = try eventually("its end") { try lab.dom0("xs domid dies").status == 0 ? nil : true }
      let console = try lab.text("cat /var/log/xen/console/guest-dies.log")
      let death = GuestDeath.judge(domid: domid, xen: try lab.text("xl dmesg"), console: console)
      #expect(death.isOfMemory, "\(death)\n\(console)")
    }

    @Test("a guest that reboots though nobody asked is the machine's failure, and is there again")
    func reboot() throws {
      let domid = try lab.text("xs domid pv2")
      _ = try lab.guest("pv2", "(usleep 300000; reboot -f) >/dev/null 2>&1 &")
      _ = try eventually("another domain") {
        try lab.dom0("xs domid pv2").output == domid + "\n" ? nil : true
      }
      #expect(try lab.machineFailure()?.contains("pv2: domain \(domid) ended") == true)
      #expect(try lab.guest("pv2", "echo alive") == "alive\n")
      #expect(try lab.machineFailure() == nil)
    }

    @Test("raised and lowered twenty times, a guest and its target never part")
    func manyTimes() throws {
      for round in 0..<20 {
        let mib = round % 2 == 0 ? 240 : 192
        let set = try lab.dom0("memtop set pvh1 \(mib)M --yes --wait=120")
        #expect(set.status == 0, "round \(round): \(set)")
        #expect(try lab.target("pvh1") == mib << 10)
      }
    }
  }
}
