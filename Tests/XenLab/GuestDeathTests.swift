import Testing

/// Needs no machine: texts as real ones have them.
@Suite("what killed a guest: its memory, or the emulated machine", .timeLimit(.minutes(120)))
struct GuestDeathTests {
  private static let quietXen = "(XEN) No SSBD controls available\n"
  private static let tripleFault =
    quietXen + "(XEN) d3v0 Triple fault - invoking HVM shutdown action 1\n"
  private static let boot = "[    1.250403] ACPI Error: No handler or method for GPE 07\n"
  private static let killed =
    boot + "[   61.4] Out of memory: Killed process 212 (sh) total-vm:4444kB, anon-rss:880kB\n"

  private func isMachine(_ domid: Int, xen: String, console: String) -> Bool {
    !GuestDeath.judge(domid: domid, xen: xen, console: console).isOfMemory
  }

  @Test("a triple fault of its processor is the machine's")
  func tripleFault() {
    #expect(
      GuestDeath.judge(domid: 3, xen: Self.tripleFault, console: Self.boot)
        == .machine("(XEN) d3v0 Triple fault - invoking HVM shutdown action 1"))
  }

  @Test("an end without a word of memory is the machine's")
  func withoutAWord() {
    #expect(isMachine(3, xen: Self.quietXen, console: Self.boot))
    #expect(isMachine(3, xen: "", console: ""))
  }

  @Test(
    "a word of memory on its console is never excused, not even beside a triple fault",
    arguments: [
      "Out of memory: Killed process 212 (sh) total-vm:4444kB",
      "sh invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0",
      "Kernel panic - not syncing: System is deadlocked on memory",
      "Kernel panic - not syncing: Out of memory: compulsory panic_on_oom is enabled",
      "Memory cgroup out of memory: Killed process 7 (fill)",
      "kworker/0:1: page allocation failure: order:0, mode:0x40cc0(GFP_KERNEL)",
    ])
  func memory(_ line: String) {
    let console = Self.boot + "[  61.402] \(line)\n[   62.0] Rebooting in 5 seconds..\n"
    for xen in [Self.quietXen, Self.tripleFault] {
      #expect(!isMachine(3, xen: xen, console: console), "\(xen)")
    }
  }

  @Test("Xen's own word of memory counts, for the domain that it names")
  func populateOnDemand() {
    let line =
      "(XEN) p2m_pod_demand_populate: Dom3 out of PoD memory! (tot=49152 ents=4096 dom3)\n"
    #expect(!isMachine(3, xen: line, console: Self.boot))
    #expect(isMachine(4, xen: line, console: Self.boot))
  }

  @Test("a triple fault of another domain says nothing of this one")
  func another() {
    for domid in [1, 30, 33] {
      let death = GuestDeath.judge(domid: domid, xen: Self.tripleFault, console: Self.killed)
      #expect(death != .machine("(XEN) d3v0 Triple fault - invoking HVM shutdown action 1"))
      let other = GuestDeath.judge(domid: domid, xen: Self.tripleFault, console: Self.boot)
      #expect("\(other)".contains("domain \(domid) ended"))
    }
  }
}
