import Foundation
import Testing

extension XenLab {
  /// Xen itself makes two nodes of the machine's memory (numa=fake=2); its processor is on node 0.
  @Suite("a host with two NUMA nodes", .timeLimit(.minutes(30)))
  struct NodeTests {
    let lab: Lab

    init() throws {
      lab = try Lab.with(.oxenstored)
      try lab.settle("pv1")
    }

    /// Of each node, what it has and what is free, in MiB: `xl info -n`.
    private func nodes() throws -> [[Int64]] {
      try lab.text("xl info -n | sed -n '/^node:/,/^xen_major/s/^ *[0-9]*: *//p'")
        .split(separator: "\n").map { $0.split(separator: " ").prefix(2).compactMap { Int64($0) } }
    }

    @Test("what is free of each is in json, in the table's first line and on the screen")
    func figures() throws {
      let free = try nodes()
      let found = try #require(try lab.sample().nodes)
      #expect(found.map(\.node) == [0, 1] && free.count == 2)
      for (node, xl) in zip(found, free) {
        #expect(node.total >> 20 == xl[0])
        #expect(abs(node.free >> 20 - xl[1]) <= 4, "\(node) \(xl)")
      }
      #expect(try lab.text("memtop -b -n 1").contains("node0 free \(found[0].free >> 20)M"))
      let terminal = try Terminal(lab)
      try terminal.open()
      try terminal.see("Host", "node0 \(found[0].free >> 20)M node1 ", "free")
      try terminal.quit()
    }

    private func prefer(_ node: Int) throws {
      try lab.text("node-affinity $(xs domid pv1) \(node)")
    }

    /// MiB that pv1 holds of node 1.
    private func ofNode1() throws -> Int {
      let pages = try lab.text(
        """
        xl debug-keys u; xl dmesg | sed -n "/Domain $(xs domid pv1) (total/,/Node 1/s/.*Node 1: //p" |
        tail -n 1
        """)
      return (Int(pages) ?? 0) / 256
    }

    @Test("a raise for which the domain's node has too little is warned of, and is remote indeed")
    func remote() throws {
      let free = Int(try nodes()[0][1])
      let size = 192 + free + 24
      try #require(size <= 320, "node 0 has \(free) MiB free")
      let raise = "memtop set pv1 \(size)M --yes"
      defer { try? lab.settle("pv1") }
      try prefer(1)
      let near = try lab.dom0("\(raise) --dry-run")
      #expect(near.status == 0 && !near.errors.contains("[remote-memory]"), "\(near)")
      try prefer(0)
      let before = try ofNode1()
      let far = try lab.dom0("\(raise) --wait")
      #expect(far.status == 0, "\(far)")
      #expect(far.errors.contains("but its NUMA node 0 has only "), "\(far)")
      #expect(far.errors.contains("[remote-memory]"), "\(far)")
      #expect(try ofNode1() >= before + 20)
    }
  }
}
