import Foundation
import Testing

extension XenLab {
  /// Where xenstored runs in a domain of its own, dom0 has no socket of it, only the kernel's device.
  /// Its own domain is not tested: Debian has none. But what memtop sees of it is this.
  @Suite("a xenstored without a socket", .timeLimit(.minutes(30)))
  struct KernelDeviceTests {
    let lab: Lab

    init() throws {
      lab = try Lab.with(.xenstored)
      try lab.settle("pv1")
    }

    private func hide() throws { try lab.text("mv /run/xenstored/socket /run/xenstored/away") }
    private func show() throws { try lab.text("mv /run/xenstored/away /run/xenstored/socket") }

    @Test("memtop shows figures, sets a target and follows what others set, over the device")
    func works() throws {
      try hide()
      defer { try? show() }
      #expect(try lab.sample()["pv1"].target == .mib(192))
      let set = try lab.dom0("memtop set pv1 208M --yes --wait")
      #expect(set.status == 0 && set.output.hasSuffix(", reached\n"), "\(set)")
      #expect(try lab.target("pv1") == 208 << 10)
      let terminal = try Terminal(lab)
      try terminal.open()
      try lab.text("xl mem-set pv1 200")
      try terminal.see("pv1 target 208M → 200M")
      try terminal.quit()
    }

    /// The kernel waits for some answers so that not even SIGKILL ends a process; the shell waits with it.
    @Test("where xenstored does not answer memtop says so, and can be ended")
    func hangs() throws {
      try hide()
      defer { try? show() }
      let ended = try lab.dom0(
        """
        daemon=$(pidof xenstored); kill -STOP $daemon
        (sleep 60; kill -CONT $daemon) >/dev/null 2>&1 </dev/null & watchdog=$!
        begin=$(cut -d . -f 1 /proc/uptime)
        timeout 15 memtop -b -n 1 & batch=$!
        timeout 15 memtop set pv1 208M --yes & set=$!
        wait $batch $set
        echo $(($(cut -d . -f 1 /proc/uptime) - begin))
        kill -CONT $daemon; kill $watchdog; true
        """)
      #expect(ended.errors.contains("memtop: xenstore has not responded for 5 s"), "\(ended)")
      let seconds = Int(ended.output.trimmingCharacters(in: .newlines))
      #expect(seconds.map { $0 < 50 } == true, "\(ended)")
      #expect(try lab.target("pv1") == 192 << 10)
    }
  }
}
