import Foundation
import Testing

extension XenLab {
  @Suite("memtop free", .timeLimit(.minutes(120)))
  struct FreeTests {
    let lab: Lab

    init() throws { lab = try Lab.with(.xenstored) }

    @Test("takes from the guests that can spare it, and what was asked is free then")
    func frees() throws {
      // Set by memtop and reached: known to follow, as the guard wants it of a PVH guest.
      for guest in ["pv1", "pv2", "pvh1"] { try lab.settle(guest) }
      try lab.text(
        "for guest in pv1 pv2 pvh1; do memtop set $guest 256M --yes --wait || exit; done")
      defer { for guest in ["pv1", "pv2", "pvh1"] { try? lab.settle(guest) } }
      let wanted = (try lab.sample().uncommitted >> 20) + 48
      let plan = try lab.dom0("memtop free \(wanted)M --dry-run")
      #expect(plan.status == 0, "\(plan)")
      #expect(try lab.target("pv1") == 256 << 10, "a dry run sets nothing")
      let free = try lab.dom0("memtop free \(wanted)M --yes")
      #expect(free.status == 0, "\(free)")
      #expect(try lab.sample().uncommitted >> 20 >= wanted, "\(free)")
      for guest in ["pv1", "pv2", "pvh1"] {
        #expect(try lab.guest(guest, "echo alive") == "alive\n")
      }
    }

    /// All of them need less than 1,000 MiB: memtop's figures are whole MiB there.
    @Test(
      "frees for a domain what libxl says that xl create needs for it",
      arguments: [
        ("pv", 100, 100, 1), ("pv", 256, 4096, 2), ("pvh", 192, 320, 1), ("pvh", 100, 65536, 16),
        ("pvh", 333, 1001, 3), ("hvm", 200, 200, 1), ("hvm", 201, 8191, 8),
      ])
    func need(_ type: String, memory: Int, most: Int, vcpus: Int) throws {
      let libxl = try #require(
        Int64(
          try lab.text("need-memory \(type) \(memory) \(most) \(vcpus)")
            .trimmingCharacters(in: .newlines)))
      let plan = try lab.dom0(
        "memtop free --dry-run --for"
          + " type=\(type),memory=\(memory),maxmem=\(most),vcpus=\(vcpus)")
      #expect(plan.output.hasPrefix("xl create needs \(libxl >> 10)M: "), "\(libxl): \(plan)")
    }

    @Test("frees for a domain's configuration file")
    func file() throws {
      let libxl = try #require(
        Int64(try lab.text("need-memory pvh 192 320 1").trimmingCharacters(in: .newlines)))
      let plan = try lab.dom0("memtop free --dry-run --for /etc/xen/pvh1.cfg")
      #expect(plan.output.hasPrefix("xl create needs \(libxl >> 10)M: "), "\(libxl): \(plan)")
    }

    @Test("what cannot be found is refused whole")
    func tooMuch() throws {
      let targets = try ["pv1", "pv2", "pvh1"].map { try lab.target($0) }
      let free = try lab.dom0("memtop free 1900M --yes")
      #expect(free.status == 2, "\(free)")
      #expect(try ["pv1", "pv2", "pvh1"].map { try lab.target($0) } == targets)
    }

    @Test("where xl create would take it from dom0 by itself, the refusal says so")
    func autoballoon() throws {
      let free = try lab.dom0(
        """
        echo 'autoballoon="on"' >/run/xl.conf; mount --bind /run/xl.conf /etc/xen/xl.conf
        memtop free 1900M --dry-run; status=$?; umount /etc/xen/xl.conf; exit $status
        """)
      #expect(free.status == 2, "\(free)")
      let taken = "xl create takes the missing memory from dom0 (autoballoon in /etc/xen/xl.conf)"
      #expect(free.errors.contains(taken), "\(free)")
    }
  }
}
