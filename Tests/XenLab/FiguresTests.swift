import Foundation
import Testing

extension XenLab {
  /// What memtop says against what Xen's own tools say of the same moment.
  @Suite("its figures are those of Xen's own tools", .timeLimit(.minutes(120)))
  struct FiguresTests {
    let lab: Lab

    init() throws { lab = try Lab.with(.xenstored) }

    @Test("allocation, target and static-max are those of xl list and xenstore")
    func domains() throws {
      try lab.checkDomains()
    }

    @Test("the host's amounts are those of xl info, and sum to its total")
    func host() throws {
      try lab.checkHost()
    }
  }
}
