import Testing

@testable import MemtopCore
@testable import TestSupport

@Suite("keys of xenstore with hostile bytes", .timeLimit(.minutes(30))) struct HostileKeyTests {
  private static func texts(of sample: DomainSample) -> [String] {
    [
      sample.name, sample.facts.osName, sample.facts.kernel, sample.facts.ipv4, sample.facts.ipv6,
      sample.health.reason,
    ].compactMap { $0 }
  }

  @Test(
    "no key ends the program, and whatever is shown of one is harmless",
    arguments: StoreKey.allCases.filter { !$0.isReport })
  func each(_ key: StoreKey) {
    for value in HostileCorpus.all {
      var host = ObservedHost()
      host[5].write(.memtopReport, "v1 total=2000000 available=1000000")
      host.live(1) { $0[5].write(key, value.bytes) }
      host.live(1) { $0[5].write(.target, "1048576") }
      for text in Self.texts(of: host.sample())
        + host.snapshot.events.map({ $0.kind.text(arrow: "->") })
      {
        #expect(HarmlessText.offence(in: text) == nil, "\(value): \(text.debugDescription)")
        #expect(text.unicodeScalars.count <= 200, "\(value)")
      }
    }
  }

  /// Numbers that the toolstack writes.
  private static let figures: [StoreKey] = [.target, .staticMax, .dynamicMin, .dynamicMax]

  @Test("what is no number of KiB is no target and no limit", arguments: figures)
  func noFigures(_ key: StoreKey) {
    for value in HostileCorpus.all {
      let figures = StoreFigures(
        StoreKeys(entries: [(key: key, value: value.bytes)]))
      #expect(figures.target == nil && figures.ceiling == nil, "\(value)")
      #expect(figures.dynamicMin == nil && figures.dynamicMax == nil, "\(value)")
    }
  }

  @Test("an author, his reason and the regulator's word come out harmless")
  func words() {
    let uuid = DomainUUID(high: 7, low: 5)
    for value in HostileCorpus.all {
      let author = Array("1048576 ".utf8) + value.bytes
      let reason = Array("1048576 alice 12 ".utf8) + value.bytes
      for bytes in [author, reason] {
        var host = ObservedHost()
        host.live(1) { host in
          host[5].write(.changeMark, bytes)
          host[5].write(.target, "1048576")
        }
        for (_, _, kind, _) in host.told {
          #expect(HarmlessText.offence(in: kind.text(arrow: "->")) == nil, "\(value): \(kind)")
        }
      }
      for word in ["wanted", "unwanted", "regulated", "released"] {
        let bytes = Array("\(uuid) \(word) ".utf8) + value.bytes
        guard let regulation = Regulation(bytes, of: uuid) else { continue }
        #expect(HarmlessText.offence(in: "\(regulation)") == nil, "\(value)")
        #expect(regulation.bytes(for: uuid).count < 500)
      }
      #expect(RegulatorBeat(Array("service 1 2 ".utf8) + value.bytes + Array(" 4".utf8)) == nil)
    }
  }

  @Test("a file of the regulator's counts that somebody else wrote is none")
  func counts() {
    for value in HostileCorpus.all {
      #expect(RegulatorCounts(value.bytes, pid: 1) == nil, "\(value)")
      #expect(RegulatorCounts(Array("1 ".utf8) + value.bytes, pid: 1) == nil, "\(value)")
    }
  }
}
