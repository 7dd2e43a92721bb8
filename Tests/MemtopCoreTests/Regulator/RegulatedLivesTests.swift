import Testing

@testable import MemtopCore
@testable import TestSupport

@Suite("what is regulated over a domain's lives", .timeLimit(.minutes(30)))
struct RegulatedLivesTests {
  /// What `Regulator` makes of snapshots that are written by hand, second by second.
  private struct Seen {
    var regulator = Regulator(policies: RegulatedHost.all)
    var second: Int64 = 100
    var acts: [Regulator.Act] = []

    mutating func live(_ seconds: Int64 = 1, _ guests: [DomainSample]) {
      for _ in 0..<seconds {
        second += 1
        acts = regulator.see(TestHost.snapshot(guests, second: second))
      }
    }

    func order(_ guests: [DomainSample]) -> [DomainID] {
      let snapshot = TestHost.snapshot(guests, second: second)
      return regulator.orders(snapshot).map(\.order.domain)
    }
  }

  static func guest(
    _ domid: UInt16, uuid: UInt64 = 5, _ change: (inout DomainSample) -> Void = { _ in }
  ) -> DomainSample {
    TestHost.guest(domid, size: .gib(4)) {
      $0.id = DomainID(domid: domid, uuid: DomainUUID(high: uuid == 0 ? 0 : 7, low: uuid))
      change(&$0)
    }
  }

  @Test(
    "libxl removes a domain's keys before the domain: nobody took it back, and its next life is regulated",
    arguments: [DomainLife.running, .paused, .dying, .shutDown(.reboot), .shutDown(.poweroff)])
  func ending(life: DomainLife) {
    var seen = Seen()
    let regulated = Self.guest(5) { $0.regulation = RegulatedHost.regulated(by: "the policy") }
    seen.live(20, [regulated])
    #expect(seen.regulator.count == 1)
    let emptied = Self.guest(5) {
      ($0.target, $0.regulation, $0.life, $0.health) = (nil, nil, life, .silent)
    }
    for _ in 0..<60 {
      seen.live(1, [emptied])
      #expect(seen.acts.isEmpty)
    }
    #expect(seen.regulator.count == 1)
    seen.live(1, [])
    #expect(seen.acts == [.tell("g5", "gone")])
    seen.live(3, [])
    #expect(seen.acts.isEmpty)
    #expect(seen.regulator.count == 0, "it counts one that is gone")
    let next = Self.guest(6) { $0.health = .silent }
    seen.live(1, [next])
    #expect(seen.acts.first == .publish(next.id, RegulatedHost.regulated(by: "the policy")))
    #expect(seen.regulator.count == 1)
  }

  @Test("a big guest that is dying slowly is gone for the one that is started after it")
  func dyingSlowly() {
    var seen = Seen()
    seen.live(20, [Self.guest(5) { $0.regulation = RegulatedHost.regulated(by: "alice") }])
    let dying = Self.guest(5) {
      ($0.target, $0.regulation, $0.life, $0.state) = (nil, nil, .dying, .dying)
    }
    let next = Self.guest(6)
    seen.live(1, [dying, next])
    #expect(seen.acts.first == .publish(next.id, RegulatedHost.regulated(by: "alice")))
    seen.live(5, [dying, next])
    #expect(seen.regulator.count == 1)
  }

  @Test("one that is built without keys yet does not use up the policy's hand-over")
  func built() {
    var seen = Seen()
    seen.live(30, [Self.guest(5) { ($0.target, $0.life) = (nil, .paused) }])
    #expect(seen.regulator.count == 0 && seen.acts.isEmpty)
    seen.live(1, [Self.guest(5)])
    #expect(seen.regulator.count == 1)
    // The first target that it has is the one that others' are told from.
    seen.live(3, [Self.guest(5) { ($0.regulation, $0.target) = (.regulated(by: "x"), .gib(3)) }])
    #expect(seen.regulator.count == 0)
  }

  @Test("a key that somebody removes from a living guest is a word, and it is not moved meanwhile")
  func removed() {
    var seen = Seen()
    let regulated = Self.guest(5) { $0.regulation = RegulatedHost.regulated(by: "alice") }
    seen.live(200, [regulated])
    #expect(!seen.order([regulated]).isEmpty)
    let removed = Self.guest(5)
    seen.live(1, [removed])
    #expect(seen.regulator.count == 1 && seen.order([removed]).isEmpty)
    seen.live(2, [removed])
    #expect(seen.regulator.count == 0)
    seen.live(200, [removed])
    #expect(seen.regulator.count == 0, "the policy took it again")
  }

