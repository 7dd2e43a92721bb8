import Testing

@testable import MemtopCore
@testable import MemtopUI

@Suite(.timeLimit(.minutes(30))) struct NameColumnTests {
  private static func texts(_ names: [(String, UInt16)], width: Int) -> [String] {
    NameColumn(names.map { (name: $0.0, domid: $0.1) }, width: width, sign: "…").texts
  }

  @Test("a name that is cut says so")
  func cut() {
    #expect(Self.texts([("customer-acme", 1), ("db", 2)], width: 8) == ["custome…", "db"])
    #expect(Self.texts([("数据库服务器", 1)], width: 6) == ["数据…"])
  }

  @Test("names that read the same, cut or not, have their domids beside them")
  func namesakes() {
    #expect(
      Self.texts([("customer-acme-1", 31), ("customer-acme-2", 1032), ("db", 2)], width: 14)
        == ["customer… (31)", "custom… (1032)", "db"])
    #expect(Self.texts([("web", 1), ("web", 2)], width: .max) == ["web (1)", "web (2)"])
  }

  @Test("they stay within the width, as far as a domid leaves room", arguments: 10...30)
  func fits(width: Int) {
    let names = (0..<50).map { ("customer-\($0 % 3)-数据库服务器", UInt16($0 * 700)) }
    let texts = Self.texts(names, width: width)
    #expect(Set(texts).count == names.count)
    for text in texts { #expect(TextWidth.columns(of: text) <= width, "\(text)") }
  }
}
