import Testing

@testable import MemtopCore
@testable import TestSupport

@Suite(.timeLimit(.minutes(30))) struct EventTests {
  private static let alice = ChangeAuthor.operatorNamed("alice")

  /// Sets the target to this many MiB, and the mark before it if an author is given.
  private func set(_ mib: Int64, by author: String? = nil) -> (inout ObservedHost) -> Void {
    { host in
      if let author { host[5].write(.changeMark, "\(mib << 10) \(author)") }
      host[5].write(.target, String(mib << 10))
    }
  }

  @Test("keys that go with their domain are no word that it was taken back")
  func regulationAtTheEnd() {
    var host = ObservedHost()
    let value = Regulation.regulated(by: "alice").bytes(for: host[5].id.uuid)
    host[5].write(.regulation, String(decoding: value, as: UTF8.self))
    host.live(5)
    host.live(3) { host in
      for key in [StoreKey.name, .target, .staticMax, .regulation] { host[5].remove(key) }
      host[5].life = .dying
    }
    #expect(host.sample().regulation == .regulated(by: "alice"))
    #expect(!host.kinds().contains { if case .released = $0 { true } else { false } })
  }

  @Test("a domain that the regulator moves is not handed over again")
  func regulationSetting() {
    var host = ObservedHost()
    for size in [Bytes.gib(4), .gib(3)] {
      let value = Regulation.regulated(by: "alice", at: .target(size)).bytes(for: host[5].id.uuid)
      host.live(2) { $0[5].write(.regulation, value) }
      #expect(host.sample().regulation == .regulated(by: "alice", at: .target(size)))
    }
    #expect(host.kinds() == [.regulated(by: "alice")])
  }

  @Test("a change is told with its author: memtop's mark names him, another's is nobody's")
  func authors() {
    var host = ObservedHost()
    host.live(1, set(1800))
    host.live(1, set(1700, by: "alice"))
    host.live(1, set(1600))
    let expected: [HostEvent.Kind] = [
      .targetChanged(from: .gib(2), to: .mib(1800), by: nil),
      .targetChanged(from: .mib(1800), to: .mib(1700), by: Self.alice),
      .targetChanged(from: .mib(1700), to: .mib(1600), by: nil),
    ]
    #expect(host.kinds() == expected)
  }

  @Test("the mark names the target as the key has it: without the video memory of an HVM domain")
  func videoram() {
    var host = ObservedHost([ObservedHost.guest(5, videoram: .mib(16))])
    host.live(1, set(1700, by: "alice"))
    #expect(
      host.kinds() == [.targetChanged(from: .gib(2), to: .mib(1716), by: Self.alice)])
    // A mark of the same number as SIZE is of another change.
    host.live(1) {
      $0[5].write(.changeMark, "\(1516 << 10) alice")
      $0[5].write(.target, String(1500 << 10))
    }
    #expect(host.kinds().last == .targetChanged(from: .mib(1716), to: .mib(1516), by: nil))
  }

  @Test("a domain whose name is taken away before it goes keeps the name it had")
  func namedToTheEnd() {
    var host = ObservedHost()
    host.live(1) { $0[5].remove(.name) }
    #expect(host.sample().name == "g5")
    host.live(1) { $0.domains.removeAll { $0.id.domid == 5 } }
    host.live(10)
    #expect(host.told.map(\.name) == ["g5"])
    #expect(host.kinds() == [.gone])
  }

  @Test("the mark says why, in words that are safe to print")
  func why() {
    var host = ObservedHost()
    host.live(1) {
      $0[5].write(.changeMark, "\(1700 << 10) alice 99 raised by\u{1b} keystroke")
      $0[5].write(.target, String(1700 << 10))
    }
    #expect(
      host.kinds() == [
        .targetChanged(
          from: .gib(2), to: .mib(1700), by: Self.alice, why: "raised by\\x1b keystroke")
      ])
  }

  @Test("the mark may show before its target")
  func markFirst() {
    var host = ObservedHost()
    host.live(1) { $0[5].write(.changeMark, "\(1700 << 10) alice") }
    #expect(host.kinds().isEmpty)
    host.live(1) { $0[5].write(.target, String(1700 << 10)) }
    #expect(host.kinds() == [.targetChanged(from: .gib(2), to: .mib(1700), by: Self.alice)])
  }

  @Test("a mark speaks once: who sets the same target later is somebody else")
  func spentMark() {
    var host = ObservedHost()
    host.live(1, set(1700, by: "alice"))
    host.live(1, set(1900))
    host.live(1, set(1700))
    #expect(host.kinds().last == .targetChanged(from: .mib(1900), to: .mib(1700), by: nil))
    var guest = ObservedHost.guest(5)
    guest.write(.changeMark, "\(1700 << 10) alice")
    var later = ObservedHost([guest])
    later.live(1) { $0[5].write(.target, String(1700 << 10)) }
    #expect(later.kinds() == [.targetChanged(from: .gib(2), to: .mib(1700), by: nil)])
  }

  @Test(
    "a mark that no memtop wrote names nobody",
    arguments: ["", "1740800", "alice 1740800", "-1740800 alice", "99999999999999999999 alice"])
  func brokenMark(mark: String) {
    var host = ObservedHost()
    host.live(1) {
      $0[5].write(.changeMark, mark)
      $0[5].write(.target, "1740800")
    }
    #expect(host.kinds() == [.targetChanged(from: .gib(2), to: .mib(1700), by: nil)])
  }

  @Test("an author's name is shown as safe text")
  func hostileAuthor() {
    var host = ObservedHost()
    host.live(1, set(1700, by: "\u{1B}[2J"))
    #expect(
      host.kinds() == [
        .targetChanged(from: .gib(2), to: .mib(1700), by: .operatorNamed("\\x1b[2J"))
      ])
  }

  @Test("an order that is expected is ours, once, and not for ever")
  func expected() {
    var host = ObservedHost()
    func expect(_ mib: Int64) {
      host.observer.expect(
        TargetOrder(
          domain: ObservedHost.id(5), name: "g5", from: nil, to: .mib(mib), reason: "test"),
        by: .you)
    }
    expect(1700)
    host.live(3)
    host.live(1, set(1700, by: "alice"))
    #expect(host.kinds() == [.targetChanged(from: .gib(2), to: .mib(1700), by: .you, why: "test")])
    host.live(1, set(1800))
    host.live(1, set(1700))
    #expect(host.kinds().last == .targetChanged(from: .mib(1800), to: .mib(1700), by: nil))
    expect(1600)
    host.live(90)
    host.live(1, set(1600))
    #expect(host.kinds().contains(.targetChanged(from: .mib(1700), to: .mib(1600), by: nil)))
  }

  @Test("domains that start, reboot and go are told; a quick reboot is not a going")
  func comings() {
    var host = ObservedHost()
    host.live(1) { $0.domains.append(ObservedHost.guest(6)) }
    #expect(host.kinds(6) == [.started])
    #expect(host.snapshot.events.first?.name == "g6")
    host.live(1) { $0.domains.removeAll { $0.id.domid == 6 } }
    host.live(2)
    host.live(1) { $0.domains.append(ObservedHost.guest(7, uuid: 6)) }
    #expect(host.kinds(7) == [.rebooted(formerDomid: 6)])
    host.live(30)
    #expect(host.kinds(6) == [.started])
    host.live(1) { $0.domains.removeAll { $0.id.domid == 7 } }
    host.live(4)
    #expect(host.kinds(7).count == 1)
    host.live(1)
    #expect(host.kinds(7).last == .gone)
    #expect(host.snapshot.events.first?.name == "g7")
    host.live(200)
    #expect(host.kinds(7).count == 2)
  }

  @Test("a domain that is built before it is named is told of once it has a name, by that name")
  func namedLate() {
    var host = ObservedHost()
    host.live(1) {
      var newcomer = ObservedHost.guest(6)
      newcomer.remove(.name)
      $0.domains.append(newcomer)
    }
    #expect(host.kinds(6) == [])
    host.live(1) { $0.domains[1].write(.name, "web") }
    #expect(host.kinds(6) == [.started])
    #expect(host.snapshot.events.first?.name == "web")
  }

  @Test("a new name is told with the one before; the names that a migration gives are not")
  func renamed() {
    var host = ObservedHost()
    host.live(1) { $0.domains.append(ObservedHost.guest(6)) }
    host.live(1) { $0.domains[1].write(.name, "web") }
    #expect(host.kinds(6) == [.started, .renamed(from: "g6")])
    #expect(host.snapshot.events.first?.name == "web")
    for name in ["web--migratedaway", "web", "web--incoming", "shop"] {
      host.live(1) { $0.domains[1].write(.name, name) }
    }
    // Its keys go before the domain does.
    host.live(1) { $0.domains[1].remove(.name) }
    #expect(host.kinds(6).count == 2)
  }

  @Test("one that never gets a name is told of all the same")
  func neverNamed() {
    var host = ObservedHost()
    host.live(1) {
      var newcomer = ObservedHost.guest(6)
      newcomer.remove(.name)
      $0.domains.append(newcomer)
    }
    host.live(4)
    #expect(host.kinds(6) == [])
    host.live(1)
    #expect(host.kinds(6) == [.started])
    #expect(host.snapshot.events.first?.name == "(unnamed)")
  }

  @Test("a reboot in one sample is one, and another uuid under the same domid is a start")
  func sameSample() {
    var host = ObservedHost()
    host.live(1) { $0.domains = [ObservedHost.guest(9, uuid: 5)] }
    #expect(host.kinds(9) == [.rebooted(formerDomid: 5)])
    host.live(1) { $0.domains = [ObservedHost.guest(9, uuid: 77)] }
    #expect(host.kinds(9).last == .started)
    host.live(10)
    #expect(host.kinds(9).last == .gone)
  }

  @Test("one that comes back after two minutes has started anew")
  func longGone() {
    var host = ObservedHost()
    host.live(1) { $0.domains = [] }
    host.live(121)
    host.live(1) { $0.domains = [ObservedHost.guest(6, uuid: 5)] }
    #expect(host.kinds(6) == [.started])
  }

  @Test("what is there when memtop starts is no news, however it is")
  func atStart() {
    var crashed = ObservedHost.guest(6)
    crashed.life = .shutDown(.crash)
    var host = ObservedHost([ObservedHost.guest(5), crashed])
    host.live(3)
    #expect(host.told.isEmpty)
    #expect(host.sample(6).state == .crashed)
  }

  @Test("a guest's first target is no change; dom0's is")
  func firstTarget() {
    var (guest, dom0) = (ObservedHost.guest(5), ObservedHost.guest(0))
    guest.remove(.target)
    dom0.remove(.target)
    var host = ObservedHost([dom0, guest])
    host.live(1) {
      $0[0].write(.target, "1048576")
      $0[5].write(.target, "1048576")
    }
    #expect(host.kinds(5).isEmpty)
    #expect(host.kinds(0) == [.targetChanged(from: nil, to: .gib(1), by: nil)])
  }

  @Test("a crash is told once", arguments: [ShutdownReason.crash, .watchdog])
  func crash(reason: ShutdownReason) {
    var host = ObservedHost()
    host.live(3) { $0[5].life = .shutDown(reason) }
    #expect(host.kinds() == [.crashed])
    #expect(host.sample().state == .crashed)
  }
}
