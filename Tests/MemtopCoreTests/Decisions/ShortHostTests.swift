import Testing

@testable import MemtopCore
@testable import MemtopSimulation

@Suite(.timeLimit(.minutes(30))) struct ShortHostTests {
  private static func guest(
    size: Int64, busy: Int64, pressure: Pressure = .ok,
    _ change: (inout MemoryPolicy) -> Void = {
      _ in
    }
  ) -> AdvisedGuest {
    var policy = MemoryPolicy()
    change(&policy)
    return AdvisedGuest(
      size: .mib(size), busy: .mib(busy), pressure: pressure, staticMax: .gib(64), policy: policy)
  }

  private static func targets(_ guests: [AdvisedGuest], free: Int64) -> [Int64?] {
    Advisor.advise(guests, free: .mib(free)).map { try? $0.get().target.mib }
  }

  @Test("who has a surplus gives at once what is lacking, in proportion")
  func proportion() {
    let guests = [
      Self.guest(size: 2048, busy: 2048, pressure: .short),
      Self.guest(size: 4096, busy: 1024), Self.guest(size: 9984, busy: 1024),
    ]
    // It lacks 512 MiB; they have 2816 and 8704 MiB too many.
    let targets = Self.targets(guests, free: 0)
    #expect(targets == [nil, 4096 - 352, 9984 - 1088])
  }

  @Test("nobody goes below its floor, or below its reserve for a wish that is no need")
  func floor() {
    let wish = Self.guest(size: 2048, busy: 2048)
    let floored = Self.guest(size: 4096, busy: 1024) { $0.floor = .mib(4000) }
    let content = Self.guest(size: 1280, busy: 1024)
    let targets = Self.targets([wish, floored, content], free: 0)
    #expect(targets[1].map { $0 >= 4000 } != false)
    #expect(targets[2] == nil)
  }

  @Test("for one under pressure others give up to half their reserve, and none of those under it")
  func suffering() throws {
    let needy = Self.guest(size: 4096, busy: 4096, pressure: .thrashing)
    let content = Self.guest(size: 2560, busy: 2048)
    let pressed = Self.guest(size: 2560, busy: 2048, pressure: .tight)
    let targets = Self.targets([needy, content, pressed], free: 0)
    #expect(targets == [nil, 2048 + 256, nil])
  }

  @Test("what is free is shared by weight, and what one does not want is the others'")
  func weights() {
    // Each wants 224 MiB more, and no more than that.
    let light = Self.guest(size: 1056, busy: 1024)
    let heavy = Self.guest(size: 1056, busy: 1024) { $0.weight = 300 }
    #expect(Self.targets([light, heavy], free: 256) == [1056 + 64, 1056 + 192])
    #expect(Self.targets([light, heavy], free: 400) == [1056 + 176, 1280])
    #expect(Self.targets([light, heavy], free: 600) == [1280, 1280])
  }

  @Test("raises together never take more than is free", arguments: 1...40)
  func conserved(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    let guests = (0..<12).map { _ in
      Self.guest(
        size: 256 + Int64(random.next() % 4096), busy: 128 + Int64(random.next() % 4096),
        pressure: Pressure.allCases[Int(random.next() % 4)]
      ) { $0.weight = 1 + Int64(random.next() % 1000) }
    }
    let free = Int64(random.next() % 3000)
    let advice = Advisor.advise(guests, free: .mib(free))
    var taken: Int64 = 0
    for (guest, advice) in zip(guests, advice) {
      guard let target = try? advice.get().target else { continue }
      taken += max(0, target.mib - guest.size.mib)
      if target < guest.size {
        #expect(target >= guest.safeSize(busy: guest.busy!))
        #expect(guest.pressure == .ok)
      }
    }
    #expect(taken <= free)
  }
}
