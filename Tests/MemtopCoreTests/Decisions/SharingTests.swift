import Testing

@testable import MemtopCore

@Suite(.timeLimit(.minutes(30))) struct SharingTests {
  private static func shares(_ amount: Int64, _ rooms: [Int64]) -> [Int64] {
    Sharing.proportional(.mib(amount), among: rooms.map(Bytes.mib), unit: .mib(1)).map(\.mib)
  }

  @Test(
    "each gives in proportion to its room, in whole MiB that are enough together",
    arguments: [
      (300, [100, 200, 300], [50, 100, 150]), (100, [100, 100, 100], [34, 33, 33]),
      (1, [100, 100], [1, 0]), (600, [100, 200], [100, 200]), (0, [100], [0]),
      (10, [0, 20], [0, 10]),
      (10, [], []),
    ] as [(Int64, [Int64], [Int64])])
  func proportional(amount: Int64, rooms: [Int64], shares: [Int64]) {
    #expect(Self.shares(amount, rooms) == shares)
  }

  @Test("to the byte it is exactly the amount, also where that does not divide")
  func exact() {
    let rooms: [Bytes] = [.gib(3), .gib(1), .gib(7)]
    let shares = Sharing.proportional(.mib(1000) + Bytes(1), among: rooms)
    #expect(shares.reduce(.zero, +) == .mib(1000) + Bytes(1))
    #expect(
      zip(shares, rooms).allSatisfy {
        ($0 * 11 - .mib(1000) * ($1.count >> 30)).magnitude < Bytes(64)
      })
  }
}
