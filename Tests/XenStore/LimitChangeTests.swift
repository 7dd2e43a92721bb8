import MemtopCore
import Testing

@testable import MemtopXen

@Suite("the limit that a change of libxl's leaves behind", .timeLimit(.minutes(30)))
struct LimitChangeTests {
  private static let (low, high) = (Bytes.mib(64), Bytes.mib(200))
  /// As libxl sets it.
  private static func limit(_ size: Bytes) -> Bytes { size + .mib(1) }

  private func mended(
    _ limit: Bytes?, to size: Bytes, former: Bytes?, present: Bytes? = .mib(128),
    holding held: Bytes = .mib(128)
  ) -> Bytes? {
    LimitChange(from: .mib(128), size: size, former: former)
      .mended(limit, size: present, holding: held)
  }

  @Test("where the target was not set, it is what it was before")
  func back() {
    for size in [Self.low, Self.high] {
      #expect(mended(Self.limit(size), to: size, former: .mib(129)) == .mib(129))
      // Some operators have it above the target on purpose.
      #expect(mended(Self.limit(size), to: size, former: .mib(256)) == .mib(256))
    }
  }

  @Test("it is neither below what the target needs nor below what the domain holds")
  func least() {
    #expect(mended(Self.limit(Self.high), to: Self.high, former: .mib(100)) == .mib(129))
    let held = Bytes.mib(190)
    #expect(mended(Self.limit(Self.high), to: Self.high, former: .mib(129), holding: held) == held)
  }

  @Test("where there was none, it is only raised")
  func unlimited() {
    #expect(mended(Self.limit(Self.low), to: Self.low, former: nil) == .mib(129))
    #expect(mended(Self.limit(Self.high), to: Self.high, former: nil) == nil)
  }

  @Test("it stays where the target is set, and where it is not the one that libxl has set")
  func stays() {
    for limit in [Self.limit(Self.low), .mib(33), .mib(256), nil] {
      #expect(mended(limit, to: Self.low, former: .mib(129), present: Self.low) == nil)
    }
    for limit in [Bytes.mib(33), .mib(129), .mib(256), nil] {
      #expect(mended(limit, to: Self.low, former: .mib(129)) == nil)
    }
    #expect(mended(Self.limit(Self.low), to: Self.low, former: .mib(129), present: nil) == nil)
  }

  @Test("under a target that somebody else has set, it is what that needs")
  func others() {
    #expect(
      mended(Self.limit(Self.low), to: Self.low, former: .mib(256), present: .mib(150)) == .mib(151)
    )
    #expect(
      mended(Self.limit(Self.high), to: Self.high, former: .mib(129), present: .mib(150))
        == .mib(151))
  }
}
