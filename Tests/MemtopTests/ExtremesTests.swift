import Testing

@testable import MemtopCore
@testable import MemtopSimulation
@testable import MemtopUI
@testable import memtop

/// Whatever numbers Xen, xenstore and guests come with: they end no program, and sums of them are the
/// largest there is, never something small.
@Suite(.timeLimit(.minutes(30))) struct ExtremesTests {
  /// Numbers at the edges of everything.
  struct Dice {
    var random: SeededRandom

    static let edges: [Int64] = [
      0, 1, 1023, 4095, 1 << 20, 1 << 30, 1 << 40, (1 << 40) + 1, 1 << 51, 1 << 52, 1 << 53,
      1 << 62, .max - 1, .max, -1, -4096, -(1 << 53), .min, .min + 1,
    ]

    mutating func roll(_ sides: Int) -> Int { Int(random.next() % UInt64(sides)) }
    mutating func number() -> Int64 { Self.edges[roll(Self.edges.count)] }
    mutating func amount() -> Bytes { roll(3) == 0 ? Bytes(number()) : .mib(Int64(roll(9000))) }
    /// As a key may hold it: digits, as many as are read, and more.
    mutating func digits() -> String { String(number().magnitude) }
  }

  private static let domids: [UInt16] = [0, 1, 999, 1000, 0x7FEF, 0x7FF0, 0x7FFF, 0x8000, 65_535]

  private static func keys(_ dice: inout Dice, _ writes: UInt64) -> StoreKeys {
    var entries: [(key: StoreKey, value: [UInt8])] = []
    func put(_ key: StoreKey, _ text: String) { entries.append((key, Array(text.utf8))) }
    put(.name, ["web", "web", "=1+1", "数据库", String(repeating: "n", count: 99)][dice.roll(5)])
    let toolstack: [StoreKey] = [.target, .staticMax, .dynamicMin, .dynamicMax, .videoram]
    for key in toolstack where dice.roll(4) > 0 { put(key, dice.digits()) }
    switch dice.roll(4) {
    case 0:
      let names = MemtopReport.Name.allCases.filter { _ in dice.roll(5) > 0 }
      put(
        .memtopReport,
        "v1 " + names.map { "\($0.rawValue)=\(dice.digits())" }.joined(separator: " "))
    case 1:
      put(.meminfo, dice.digits())
      put(.swapinfo, dice.digits())
    case 2:
      put(.xapiFree, dice.digits())
      put(.xapiTotal, dice.digits())
    default:
      let names = ["MemTotal", "MemFree", "MemAvailable", "Cached", "SwapTotal", "SwapFree"]
      put(.meminfo, names.map { "\($0): \(dice.digits()) kB\n" }.joined())
      put(.vmstat, "pswpin \(dice.digits())\npswpout \(dice.digits())\n")
    }
    return StoreKeys(entries: entries, reportWrites: ReportWrites(each: writes))
  }

  private static func reading(_ dice: inout Dice, steady: SteadyTime, _ writes: UInt64) -> Reading {
    let present = domids.filter { $0 == 0 || dice.roll(8) > 0 }
    let domains = present.map { domid in
      DomainReading(
        id: DomainID(
          domid: domid, uuid: domid == 0 ? .zero : DomainUUID(high: 1, low: UInt64(domid))),
        kind: dice.roll(2) == 0 ? .pv : .hvm,
        life: dice.roll(9) == 0 ? .dying : .running,
        allocation: dice.amount(), limit: dice.roll(2) == 0 ? nil : dice.amount(),
        claim: dice.amount(), keys: keys(&dice, writes))
    }
    let host = HostReading(
      hostname: "xen1", xenVersion: "4.17", total: dice.amount(), free: dice.amount(),
      claimed: dice.amount())
    return Reading(
      time: WallTime(milliseconds: dice.roll(4) == 0 ? dice.number() : 1_700_000_000_000),
      steady: steady, host: host, domains: domains)
  }

  private static func policies(_ dice: inout Dice) -> PolicySet {
    PolicySet(
      rules: [
        PolicySet.Rule(
          pattern: DomainPattern("*"),
          changes: [
            .regulated(true), .weight(1 + Int64(dice.roll(1000))), .ceiling(dice.amount()),
            .reserve(dice.roll(2) == 0 ? .size(dice.amount()) : .share(percent: dice.number())),
          ])
      ], hostReserve: dice.amount())
  }

  /// Everything that is made of a snapshot by pure code.
  private struct Everything {
    var history = History(budget: 1 << 16)
    var state: AppState
    var regulator: Regulator
    let policies: PolicySet

    init(_ policies: PolicySet) {
      self.policies = policies
      state = AppState(
        settings: ScreenSettings(policies: policies), size: ScreenSize(columns: 120, rows: 40),
        now: SteadyTime(milliseconds: 0))
      regulator = Regulator(policies: policies)
    }

    mutating func take(_ snapshot: Snapshot, _ dice: inout Dice) {
      history.append(snapshot)
      _ = regulator.see(snapshot)
      for (order, _) in regulator.orders(snapshot) { regulator.begin(order) }
      judge(snapshot, &dice)
      print(snapshot)
      draw(snapshot, &dice)
    }

    private func judge(_ snapshot: Snapshot, _ dice: inout Dice) {
      for sample in snapshot.domains {
        let verdict = Guard.verdict(on: sample.id, to: dice.amount(), in: snapshot)
        #expect(verdict.findings.allSatisfy { !$0.text.isEmpty })
        for text in ["+1000%", "-99%", "busy+4096T", "max-1K", "4096T"] {
          _ = try? SizeExpression(parsing: text).resolve(for: sample)
        }
      }
      let plan = FreePlan.make(freeing: dice.amount(), in: snapshot, policies: policies)
      for order in plan.orders { #expect(order.to > .zero) }
    }

    private func print(_ snapshot: Snapshot) {
      for format in BatchFormat.allCases {
        var writer = BatchWriter(format: format, fields: Field.printable, terminal: 120)
        writer.put(snapshot)
        #expect(writer.output.count > 0)
      }
    }

    private mutating func draw(_ snapshot: Snapshot, _ dice: inout Dice) {
      _ = reduce(&state, .snapshot(snapshot), history: history)
      let keys: [Key] = [
        .enter, .escape, .down, .character("]"), .character("a"), .character("*"),
        .character("s"), .character("z"), .character("n"), .character("("), .character("L"),
        .character("+"), .character("{"), .character("}"), .character("u"), .character("I"),
      ]
      for _ in 0..<4 { _ = reduce(&state, .key(keys[dice.roll(keys.count)]), history: history) }
      let columns = [40, 80, 200, 1000][dice.roll(4)]
      _ = reduce(
        &state, .resized(ScreenSize(columns: columns, rows: 8 + dice.roll(60))), history: history)
      #expect(Screen.draw(state, history: history).width == columns)
    }
  }

  @Test("no number of anybody's ends the program", arguments: 1...12)
  func all(seed: UInt64) {
    var dice = Dice(random: SeededRandom(seed: seed))
    let observer = Observer()
    var everything = Everything(Self.policies(&dice))
    var steady: Int64 = 0
    for second in 1...60 {
      let stride: Int64 = dice.roll(12) == 0 ? 1 << Int64(20 + dice.roll(38)) : 1000
      steady = steady.addingClamped(stride)
      var snapshot = observer.observe(
        Self.reading(&dice, steady: SteadyTime(milliseconds: steady), UInt64(second)))
      snapshot.advise(everything.policies)
      everything.take(snapshot, &dice)
    }
  }
}
