import Testing

@testable import MemtopCore
@testable import TestSupport

@Suite(.timeLimit(.minutes(30))) struct FieldTests {
  @Test("every field is found by its id and by its name, and no two have the same")
  func complete() {
    #expect(Set(FieldID.allCases).count == Field.table.count)
    for field in Field.table {
      #expect(Field.of(field.id).title == field.title)
      #expect(Field.named(field.id.rawValue)?.title == field.title)
    }
  }

  @Test("an id keeps its name: letters, digits and signs, up to 16 of them")
  func names() {
    #expect(FieldID("psi_some").rawValue == "psi_some")
    #expect(FieldID("sixteen_letters0").rawValue == "sixteen_letters0")
    #expect(FieldID("a").rawValue == "a")
    #expect(FieldID("alloc") == .alloc && FieldID("allo") != .alloc)
  }

  @Test("every field says what it is, in one sentence")
  func described() {
    for field in Field.table {
      #expect(field.description.hasSuffix("."), "\(field.id)")
      #expect(field.width >= field.title.count, "\(field.id)")
      #expect(field.least <= field.width, "\(field.id)")
    }
  }

  @Test("no two columns vanish at the same time")
  func dropOrder() {
    let orders = Field.table.compactMap(\.dropOrder)
    #expect(Set(orders).count == orders.count)
  }

  @Test("a field is found by its name in any case", arguments: ["alloc", "ALLOC", "Alloc"])
  func named(name: String) { #expect(Field.named(name)?.id == .alloc) }

  @Test("an unknown name is nobody's")
  func unknown() { #expect(Field.named("memory") == nil) }

  @Test("what a guest did not say is ?, what does not exist is -")
  func missing() {
    var silent = Samples.domain(4, "x", swap: nil, health: .silent)
    silent.staticMax = nil
    silent.dynamicMin = nil
    silent.target = nil
    silent.limit = nil
    for id: FieldID in [
      .busy, .cache, .avail, .free, .swap, .swapin, .swapout, .pressure, "psi_some",
    ] {
      #expect(Field.of(id).value(silent).short == "?", "\(id)")
    }
    for id: FieldID in [.max, .dynmin, .dynmax, .target, .limit, .dialect] {
      #expect(Field.of(id).value(silent).short == "-", "\(id)")
    }
  }

  @Test("the target is the operator's SIZE, videoram included")
  func size() {
    var hvm = Samples.domain(3, "win", target: .mib(1020))
    hvm.videoram = .mib(4)
    #expect(Field.of(.target).value(hvm) == .bytes(.gib(1)))
  }

  @Test(
    "people and programs read the same value in their own forms",
    arguments: [
      (FieldValue.bytes(.gib(9)), "9.00G", "9663676416", "9663676416"),
      (.rate(.kib(3)), "3K", "3072", "3072"),
      (.seconds(12), "12s", "12", "12"),
      (.percent(hundredths: 4205), "42.1%", "42.05", "42.05"),
      (.count(-3), "-3", "-3", "-3"),
      (.text("a,b"), "a,b", "\"a,b\"", "\"a,b\""),
      (.text("say \"hi\"\n"), "say \"hi\"\n", "\"say \"\"hi\"\"\n\"", #""say \"hi\"\u000a""#),
      (.text("db2"), "db2", "db2", "\"db2\""),
      (.bytes(Bytes(.min)), "", "-9223372036854775808", "-9223372036854775808"),
      (.unreported, "?", "", "null"),
      (.absent, "-", "", "null"),
    ])
  func forms(value: FieldValue, short: String, csv: String, json: String) {
    #expect(String { value.appendCSV(to: &$0) } == csv)
    #expect(String { value.appendJSON(to: &$0) } == json)
    if value != .bytes(Bytes(.min)) { #expect(value.short == short) }
  }

  @Test("reports and states are sorted with the worst first")
  func worstFirst() {
    let reports = [ReportHealth.fresh, .stale, .unreadable("no"), .silent].enumerated().map {
      Samples.domain(UInt16($0 + 1), "d", health: $1)
    }
    #expect(Field.of(.health).order(of: reports) == [2, 1, 3, 0])
    #expect(Field.of(.health).order(of: reports, reversed: true) == [0, 3, 1, 2])
    let states = [DomainState.running, .crashed, .paused, .stuck].enumerated().map {
      Samples.domain(UInt16($0 + 1), "d", state: $1)
    }
    #expect(Field.of(.state).order(of: states) == [1, 3, 2, 0])
  }

  @Test("sorting by a number puts the biggest first and the unknown last, either way")
  func sorting() {
    let domains = [
      Samples.domain(1, "b", busy: .mib(5)), Samples.domain(2, "c", busy: nil),
      Samples.domain(3, "a", busy: .mib(9)),
    ]
    #expect(Field.of(.busy).order(of: domains) == [2, 0, 1])
    #expect(Field.of(.busy).order(of: domains, reversed: true) == [0, 2, 1])
    #expect(Field.of(.name).order(of: domains) == [2, 0, 1])
    #expect(Field.of(.name).order(of: domains, reversed: true) == [1, 0, 2])
  }

  @Test("conditions sort from the worst to the best, not by the alphabet")
  func ranked() {
    let domains = [
      Samples.domain(1, "a"), Samples.domain(2, "b", pressure: .thrashing),
      Samples.domain(3, "c", pressure: .tight), Samples.domain(4, "d", health: .silent),
    ]
    #expect(Field.of(.condition).order(of: domains) == [1, 2, 3, 0])
    #expect(Field.of(.pressure).order(of: domains) == [1, 2, 0, 3])
  }

  @Test("the host's parts sum to its total")
  func hostSum() {
    let host = Samples.host()
    let parts = ["dom0", "guests", "dying", "overhead", "xen", "free"]
    var sum = Bytes.zero
    var total = Bytes.zero
    for field in HostField.table {
      guard case .bytes(let amount) = field.value(host) else { continue }
      if parts.contains(field.id) { sum = sum + amount }
      if field.id == "total" { total = amount }
    }
    #expect(sum == total)
  }
}

@Suite(.timeLimit(.minutes(30))) struct ConditionTests {
  @Test(
    "the word is the one that most needs saying",
    arguments: [
      (Samples.domain(1, "a"), "ok"),
      (Samples.domain(1, "a", health: .unknownAge), "ok?"),
      (Samples.domain(1, "a", pressure: .tight, health: .unknownAge), "tight?"),
      (Samples.domain(1, "a", pressure: .thrashing, state: .stuck), "thrashing"),
      (Samples.domain(1, "a", state: .stuck, health: .silent), "stuck"),
      (Samples.domain(1, "a", pressure: .thrashing, health: .stale), "stale"),
      (Samples.domain(1, "a", state: .booting, health: .unknownAge), "booting"),
      (Samples.domain(1, "a", pressure: .short, state: .crashed), "crashed"),
      (Samples.domain(1, "a", health: .implausible("no")), "implausible"),
    ])
  func word(sample: DomainSample, word: String) { #expect(Condition(sample).text == word) }
}