  @Test("a key that is away for a moment is none that was removed")
  func flicker() {
    var seen = Seen()
    let regulated = Self.guest(5) { $0.regulation = RegulatedHost.regulated(by: "alice") }
    for _ in 0..<5 {
      seen.live(10, [regulated])
      seen.live(1, [Self.guest(5)])
    }
    #expect(seen.regulator.count == 1)
  }

  @Test("two domains of one uuid are two: each has its own target and its own word")
  func twins() {
    var seen = Seen()
    func pair(_ first: Bytes, _ word: Regulation?) -> [DomainSample] {
      [
        Self.guest(5) { ($0.target, $0.regulation) = (first, word) },
        Self.guest(6) {
          ($0.target, $0.regulation) = (.gib(3), RegulatedHost.regulated(by: "alice", at: .gib(3)))
        },
      ]
    }
    seen.live(1, pair(.gib(4), nil))
    #expect(seen.regulator.count == 2)
    for _ in 0..<30 {
      seen.live(1, pair(.gib(4), RegulatedHost.regulated(by: "the policy")))
      #expect(seen.acts.isEmpty, "\(seen.acts)")
    }
    seen.live(1, pair(.gib(2), RegulatedHost.regulated(by: "the policy")))
    #expect(seen.regulator.count == 1)
    seen.live(30, pair(.gib(2), .released(why: "somebody")))
    #expect(seen.regulator.count == 1)
  }

  @Test("after a migration within the host its other end is regulated, as the source was")
  func migrated() {
    var seen = Seen()
    let source = Self.guest(5) { $0.regulation = RegulatedHost.regulated(by: "alice") }
    seen.live(20, [source])
    let incoming = Self.guest(6) { ($0.state, $0.life) = (.migrating, .paused) }
    seen.live(20, [source, incoming])
    #expect(seen.regulator.count == 1, "the policy took what is not there yet")
    let away = Self.guest(5) {
      ($0.state, $0.life) = (.migrating, .shutDown(.suspend))
      $0.regulation = RegulatedHost.regulated(by: "alice")
    }
    let arrived = Self.guest(6)
    seen.live(3, [away, arrived])
    #expect(seen.regulator.count == 1)
    seen.live(1, [arrived])
    #expect(seen.acts.first == .publish(arrived.id, RegulatedHost.regulated(by: "alice")))
    #expect(seen.regulator.count == 1)
  }

  @Test("who was released stays so over a migration or a reboot, whatever the policy")
  func releasedStays() {
    var seen = Seen()
    seen.live(20, [Self.guest(5) { $0.regulation = RegulatedHost.regulated(by: "the policy") }])
    let released = Self.guest(5) {
      ($0.regulation, $0.target) = (.released(why: "root"), .gib(3))
    }
    seen.live(20, [released])
    seen.live(20, [Self.guest(6)])
    #expect(seen.regulator.count == 0)
  }

  @Test("a zero uuid is nobody's: nothing is inherited by it")
  func zero() {
    var seen = Seen()
    let first = Self.guest(5, uuid: 0) { $0.regulation = RegulatedHost.regulated(by: "alice") }
    let second = Self.guest(6, uuid: 0) { $0.regulation = .released(why: "root") }
    seen.live(20, [first, second])
    #expect(seen.regulator.count == 1)
    seen.live(20, [second])
    #expect(seen.regulator.count == 0)
    let third = Self.guest(7, uuid: 0)
    seen.live(1, [second, third])
    #expect(seen.acts.contains(.publish(third.id, RegulatedHost.regulated(by: "the policy"))))
  }

  /// A domain of 3 GiB that is found with this key, and with memtop's mark of the last change.
  private static func found(_ key: Regulation, mark: String?) -> Seen {
    var seen = Seen()
    let author = mark.map {
      ChangeMark(target: .gib(3), author: $0, why: nil, bytes: [])
    }
    seen.live(2, [guest(5) { ($0.regulation, $0.target, $0.lastChange) = (key, .gib(3), author) }])
    return seen
  }

  @Test(
    "a target that was set just before it was killed, with its key still to be written, is its own")
  func killedBeforeKey() {
    let key = RegulatedHost.regulated(by: "alice")
    #expect(Self.found(key, mark: ChangeAuthor.regulatorName).regulator.count == 1)
    #expect(Self.found(key, mark: "bob").regulator.count == 0)
    #expect(Self.found(key, mark: nil).regulator.count == 0)
  }

  @Test("a key without a setting counts only where the regulator was the last memtop to set it")
  func keyWithoutSetting() {
    let key = Regulation.regulated(by: "alice")
    #expect(Self.found(key, mark: ChangeAuthor.regulatorName).regulator.count == 1)
    for mark in ["bob", nil] {
      let seen = Self.found(key, mark: mark)
      #expect(seen.regulator.count == 0)
    }
  }
}
