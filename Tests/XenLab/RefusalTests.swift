import Foundation
import Testing

extension XenLab {
  @Suite("where memtop cannot work it says why, in one line", .timeLimit(.minutes(120)))
  struct RefusalTests {
    let lab: Lab

    init() throws { lab = try Lab.with(.xenstored) }

    /// Runs memtop where `file` reads as `text`.
    private func memtop(_ file: String, reading text: String) throws -> Command {
      try lab.dom0(
        """
        printf '\(text)' >/run/lab-mask; mount --bind /run/lab-mask \(file) || exit 99
        memtop -b -n 1; status=$?; umount \(file); exit $status
        """)
    }

    @Test("not root: exit 77")
    func notRoot() throws {
      let refused = try lab.dom0("su operator -s /bin/sh -c 'memtop'")
      #expect(refused.status == 77, "\(refused)")
      #expect(refused.errors.contains("only root"), "\(refused)")
      #expect(refused.output == "" && refused.errors.split(separator: "\n").count == 1)
    }

    @Test("the library of the running release is missing: its file and its package")
    func noLibrary() throws {
      let refused = try memtop("/usr/lib/x86_64-linux-gnu/libxenctrl.so.4.17", reading: "nothing")
      #expect(refused.status == 69, "\(refused)")
      #expect(refused.errors.contains("libxenctrl.so.4.17"), "\(refused)")
      #expect(refused.errors.contains("libxenmisc4.17"), "\(refused)")
      #expect(refused.errors.split(separator: "\n").count == 1)
    }

    @Test("a Xen that is too old: its version")
    func tooOld() throws {
      let refused = try memtop("/sys/hypervisor/version/minor", reading: "13\\n")
      #expect(refused.status == 69, "\(refused)")
      #expect(refused.errors.contains("Xen 4.13"), "\(refused)")
    }

    @Test("not a dom0: what was looked for, and the demo")
    func notDom0() throws {
      let refused = try memtop("/proc/xen/capabilities", reading: "")
      #expect(refused.status == 69, "\(refused)")
      #expect(refused.errors.contains("/proc/xen/capabilities"), "\(refused)")
      #expect(refused.errors.contains("memtop --demo"), "\(refused)")
    }
  }
}
