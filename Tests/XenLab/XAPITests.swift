import Foundation
import Testing

extension XenLab {
  /// Real guests on a real Xen; XAPI, its xe and its squeezed are fakes.
  @Suite("where XAPI owns the targets", .timeLimit(.minutes(120)))
  struct XAPITests {
    let lab: Lab

    init() throws {
      lab = try Lab.with(.xenstored)
      try lab.settle("pv1")
    }

    @Test("the range is written, the balloon moves, and memtop follows")
    func set() throws {
      try lab.startFakeXAPI("pv1")
      defer { try? lab.endFakeXAPI("pv1") }
      let set = try lab.dom0("memtop set pv1 176M --wait --yes")
      #expect(set.status == 0, "\(set)")
      #expect(set.output.hasSuffix(", reached\n"), "\(set)")
      #expect(set.errors.contains("Dynamic range: 128M to 192M now, only 176M after"), "\(set)")
      #expect(try lab.target("pv1") == 176 << 10)
      #expect(try lab.text("xl list pv1").contains(" 176 "))
      let range = "cat /run/fake-xe.called"
      #expect(try lab.text(range).contains("min=184549376 max=184549376"))
    }

    @Test("the keys set ranges, and u gives the operator's range back")
    func keys() throws {
      try lab.startFakeXAPI("pv1")
      defer { try? lab.endFakeXAPI("pv1") }
      let terminal = try Terminal(lab)
      try terminal.open()
      try terminal.see("targets through XAPI")
      try terminal.select("pv1")

      try terminal.press("[", toSee: "Staged: ")
      try terminal.apply()
      try lab.awaitRange(152, 152)
      try lab.awaitSize("pv1", mib: 152)
      // The range is there before xe has ended, and with it the change.
      try terminal.see("u undo")
      try terminal.press("u", toSee: "Staged: ")
      try terminal.apply()
      try lab.awaitRange(128, 192)
      try lab.awaitSize("pv1", mib: 160)

      try terminal.stage("192M")
      try terminal.apply()
      try lab.awaitRange(192, 192)
      try lab.awaitSize("pv1", mib: 192)

      // Its programs need far less. There is no advice while it is on its way, and memtop sees the end of
      // that after xl.
      try terminal.see("›", " pv1 ", "192M    192M")
      try terminal.see("a advice")
      try terminal.press("a", toSee: "Staged: ")
      try terminal.apply()
      let advised = try lab.awaitRange { $0 == $1 && $0 < 192 }
      try lab.awaitSize("pv1", mib: advised)

      try terminal.press("F")
      try terminal.see("should be free")
      try terminal.type("\((try lab.sample().uncommitted >> 20) + 8)M")
      try terminal.plan()
      try terminal.press("y")
      try lab.awaitRange { $0 == $1 && $0 <= advised - 8 }
      try terminal.quit()
      let log = try lab.text("grep 'memtop: .*pv1 (' /var/log/messages | tail -n 5")
      #expect(log.split(separator: "\n").allSatisfy { $0.contains(": written; now ") }, "\(log)")
    }

    @Test("memtop free lowers ranges, and only those that XAPI has")
    func frees() throws {
      try lab.startFakeXAPI("pv1")
      defer { try? lab.endFakeXAPI("pv1") }
      // Raised and reached, so known to follow.
      try lab.text("memtop set pv1 192M --wait --yes")
      let wanted = (try lab.sample().uncommitted >> 20) + 8
      let free = try lab.dom0("memtop free \(wanted)M --yes")
      #expect(free.status == 0, "\(free)")
      #expect(free.errors.contains("Dynamic range: 192M now, only 184M after"), "\(free)")
      #expect(try lab.sample().uncommitted >> 20 >= wanted, "\(free)")
      try lab.awaitRange { $0 == $1 && $0 <= 184 }
    }

    @Test("dom0's memory is XAPI's, and memtop regulate asks for a word in the policy")
    func refuses() throws {
      try lab.startFakeXAPI("pv1")
      defer { try? lab.endFakeXAPI("pv1") }
      let dom0 = try lab.dom0("memtop set dom0 500M --force")
      #expect(dom0.status == 2, "\(dom0)")
      #expect(dom0.errors.contains("owned-by-xapi"), "\(dom0)")
      let regulate = try lab.dom0("memtop regulate")
      #expect(regulate.status == 2, "\(regulate)")
      #expect(regulate.errors.contains("owner = xapi"), "\(regulate)")
    }
  }
}

extension Lab {
  /// Puts a FAKE xe into dom0, and a FAKE squeezed beside it, which sets a target that is not in the middle
  /// of its dynamic range every second.
  fileprivate func startFakeXAPI(_ guest: String) throws {
    try text(
      """
      set -e
      id=$(xs domid \(guest))
      d=/local/domain/$id/memory
      xenstore-write $d/dynamic-min 131072 $d/dynamic-max 196608
      mkdir -p /opt/xensource/bin
      cat > /opt/xensource/bin/xe <<END
      #!/bin/sh
      # A FAKE of XAPI's xe, for tests.
      echo "\\$@" > /run/fake-xe.called
      for word in "\\$@"; do
        case \\$word in
        min=*) min=\\${word#min=} ;;
        max=*) max=\\${word#max=} ;;
        esac
      done
      xenstore-write $d/dynamic-min \\$((min / 1024)) $d/dynamic-max \\$((max / 1024))
      END
      chmod 755 /opt/xensource/bin/xe
      cat > /run/fake-squeezed <<END
      # A FAKE of XAPI's squeezed, for tests.
      while sleep 1; do
        low=\\$(xenstore-read $d/dynamic-min) && high=\\$(xenstore-read $d/dynamic-max) || exit
        target=\\$(((low + high) / 2))
        [ \\$(xenstore-read $d/target) = \\$target ] || xenstore-write $d/target \\$target
      done
      END
      sh /run/fake-squeezed > /dev/null 2>&1 < /dev/null &
      echo $! > /run/fake-squeezed.pid
      """)
    // The middle of the range is where it is told to be first.
    _ = try eventually("squeezed's first target") {
      try target(guest) == 160 << 10 ? true : nil
    }
  }

  /// Waits until pv1's dynamic range is as wanted, in MiB.
  /// - Returns: its low end.
  @discardableResult
  fileprivate func awaitRange(_ isWanted: (Int, Int) -> Bool) throws -> Int {
    var last = ""
    return try eventually("another dynamic range", saw: { last }) {
      last = try text(
        "d=/local/domain/$(xs domid pv1)/memory; xenstore-read $d/dynamic-min $d/dynamic-max")
      let ends = last.split(separator: "\n").compactMap { Int($0) }.map { $0 >> 10 }
      return isWanted(ends[0], ends[1]) ? ends[0] : nil
    }
  }

  fileprivate func awaitRange(_ low: Int, _ high: Int) throws {
    try awaitRange { ($0, $1) == (low, high) }
  }

  fileprivate func endFakeXAPI(_ guest: String) throws {
    try text(
      """
      kill $(cat /run/fake-squeezed.pid)
      rm -rf /opt/xensource /run/fake-squeezed /run/fake-squeezed.pid
      d=/local/domain/$(xs domid \(guest))/memory
      xenstore-rm $d/dynamic-min; xenstore-rm $d/dynamic-max; true
      """)
  }
}
