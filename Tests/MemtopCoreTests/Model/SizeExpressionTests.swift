@testable import TestSupport
import Testing

@testable import MemtopCore

@Suite(.timeLimit(.minutes(30))) struct SizeExpressionTests {
  /// 2 GiB now, 1 GiB busy, 4 GiB at most.
  private static let guest = TestHost.guest()

  @Test(
    "what an operator types becomes a size",
    arguments: [
      ("512M", 512), ("2G", 2048), ("2g", 2048), ("1.5G", 1536), ("1.5GiB", 1536),
      ("524288K", 512), ("1T", 1 << 20), ("0.001T", 1049), (" 2 G ", 2048), ("2 GiB", 2048),
      ("+10%", 2253), ("-10%", 1844), ("+0.05%", 2050), ("+256M", 2304), ("-256M", 1792),
      ("+ 256M", 2304), ("max", 4096), ("MAX", 4096), ("max-1G", 3072), ("max-25%", 3072),
      ("busy", 1024), ("busy+512M", 1536), ("busy + 512M", 1536), ("busy+50%", 1536),
      ("busy-24M", 1000), ("+0M", 2048), ("1K", 1), ("00512M", 512),
    ])
  func meanings(text: String, mib: Int64) throws {
    #expect(try SizeExpression(parsing: text).resolve(for: Self.guest) == .mib(mib))
  }

  @Test(
    "what is not a size is refused in one safe line",
    arguments: [
      "", " ", "+", "-", "512", "G", "M512", "1 2G", "5 12M", "1..5G", "1.5.5G", ".5G", "5.G",
      "1.2345G", "-", "--5M", "+-5M", "5M5", "5X", "10%", "max5", "max+", "busy5M", "maxbusy+5M",
      "busymax", "+10%%", "0x10M", "1e3M", "５M", "5\u{212A}", "5M\n", "5\u{0}M", "\u{1B}[2J5M",
      "infM", "nanG", "99999999999999999999G", "9999999999999T", "123456789012345678G",
      "+100000000000%", String(repeating: "9", count: 5000) + "M",
    ])
  func refusals(text: String) {
    let error = #expect(throws: SizeError.self) { try SizeExpression(parsing: text) }
    let line = error?.description ?? ""
    #expect(line.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 > 0x7F })
    #expect(line.count < 160)
  }

  @Test("what does not fit the domain is refused", arguments: ["-2G", "-3G", "-100%", "busy-2G"])
  func tooLow(text: String) throws {
    let expression = try SizeExpression(parsing: text)
    #expect(throws: SizeError.self) { try expression.resolve(for: Self.guest) }
  }

  @Test("the greatest numbers that can be typed are refused or counted, never overflown")
  func greatest() throws {
    for text in ["4096T", "+4096T", "+10000%", "max+10000%", "busy+4096T"] {
      let size = try? SizeExpression(parsing: text).resolve(for: Self.guest)
      #expect(size.map { $0 > .zero && $0 <= .kib(1 << 42) } ?? true)
    }
    #expect(try SizeExpression(parsing: "+10000%").resolve(for: Self.guest) == .gib(202))
  }

  @Test("what the domain does not tell cannot be reckoned with")
  func unknown() throws {
    let silent = TestHost.guest(5, busy: nil, max: nil)
    for text in ["busy", "busy+1G", "max", "max-1G"] {
      let expression = try SizeExpression(parsing: text)
      #expect(throws: SizeError.self) { try expression.resolve(for: silent) }
    }
    #expect(try SizeExpression(parsing: "+1G").resolve(for: silent) == .gib(3))
  }

  @Test("a size is rounded up to whole MiB, and never beyond static-max")
  func rounding() throws {
    let odd = TestHost.guest(5, size: .mib(1000) + .kib(4), max: .mib(1101) + .kib(512))
    func size(_ text: String) throws -> Bytes {
      try SizeExpression(parsing: text).resolve(for: odd)
    }
    #expect(try size("+1M") == .mib(1002))
    #expect(try size("max") == .mib(1101) + .kib(512))
    #expect(try size("max-100K") == .mib(1101) + .kib(512))
    #expect(try size("max-1M") == .mib(1101))
    #expect(try size("max+1M") == .mib(1103))
  }

  @Test(
    "busy and present count the videoram, as SIZE does; a target that is not there is what is held")
  func videoram() throws {
    let hvm = TestHost.guest(5) { ($0.videoram, $0.target) = (.mib(16), .mib(2032)) }
    #expect(try SizeExpression(parsing: "+0M").resolve(for: hvm) == .mib(2048))
    #expect(try SizeExpression(parsing: "busy").resolve(for: hvm) == .mib(1040))
    let untold = TestHost.guest(5) { $0.target = nil }
    #expect(try SizeExpression(parsing: "+1G").resolve(for: untold) == .gib(3))
  }

  @Test("an amount is an amount and nothing else")
  func amounts() throws {
    #expect(try SizeExpression.amount(parsing: "4G") == .gib(4))
    for text in ["+4G", "-4G", "max", "busy", "busy+4G", "10%", "+10%", "0G", "0.0M"] {
      #expect(throws: SizeError.self) { try SizeExpression.amount(parsing: text) }
    }
  }

  @Test(
    "why a text is no amount",
    arguments: [
      ("512", "give a unit, such as 512M"), ("9", "give a unit: 9G or 9M"),
      ("10,5G", "write 10.5G with a point"), ("1,024M", "write it without a comma"),
      ("1,5,5G", "write it without a comma"), (",5G", "give an amount, such as 4G"),
      ("1073741824", "give a unit: as bytes, this is 1048576K"),
      ("5000T", "that is larger than any host"), ("lots", "give an amount, such as 4G"),
      ("4X", "give an amount, such as 4G"), ("+5", "give an amount, such as 4G"),
    ])
  func noAmount(text: String, why: String) {
    let error = #expect(throws: SizeError.self) { try SizeExpression.amount(parsing: text) }
    #expect(error?.reason == why)
  }
}
