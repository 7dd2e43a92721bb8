import MemtopCore
import Testing

@testable import MemtopConf
@testable import TestSupport

@Suite("files with hostile bytes", .timeLimit(.minutes(30))) struct HostileFileTests {
  private static let policyLines = [
    "[host]", "reserve = 2G", "owner = xapi", "[domain web*]", "reserve = 10%", "floor = 1G",
    "ceiling = 8G", "weight = 2", "regulate = yes", "hands-off = no", "xapi-free = available",
  ]
  private static let config = [
    #"name = "web""#, "memory = 2048", "maxmem = 4096", "vcpus = 4", #"type = "pvh""#,
    #"disk = [ "a", 'b' ]"#, "videoram = 16",
  ]

  private static func replace(_ line: String, _ value: [UInt8]) -> [UInt8] {
    guard let sign = line.firstIndex(of: "=") else {
      return [UInt8(ascii: "[")] + value + [UInt8(ascii: "]")]
    }
    return Array(line[...sign].utf8) + value
  }

  /// Every text, and what a reader says that throws.
  private static func complaints(
    _ lines: [String], _ read: ([UInt8]) throws(ConfError) -> Void
  ) -> (refused: [String], taken: Int) {
    var refused: [String] = []
    var taken = 0
    let variants = HostileCorpus.variants(lines, separator: "\n", replacing: replace)
    for text in variants + HostileCorpus.all.map(\.bytes) {
      do throws(ConfError) {
        try read(text)
        taken += 1
      } catch {
        refused.append(error.description)
      }
    }
    return (refused, taken)
  }

  private static func check(_ complaints: [String]) {
    for complaint in complaints {
      #expect(complaint.unicodeScalars.count < 700, "\(complaint)")
      #expect(HarmlessText.offence(in: complaint) == nil, "\(complaint.debugDescription)")
    }
  }

  @Test("a policy is read, or refused in one harmless line")
  func policies() throws {
    let good = Array(Self.policyLines.joined(separator: "\n").utf8)
    _ = try PolicyFile.policies(INIFile(text: good, path: "p"))
    let found = Self.complaints(Self.policyLines) { text throws(ConfError) in
      let set = try PolicyFile.policies(INIFile(text: text, path: "p"))
      for rule in set.rules {
        _ = rule.pattern.matches(DomainID(domid: 1, uuid: .zero), name: "web")
      }
    }
    Self.check(found.refused)
    #expect(found.refused.count > 500)
  }

  @Test("so is a domain's configuration, and a list of its keys")
  func domains() throws {
    let good = Array(Self.config.joined(separator: "\n").utf8)
    _ = try PlannedDomainFile.domain(XLConfig(text: good, path: "c"))
    let found = Self.complaints(Self.config) { text throws(ConfError) in
      _ = try PlannedDomainFile.domain(XLConfig(text: text, path: "c"))
    }
    Self.check(found.refused)
    #expect(found.refused.count > 300)
    var lists: [String] = []
    for value in HostileCorpus.all {
      for key in ["memory=", "memory=1G,vcpus=", "memory=1G,", "memory=1G,type=", ""] {
        do throws(PlannedDomainFile.ListError) {
          _ = try PlannedDomainFile.parse(key + value.text)
        } catch {
          lists.append(error.description)
        }
      }
    }
    Self.check(lists)
    #expect(lists.count > 200)
  }

  @Test("no number that is none is taken for one", arguments: ["memory", "maxmem", "vcpus"])
  func numbers(_ key: String) {
    for value in HostileCorpus.numbers where !value.text.hasPrefix("0x") {
      let text = Array("memory = 1024\n\(key) = \"".utf8) + value.bytes + [UInt8(ascii: "\"")]
      #expect(throws: ConfError.self, "\(value)") {
        try PlannedDomainFile.domain(XLConfig(text: text, path: "c"))
      }
    }
  }

  @Test("lists in lists without end are refused, and end no program", arguments: [200, 500_000])
  func nesting(_ depth: Int) {
    let open = [UInt8](repeating: UInt8(ascii: "["), count: depth)
    let close = [UInt8](repeating: UInt8(ascii: "]"), count: depth)
    for text in [open, open + close] {
      #expect {
        try XLConfig(text: Array("a = ".utf8) + text, path: "c")
      } throws: {
        "\($0)" == "c:1: has lists nested more than 100 deep"
      }
    }
  }

  @Test("a file's name is harmless, too")
  func paths() {
    for value in HostileCorpus.texts where !value.bytes.contains(0) {
      let path = "/nowhere/" + value.text
      Self.check([complaint(of: path) { text throws(ConfError) in _ = try INIFile(text) } ?? ""])
      Self.check([complaint(of: path) { text throws(ConfError) in _ = try XLConfig(text) } ?? ""])
    }
  }
}
