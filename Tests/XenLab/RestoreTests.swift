import Foundation
import Testing

extension XenLab {
  @Suite("a guest that is restored", .timeLimit(.minutes(120)))
  struct RestoreTests {
    let lab: Lab

    init() throws { lab = try Lab.with(.xenstored) }

    /// dom0's root has no room for what is saved, /run has. libxl sets its limit first and its target last (libxl_dom.c), and claims nothing.
    @Test("has its memory promised from the beginning, although it has no target yet")
    func restore() throws {
      try lab.text("guest-create pvslow && guest-await pvslow")
      defer {
        _ = try? lab.text(
          "touch /run/slow-go; xl destroy pvslow; rm -f /run/slow-pipe /run/slow-go /run/saved")
      }
      let before = try lab.sample()
      let held = try before["pvslow"].alloc
      try lab.text("xl save pvslow /run/saved")
      try lab.text(
        """
        rm -f /run/slow-go /run/slow-pipe; mkfifo /run/slow-pipe
        setsid sh -c '{ head -c 33554432; \(Lab.wait(until: "[ -e /run/slow-go ]", within: 1800)); cat; } \
        </run/saved >/run/slow-pipe' >/dev/null 2>&1 </dev/null &
        setsid xl restore /run/slow-pipe >/run/slow-log 2>&1 </dev/null &
        """)
      var last = ""
      let during: Sample = try eventually("the guest is being received", saw: { last }) {
        let sample = try lab.sample()
        last = "\(sample)"
        guard let slow = try? sample["pvslow"], slow.state == "building", slow.alloc > 8 << 20
        else { return nil }
        return sample
      }
      let slow = try during["pvslow"]
      #expect(slow.target == nil && slow.alloc < held)
      #expect(during.promised >= held - slow.alloc, "\(during)")
      // Nobody else can have what it is still to get.
      #expect(abs(during.uncommitted - before.uncommitted) <= 4 << 20, "\(before) \(during)")
      let free = try lab.dom0("memtop free \((during.uncommitted >> 20) + 16)M --dry-run")
      #expect(free.output.contains("pvslow: gives nothing"), "\(free)")

      try lab.text("touch /run/slow-go")
      let after: Sample = try eventually("the guest is there", saw: { last }) {
        let sample = try lab.sample()
        last = "\(sample)" + (try lab.text("cat /run/slow-log"))
        guard let slow = try? sample["pvslow"], slow.target != nil else { return nil }
        return sample
      }
      #expect(abs(after.uncommitted - during.uncommitted) <= 4 << 20, "\(during) \(after)")
    }
  }
}
