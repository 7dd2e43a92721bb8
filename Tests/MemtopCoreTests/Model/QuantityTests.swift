import Testing

@testable import MemtopCore

@Suite("quantities end at the largest there is", .timeLimit(.minutes(30))) struct QuantityTests {
  static let edges: [Int64] = [
    .min, .min + 1, -(1 << 62), -(1 << 40), -4097, -1, 0, 1, 2, 3, 1000, 4096, 1 << 40, 1 << 51,
    1 << 62, .max - 1, .max,
  ]

  private static func clamped(_ number: Int128) -> Int64 { Int64(clamping: number) }

  @Test(
    "sums, differences, products and parts are what wide numbers make of them", arguments: edges)
  func wide(a: Int64) {
    let wide = Int128(a)
    #expect(-Bytes(a) == Bytes(Self.clamped(-wide)))
    #expect(Bytes(a).magnitude == Bytes(Self.clamped(Int128(wide.magnitude))))
    for b in Self.edges {
      #expect(Bytes(a) + Bytes(b) == Bytes(Self.clamped(wide + Int128(b))))
      #expect(Bytes(a) - Bytes(b) == Bytes(Self.clamped(wide - Int128(b))))
      #expect(Bytes(a) * b == Bytes(Self.clamped(wide * Int128(b))))
      for c in Self.edges where c != 0 {
        let expected = Self.clamped(wide * Int128(b) / Int128(c))
        #expect(a.scaled(b, over: c) == expected, "\(a) * \(b) / \(c)")
      }
    }
  }

  @Test("spans and moments are the same", arguments: edges)
  func times(a: Int64) {
    for b in Self.edges {
      let (wall, span) = (WallTime(milliseconds: a), Span(milliseconds: b))
      #expect((wall + span).milliseconds == a.addingClamped(b))
      #expect((wall - span).milliseconds == a.subtractingClamped(b))
      #expect(
        (SteadyTime(milliseconds: a) - SteadyTime(milliseconds: b)).milliseconds
          == a.subtractingClamped(b))
      #expect(Span.seconds(b).milliseconds == Self.clamped(Int128(b) * 1000))
      #expect(Bytes.pages(b).count == Self.clamped(Int128(b) * 4096))
    }
  }

  @Test("nothing is divided by zero")
  func zero() {
    #expect(Bytes(5) / 0 == Bytes(.max))
    #expect(Bytes(-5) / 0 == Bytes(.min))
    #expect(Bytes.zero / 0 == .zero)
    #expect(Bytes(.min) / -1 == Bytes(.max))
  }

  @Test("fractions without end, and none at all, are numbers, too")
  func fractions() {
    #expect(Bytes(10).scaled(by: 0.75) == Bytes(7))
    #expect(Bytes(10).scaled(by: .infinity) == Bytes(.max))
    #expect(Bytes(-10).scaled(by: .infinity) == Bytes(.min))
    #expect(Bytes(.max).scaled(by: 1.0) == Bytes(.max))
    #expect(Bytes(10).scaled(by: .nan) == .zero)
  }

  @Test("what amounts read like is never wider than five columns and a sign", arguments: edges)
  func short(count: Int64) {
    #expect(Bytes(count).short.utf8.count <= 6)
    #expect(Bytes(count.magnitude > .max ? .max : count).magnitude.short.utf8.count <= 5)
  }
}
