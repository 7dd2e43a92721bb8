@testable import TestSupport
import Testing

@testable import MemtopCore

@Suite(.timeLimit(.minutes(30))) struct RegulationTests {
  private static let uuid = DomainUUID(high: 0x1234_5678_9ABC_4DEF, low: 1 << 63)

  @Test(
    "what is stored reads back as it was",
    arguments: [
      Regulation.wanted(by: "alice"), .unwanted(by: "bob"), .regulated(by: "the policy"),
      .regulated(by: "the policy", at: .target(.gib(4))),
      .regulated(by: "bob", at: .range(DynamicRange(low: .gib(1), high: .gib(3)))),
      .released(why: "someone else set its target to 3.00G"),
    ])
  func roundTrip(regulation: Regulation) {
    #expect(Regulation(regulation.bytes(for: Self.uuid), of: Self.uuid) == regulation)
  }

  @Test(
    "anything else is nothing",
    arguments: [
      "", " ", "regulated alice", "\(uuid)", "\(uuid) ", "\(uuid) owned alice",
      "12345678-9abc-4def-8000-000000000001 regulated alice", "\u{0}\u{1B}[31m",
    ])
  func noise(text: String) { #expect(Regulation(Array(text.utf8), of: Self.uuid) == nil) }

  @Test("a name that would move the cursor is escaped")
  func hostile() {
    let value = Array("\(Self.uuid) regulated \u{1B}[2Jroot".utf8)
    #expect(Regulation(value, of: Self.uuid) == .regulated(by: "\\x1b[2Jroot"))
  }

  @Test(
    "a setting that is none is part of the text",
    arguments: [
      "at=", "at=x", "at=1-2-3", "at=3-1", "at=-1", "at", "4096", "at=99999999999999999999",
    ])
  func settings(word: String) {
    let value = Array("\(Self.uuid) regulated \(word) alice".utf8)
    #expect(Regulation(value, of: Self.uuid) == .regulated(by: "\(word) alice"))
  }

  @Test(
    "a sign of life is read strictly",
    arguments: [
      ("service 1 2 5 3", true), ("service 1 2 5", false), ("service 1 2 5 3 4", false),
      ("service 1 2 0 3", false), ("service 1 2 9999 3", false), ("service -1 2 5 3", false),
      ("servant 1 2 5 3", false), ("", false), ("service 99999999999999999999 2 5 3", false),
    ])
  func beat(text: String, isRead: Bool) {
    #expect((RegulatorBeat(Array(text.utf8)) != nil) == isRead)
  }

  /// Dom0's keys with this sign of life.
  private static func keys(_ number: UInt64, pid: Int32 = 7) -> StoreKeys {
    let beat = RegulatorBeat(pid: pid, number: number, every: .seconds(5), guests: 2)
    return StoreKeys(entries: [(.regulation, beat.bytes)])
  }

  @Test("the service is alive while its sign of life changes, silent after three that did not come")
  func health() {
    var watch = RegulatorWatch()
    var turns: [RegulatorTurn] = []
    func status(_ keys: StoreKeys?, _ second: Int64) -> RegulatorStatus.Health? {
      watch.status(keys, now: SteadyTime(milliseconds: second * 1000)) { turns.append($0) }?.health
    }
    #expect(status(StoreKeys(), 0) == nil)
    let first = Self.keys(1)
    #expect(status(first, 1) == .alive)
    #expect(turns == [.started])
    #expect(status(first, 16) == .alive)
    #expect(status(first, 17) == .silent)
    #expect(status(first, 30) == .silent)
    #expect(turns == [.started, .silent])
    let second = Self.keys(2)
    #expect(status(second, 31) == .alive)
    #expect(turns.last == .back)
    #expect(status(Self.keys(1, pid: 8), 33) == .alive)
    #expect(turns.last == .started)
    #expect(status(StoreKeys(), 34) == nil)
    #expect(turns.last == .ended)
  }

  @Test("one that is found is of unknown health until it is seen to live, and silent if it is not")
  func found() {
    var watch = RegulatorWatch()
    var turns: [RegulatorTurn] = []
    func status(_ keys: StoreKeys?, _ second: Int64) -> RegulatorStatus.Health? {
      watch.status(keys, now: SteadyTime(milliseconds: second * 1000)) { turns.append($0) }?.health
    }
    let first = Self.keys(9)
    #expect(status(first, 0) == .unknown)
    #expect(turns.isEmpty)
    #expect(status(Self.keys(10), 4) == .alive)
    #expect(status(nil, 5) == nil)
    var other = RegulatorWatch()
    #expect(other.status(first, now: SteadyTime(milliseconds: 0)) { _ in }?.health == .unknown)
    #expect(other.status(first, now: SteadyTime(milliseconds: 16_000)) { _ in }?.health == .silent)
  }

  @Test("the guard warns whoever sets a regulated domain's target, but for the regulator itself")
  func guarded() {
    let domain = TestHost.guest(5) { $0.regulation = .regulated(by: "alice") }
    let snapshot = TestHost.snapshot([domain])
    for size in [Bytes.gib(3), .mib(1500)] {
      let verdict = Guard.verdict(on: domain.id, to: size, in: snapshot)
      #expect(verdict.findings.contains { $0.rule == .regulated && $0.severity == .warn })
      let own = Guard.verdict(
        on: domain.id, to: size, in: snapshot, facts: GuardFacts(isRegulator: true))
      #expect(!own.findings.contains { $0.rule == .regulated })
    }
    let wanted = TestHost.guest(5) { $0.regulation = .wanted(by: "alice") }
    let none = Guard.verdict(on: wanted.id, to: .gib(3), in: TestHost.snapshot([wanted]))
    #expect(none.severity == .allow)
  }
}
