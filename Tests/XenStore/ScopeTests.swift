import MemtopCore
import Testing

@testable import MemtopXen

extension XenStore {
  @Suite("what is read first, and what is not read", .timeLimit(.minutes(30)))
  struct ScopeTests {
    private func host(_ scope: ReadScope, _ count: UInt16 = 30) throws -> TestHost {
      let host = try TestHost(domids: 0..<count, scope: scope)
      for domid in 0..<count {
        try host.write(domid, .name, "g\(domid)")
        try host.write(domid, .target, "\(domid + 1000)")
        try host.write(domid, .xapiFree, "7")
      }
      return host
    }

    private func readOnes(_ reading: Reading) -> [UInt16] {
      reading.domains.filter(\.isRead).map(\.id.domid)
    }

    @Test("of a domain that is named, and dom0, all is read; of the others their names")
    func byName() throws {
      let host = try host(.domain("g7"))
      let reading = try host.source.read()
      #expect(readOnes(reading) == [0, 7])
      #expect(reading.domains[7].keys.text(.xapiFree) == "7")
      #expect(reading.domains[8].keys.entries.map(\.key) == [.name])
      // 30 names, squeezed's key; and of two domains three lists, three keys less the name, and when
      // each was built.
      #expect(host.source.effort.storeReads <= 31 + 2 * 7)
    }

    @Test("a domain called by domid or uuid costs no read of another", arguments: [true, false])
    func byNumber(isDomid: Bool) throws {
      let uuid = FakeHypervisor.domain(7).uuid
      let host = try host(.domain(isDomid ? "7" : uuid.description))
      let reading = try host.source.read()
      #expect(readOnes(reading) == [0, 7])
      #expect(reading.domains[8].keys.entries.isEmpty)
      #expect(host.source.effort.storeReads <= 1 + 2 * 8)
    }

    @Test("nothing is read again of those that were not asked for, whatever they write")
    func others() throws {
      let host = try host(.domain("g7"))
      _ = try host.source.read()
      try host.write(9, .xapiFree, "8")
      try host.write(7, .xapiFree, "9")
      try host.awaitEvents(2)
      let reading = try host.source.read()
      #expect(host.source.effort.storeReads == 1)
      #expect(reading.domains[7].keys.text(.xapiFree) == "9")
      #expect(readOnes(reading) == [0, 7])
    }

    @Test("where all are asked for later, the rest is read, with what changed meanwhile")
    func everythingLater() throws {
      let host = try host(.domain("g7"))
      _ = try host.source.read()
      try host.write(9, .xapiFree, "8")
      try host.write(9, .name, "other")
      try host.awaitEvents(2)
      // What they write is passed over here.
      _ = try host.source.read()
      host.source.readEverything()
      let reading = try host.source.read()
      #expect(readOnes(reading) == Array(0..<30))
      #expect(reading.domains[9].keys.text(.xapiFree) == "8")
      #expect(reading.domains[9].keys.text(.name) == "other")
      #expect(reading.domains[8].keys.text(.target) == "1008")
    }

    @Test("fields that are known early cost three keys a domain, and say no less")
    func early() throws {
      let host = try host(.early)
      for domid in UInt16(0)..<30 { try host.write(domid, .videoram, "\(domid)") }
      let early = Observer().observe(try host.source.read())
      #expect(host.source.effort.storeReads <= 1 + 3 * 30)
      host.source.readEverything()
      let whole = Observer().observe(try host.source.read())
      #expect(early.isPartlyRead && !whole.isPartlyRead)
      for field in Field.table where FieldID.early.contains(field.id) {
        for (known, sample) in zip(early.domains, whole.domains) {
          #expect("\(field.value(known))" == "\(field.value(sample))", "\(field.id)")
        }
      }
      #expect(early.domains[29].size == .kib(1029 + 29))
    }

    @Test("no key is read twice because some are read first")
    func once() throws {
      let host = try host(.everything, 1)
      _ = try host.source.read()
      // squeezed's key, name and target, three lists (the domain, memory, data), what is free, and when
      // it was built.
      #expect(host.source.effort.storeReads == 1 + 2 + 3 + 1 + 1)
    }

    @Test("a first reading that takes long is shown by its names and targets, and only the first")
    func preview() throws {
      let host = try host(.everything)
      // However often it is looked at: the answers may all come at once.
      host.clock.moves(by: PreviewTimes.patience)
      var previews: [Reading] = []
      let whole = try host.source.read { previews.append($0) }
      let last = try #require(previews.last)
      #expect(last.domains.map(\.id) == whole.domains.map(\.id))
      #expect(readOnes(last).isEmpty && readOnes(whole) == Array(0..<30))
      #expect(last.domains[29].keys.text(.name) == "g29")
      #expect(last.domains[29].keys.text(.target) == "1029")
      #expect(last.domains[29].keys.text(.xapiFree) == nil)
      previews = []
      _ = try host.source.read { previews.append($0) }
      #expect(previews.isEmpty)
    }

    @Test("one that is quick has no preview")
    func quick() throws {
      let host = try host(.everything)
      var previews = 0
      _ = try host.source.read { _ in previews += 1 }
      #expect(previews == 0)
    }
  }
}
