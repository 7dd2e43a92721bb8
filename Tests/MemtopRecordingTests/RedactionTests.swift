import Foundation
import MemtopCore
import MemtopRecording
import Testing

@Suite("A redacted recording", .timeLimit(.minutes(30)))
struct RedactionTests {
  private let scratch = Scratch()
  private var path: String { scratch.file("a.memtop") }
  private var copy: String { scratch.file("b.memtop") }

  private static let secrets = [
    "customer-shop", "customer-mail", "secret-host.example", "10.77.3.4", "10.77.3.5",
    "fd00:77::4", "Hannibal Linux 3", "6.66.6-hannibal", "mallory", "oscar", "call the bank",
    "the big migration", "weird words of the guest", "cannot reach mallory's disk",
    "socket of customer-shop", "11111111-2222-4333-8444-555555555555",
    "99999999-2222-4333-8444-555555555555",
  ]

  private func domain(
    _ second: Int, _ name: String, _ domid: UInt16, uuid: DomainUUID, _ ip: String
  )
    -> DomainSample
  {
    var sample = Handmade.domain(.mib(Int64(1000 + second)), domid: domid, uuid: uuid, name: name)
    sample.facts = DomainFacts(
      name: name, osName: "Hannibal Linux 3", kernel: "6.66.6-hannibal", ipv4: ip,
      ipv6: "fd00:77::4", startedAt: WallTime(milliseconds: 1_789_000_000_000))
    if second > 30 { sample.health = .unreadable("total is \"weird words of the guest\"") }
    return sample
  }

  private func telling(_ second: Int) -> [HostEvent] {
    func event(_ kind: HostEvent.Kind) -> HostEvent {
      HostEvent(
        time: WallTime(milliseconds: 1_790_000_000_000 + Int64(second) * 1000),
        domain: DomainID(domid: 7, uuid: Handmade.uuid), name: "customer-shop", kind: kind)
    }
    switch second {
    case 10: return [event(.note("call the bank", by: "mallory"))]
    case 20:
      return [
        event(
          .targetChanged(
            from: .gib(1), to: .gib(2), by: .operatorNamed("mallory"), why: "for mallory"))
      ]
    case 25: return [event(.targetChanged(from: .gib(2), to: .gib(1), by: .you))]
    case 31: return [event(.reportUnreadable("total is \"weird words of the guest\""))]
    case 40: return [event(.changeFailed("cannot reach mallory's disk"))]
    default: return []
    }
  }

  private func recordSecrets() throws {
    let other = DomainUUID("99999999-2222-4333-8444-555555555555")!
    let snapshots = (0..<60).map { second in
      var snapshot = Handmade.snapshot(
        Double(second),
        [
          domain(second, "customer-shop", 7, uuid: Handmade.uuid, "10.77.3.4"),
          domain(second, "customer-mail", 8, uuid: other, "10.77.3.5"),
        ], telling(second), hostname: "secret-host.example")
      if second == 50 { snapshot.problem = "socket of customer-shop is gone" }
      return snapshot
    }
    try record(snapshots, path, user: "oscar", note: "the big migration")
  }

  @Test("no byte of what was replaced is left in the file; all else is as it was")
  func nothingLeft() throws {
    try recordSecrets()
    let file = try RecordingFile(path)
    // Else the test would find nothing wherever it looked.
    let original = try Data(contentsOf: URL(fileURLWithPath: path))
    for secret in Self.secrets {
      #expect(original.range(of: Data(secret.utf8)) != nil, "\(secret)")
    }
    try Extract(file, redactor: Redactor()).write(to: copy)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: copy))
    for secret in Self.secrets {
      #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(secret)")
    }
    let before = try Extract(file).snapshots()
    let after = try Extract(RecordingFile(copy)).snapshots()
    #expect(after.count == before.count)
    for (one, other) in zip(before, after) {
      #expect(one.time == other.time)
      #expect(one.events.count == other.events.count)
      for (a, b) in zip(one.domains, other.domains) {
        #expect(a.id.domid == b.id.domid)
        #expect(a.allocation == b.allocation)
        #expect(a.health.word == b.health.word)
        #expect(a.facts.startedAt == b.facts.startedAt)
      }
    }
  }

  @Test("the same becomes the same throughout one run, and different things stay different")
  func consistent() throws {
    try recordSecrets()
    let samples = try Extract(RecordingFile(path), redactor: Redactor()).snapshots()
    let shops = Set(samples.map { $0.domains[0].name })
    let mails = Set(samples.map { $0.domains[1].name })
    #expect(shops.count == 1 && mails.count == 1 && shops != mails)
    #expect(Set(samples.map(\.domains[0].id)).count == 1)
    #expect(samples[0].domains[0].facts.ipv4 != samples[0].domains[1].facts.ipv4)
    #expect(samples[0].domains[0].facts.ipv6 == samples[0].domains[1].facts.ipv6)
    let note = try #require(samples[10].events.first)
    let change = try #require(samples[20].events.first)
    #expect(note.domain == samples[0].domains[0].id)
    guard case .note(_, let writer) = note.kind,
      case .targetChanged(_, _, .operatorNamed(let author)?, _) = change.kind
    else {
      Issue.record("\(note), \(change)")
      return
    }
    #expect(writer == author)
  }

  @Test("two runs have nothing in common by which they could be laid side by side")
  func salted() throws {
    try recordSecrets()
    let file = try RecordingFile(path)
    let one = try Extract(file, redactor: Redactor()).snapshots()[0].domains[0].id.uuid
    let other = try Extract(file, redactor: Redactor()).snapshots()[0].domains[0].id.uuid
    #expect(one != other)
  }

  @Test("an event of a host is still one, under the name that the host has everywhere")
  func hostEvents() throws {
    let kinds: [HostEvent.Kind] = [
      .hostShort(free: .mib(100), reserve: .gib(1)), .note("call the bank", by: "mallory"),
      .regulator(.started), .hostLost("secret-host.example refused"),
    ]
    let events = kinds.map { kind in
      HostEvent(
        time: WallTime(milliseconds: 1_790_000_000_000), domain: HostEvent.host,
        name: "secret-host.example", kind: kind)
    }
    let domain = domain(0, "customer-shop", 7, uuid: Handmade.uuid, "10.77.3.4")
    try record([Handmade.snapshot(0, [domain], events, hostname: "secret-host.example")], path)
    let shown = try #require(
      try Extract(RecordingFile(path), redactor: Redactor()).snapshots().first)
    #expect(shown.events.map(\.name) == [String](repeating: shown.host.hostname, count: 4))
    #expect(shown.host.hostname == "host-1")
    #expect(shown.events[3].kind == .hostLost("reason-1"))
  }

  @Test("who is asked for by the real name is found")
  func chosen() throws {
    try recordSecrets()
    let file = try RecordingFile(path)
    let choice = try #require(try DomainChoice("customer-mail", in: file))
    let samples = try Extract(file, domain: choice, redactor: Redactor()).snapshots()
    #expect(!samples.isEmpty)
    #expect(samples.allSatisfy { $0.domains.map(\.id.domid) == [8] })
  }
}
