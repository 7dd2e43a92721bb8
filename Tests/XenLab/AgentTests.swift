import Foundation
import Testing

extension XenLab {
  @Suite("memtop-agent in real guests", .timeLimit(.minutes(120)))
  struct AgentTests {
    let lab: Lab

    init() throws { lab = try Lab.with(.xenstored) }

    @Test("memtop reads its report, of a guest as it is", arguments: ["pv1", "pvh1"])
    func asTheyAre(_ guest: String) throws {
      try lab.settle(guest)
      let line = try lab.nextLine(of: guest, interval: 5)
      for name in ["swap_total=65532", "swap_in=", "psi_some=", "psi_full=", "interval=5", "seq="] {
        #expect(line.contains(" \(name)"), "\(line)")
      }
      let sample = try lab.sample()[guest]
      #expect(sample.dialect == "memtop" && sample.swap != nil && sample.os == "memtop lab")
    }

    @Test("each shell writes the same", arguments: ["dash", "busybox ash"])
    func shells(_ shell: String) throws {
      let names = try lab.guest(
        "pv1", "PATH=/usr/lib/debian:$PATH \(shell) /usr/bin/memtop-agent -1n | sed 's/=[0-9]*//g'")
      #expect(
        names.hasPrefix(
          """
          data/memtop v1 total free available cached swap_total swap_free swap_in swap_out zram \
          zram_in psi_some psi_full interval seq
          data/meminfo_total
          """), "\(names)")
    }

    @Test("a kernel without PSI leaves its names out, and where swap is off those of swap")
    func without() throws {
      try lab.text("guest-create less memtop psi=0 && guest-await less")
      defer { _ = try? lab.text("xl destroy less") }
      let line = try lab.line(of: "less")
      #expect(!line.contains("psi_") && line.contains("swap_free="), "\(line)")
      let sample = try lab.sample()["less"]
      #expect(sample.dialect == "memtop" && sample.avail != nil && sample.swap != nil, "\(sample)")
      _ = try lab.guest("less", "swapoff /dev/zram0; reporter none; reporter memtop")
      let bare = try lab.line(of: "less")
      #expect(!bare.contains("psi_") && !bare.contains("swap_"), "\(bare)")
      let without = try lab.sample()["less"]
      #expect(without.avail != nil && without.swap == nil, "\(without)")
    }

    @Test("a guest that moves its own balloon is shown as managing itself, and is not stuck")
    func selfBalloon() throws {
      try lab.settle("pv2")
      try lab.setAgent("pv2", "-i 5 --self-balloon")
      defer { try? lab.setAgent("pv2", "-i 5") }
      // What it uses, a cushion and what its kernel keeps are some 100 MiB.
      try lab.awaitAllocation("pv2", "that gave back") { $0 < .mib(116) }
      #expect(try lab.target("pv2") == 192 << 10)
      #expect(try lab.line(of: "pv2").contains(" self_target="))
      let terminal = try Terminal(lab)
      try terminal.open()
      try terminal.select("pv2")
      try terminal.press("Enter")
      try terminal.see("the guest is self-ballooning")
      try terminal.see("it is self-ballooning")
      try terminal.press("q")
      try terminal.quit()
      // Its programs take memory, and it takes it back from the host.
      _ = try lab.guest("pv2", "fill 80")
      defer { _ = try? lab.guest("pv2", "unfill") }
      try lab.awaitAllocation("pv2", "that took back") { $0 > .mib(140) }
      // Told to end, it leaves the host's target to hold.
      try lab.setAgent("pv2", "-i 5")
      try lab.awaitSize("pv2", mib: 192)
      #expect(try !lab.line(of: "pv2").contains("self_target"))
    }

    @Test(
      "cache is held near its limit while a file is read again and again",
      .enabled(if: Lab.isLong, "make lab-long runs this"))
    func cacheLimit() throws {
      try lab.settle("pv2")
      _ = try lab.guest("pv2", "cache 100")
      try lab.setAgent("pv2", "-i 5")
      defer {
        _ = try? lab.guest("pv2", "cache-load stop; uncache")
        try? lab.setAgent("pv2", "-i 5")
      }
      _ = try lab.guest("pv2", "cache-load start")
      let free = try lab.guest("pv2", "cache-load watch 20")
      try lab.setAgent("pv2", "-i 5 --cache-limit 24M")
      _ = try eventually("cache that was given back") {
        try lab.cached(lab.guest("pv2", "cache-load watch 1"))[0] < 40_000 ? true : nil
      }
      let held = try lab.cached(lab.guest("pv2", "cache-load watch 40")).sorted()
      #expect(lab.cached(free).min() ?? 0 > 90_000, "without a limit: \(free)")
      // 24 MiB are 24576 KiB; a look may come late on a busy machine.
      #expect(abs(held[held.count / 2] - 24_576) < 6_144, "KiB of cache: \(held)")
      #expect(held[held.count * 9 / 10] < 49_152, "KiB of cache: \(held)")
      #expect(try lab.guest("pv2", "cat /proc/sys/vm/swappiness") == "60\n")
    }
  }
}

extension Lab {
  /// The guest's last report.
  func line(of guest: String) throws -> String {
    try text("xs read /local/domain/$(xs domid \(guest))/data/memtop")
  }

  /// A report that is not there yet, of an agent that promises one so often.
  func nextLine(of guest: String, interval: Int) throws -> String {
    let before = try line(of: guest)
    var last = before
    return try eventually("a report of \(guest) every \(interval) s", saw: { last }) {
      last = try line(of: guest)
      return last != before && last.contains(" interval=\(interval) ") ? last : nil
    }
  }

  func awaitAllocation(_ guest: String, _ what: String, _ isMeant: (Int64) -> Bool) throws {
    var last: Int64 = 0
    _ = try eventually("a guest \(what)", within: 240, saw: { "it holds \(last)" }) { () -> Bool? in
      last = try sample()[guest].alloc
      return isMeant(last) ? true : nil
    }
  }

  /// Starts a guest's agent anew with other options.
  func setAgent(_ guest: String, _ options: String) throws {
    _ = try self.guest(
      guest, "echo '\(options)' >/run/agent-options; reporter none; reporter memtop")
  }

  /// The amounts that `cache-load watch` saw, in KiB.
  func cached(_ text: String) -> [Int] { text.split(separator: "\n").compactMap { Int($0) } }
}
