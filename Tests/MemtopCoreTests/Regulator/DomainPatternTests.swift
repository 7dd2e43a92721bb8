import MemtopCore
import Testing

@Suite(.timeLimit(.minutes(30))) struct DomainPatternTests {
  private static let uuid = "0a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"

  @Test(
    "names and uuids match with wildcards",
    arguments: [
      ("*", "web1", true), ("web1", "web1", true), ("web", "web1", false), ("web*", "web1", true),
      ("*1", "web1", true), ("w?b1", "web1", true), ("w?1", "web1", false), ("", "web1", false),
      ("*b*", "web1", true), ("*x*", "web1", false), ("WEB1", "web1", false),
      ("b?ro1", "büro1", true), ("b??ro1", "büro1", false), ("*?ro1", "büro1", true),
      ("?", "東", true), ("?", "", false), ("??", "東京", true),
      ("a*b*c", "aXbYbZc", true), ("a*b*c", "aXbYbZ", false), ("**", "web1", true),
      (uuid, "web1", true), (uuid.uppercased(), "web1", true), ("0a1b2c3d-*", "web1", true),
      ("*-9e0f1a2b3c4d", "web1", true), ("0a1b*3c4e", "web1", false),
    ])
  func matches(pattern: String, name: String, expected: Bool) throws {
    let id = DomainID(domid: 3, uuid: try #require(DomainUUID(Self.uuid)))
    #expect(DomainPattern(pattern).matches(id, name: name) == expected)
  }

  @Test("a hostile pattern takes no exponential time")
  func hostile() {
    let pattern = DomainPattern(String(repeating: "a*", count: 24) + "b")
    let name = String(repeating: "a", count: 4096)
    #expect(!pattern.matches(DomainID(domid: 1, uuid: .zero), name: name))
  }
}
