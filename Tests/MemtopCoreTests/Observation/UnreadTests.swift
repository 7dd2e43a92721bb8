@testable import TestSupport
import Testing

@testable import MemtopCore

/// Domains of which only Xen's figures are known.
@Suite(.timeLimit(.minutes(30))) struct UnreadTests {
  private func reading(
    _ domids: [UInt16], at second: Int64 = 0, limit: Bytes? = .gib(4), read: Set<UInt16> = [],
    name: String = ""
  ) -> Reading {
    Reading(
      time: WallTime(milliseconds: 1000 * second), steady: SteadyTime(milliseconds: 1000 * second),
      host: HostReading(hostname: "xen1", xenVersion: "4.17.7", total: .gib(64), free: .gib(20)),
      domains: domids.map { domid in
        DomainReading(
          id: DomainID(domid: domid, uuid: .zero), kind: .pvh, allocation: .gib(1), limit: limit,
          keys: StoreKeys(entries: name.isEmpty ? [] : [(.name, Array(name.utf8))]),
          isRead: read.contains(domid))
      })
  }

  @Test("they are said to be yet to be read, and not silent or in trouble")
  func state() {
    let sample = Observer().observe(reading([3], name: "web")).domains[0]
    #expect(sample.state == .reading && sample.name == "web")
    #expect(Condition(sample).text == "reading" && Condition(sample).word.alarm == .quiet)
  }

  @Test(
    "each is taken to be promised all that its limit allows, named or not", arguments: ["", "web"])
  func promise(name: String) {
    let host = Observer().observe(reading([3, 4], name: name)).host
    #expect(host.promised == .gib(6))
    let unlimited = Observer().observe(reading([3, 4], limit: nil, name: name)).host
    #expect(unlimited.promised == .zero)
  }

  @Test("no change of their targets is allowed")
  func guarded() {
    let snapshot = Observer().observe(reading([3]))
    let verdict = Guard.verdict(on: snapshot.domains[0].id, to: .mib(512), in: snapshot)
    #expect(verdict.severity >= .refuse)
  }

  @Test("what is read of them later is no news, and only who comes has started")
  func news() {
    let observer = Observer()
    _ = observer.observe(reading([3, 4]))
    let come = observer.observe(reading([3, 4, 5], at: 60))
    #expect(come.events.isEmpty)
    let later = observer.observe(reading([3, 4, 5], at: 70, read: [3, 4, 5], name: "web"))
    #expect(later.events.map(\.domain.domid) == [5])
    #expect(later.events.allSatisfy { $0.kind == .started })
  }

  @Test("where xenstore was away at first, what it tells later is found and no news")
  func foundLater() {
    let observer = Observer()
    func look(_ second: Int64, isRead: Bool) -> Snapshot {
      let beat = RegulatorBeat(pid: 7, number: 1, every: .seconds(5), guests: 2)
      let keys = StoreKeys(entries: isRead ? [(.regulation, beat.bytes)] : [])
      let target = StoreKeys(entries: isRead ? [(.target, Array("2097152".utf8))] : [])
      let domains = [
        DomainReading(
          id: ObservedHost.id(0), kind: .pv, allocation: .gib(1), keys: keys, isRead: isRead),
        DomainReading(
          id: ObservedHost.id(5), kind: .pvh, allocation: .gib(2), limit: .gib(40), keys: target,
          isRead: isRead),
      ]
      var host = HostReading(
        hostname: "xen1", xenVersion: "4.17.7", total: .gib(64), free: .gib(20))
      host.storeProblem = isRead ? nil : "away"
      return observer.observe(
        Reading(
          time: WallTime(milliseconds: second * 1000),
          steady: SteadyTime(milliseconds: second * 1000), host: host, domains: domains))
    }
    #expect(look(1, isRead: false).host.regulator == nil)
    let later = look(2, isRead: true)
    #expect(later.host.regulator?.health == .unknown)
    #expect(look(3, isRead: true).events.isEmpty && later.events.isEmpty, "\(later.events)")
  }

}
