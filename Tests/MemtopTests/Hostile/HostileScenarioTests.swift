import MemtopHTTP
import Testing

@testable import MemtopConf
@testable import TestSupport
@testable import memtop

@Suite("scenario files and addresses with hostile bytes", .timeLimit(.minutes(30)))
struct HostileScenarioTests {
  private static let lines = [
    "[host]", "total = 64G", "xen = 512M", "dom0 = 2G", "[guest web]", "count = 12",
    "memory = 768M", "static-max = 2G", "swap = 1G", "files = 1500M", "reads = 8M",
    "load = steady 420M 20M",
    "[guest desk]", "memory = 2G", "load = wave 400M 1800M 24h", "[guest build]", "memory = 2G",
    "load = burst 300M 1324M 3h 5m", "[guest shop]", "memory = 1G", "load = leak 250M 30M 24h",
  ]

  /// The whole value, or one word of several.
  private static func replace(_ line: String, _ value: [UInt8]) -> [UInt8] {
    guard let sign = line.firstIndex(of: "=") else {
      return Array("[guest ".utf8) + value + [UInt8(ascii: "]")]
    }
    return Array(line[...sign].utf8) + value
  }

  private static func replaceLastWord(_ line: String, _ value: [UInt8]) -> [UInt8] {
    guard let space = line.lastIndex(of: " ") else { return value }
    return Array(line[...space].utf8) + value
  }

  @Test("a scenario is read, or refused in one harmless line")
  func scenarios() throws {
    let good = Array(Self.lines.joined(separator: "\n").utf8)
    #expect(try ScenarioFile.scenario(INIFile(text: good, path: "s")).plans.count == 4)
    var refused = 0
    let variants =
      HostileCorpus.variants(Self.lines, separator: "\n", replacing: Self.replace)
      + HostileCorpus.variants(Self.lines, separator: "\n", replacing: Self.replaceLastWord)
    for text in variants + HostileCorpus.all.map(\.bytes) {
      do throws(ConfError) {
        let scenario = try ScenarioFile.scenario(INIFile(text: text, path: "s"))
        #expect(scenario.host.total > .zero)
        #expect(scenario.plans.allSatisfy { $0.memory <= $0.staticMax })
      } catch {
        refused += 1
        let line = error.description
        #expect(line.unicodeScalars.count < 900, "\(line)")
        #expect(HarmlessText.offence(in: line) == nil, "\(line.debugDescription)")
      }
    }
    #expect(refused > 1000)
  }

  @Test("an address to listen on is digits, colons and dots, whatever else is said")
  func addresses() {
    var taken = 0
    for entry in HostileCorpus.all {
      let text = String(decoding: entry.bytes, as: UTF8.self)
      for said in [
        text, "\(text):80", "127.0.0.1\(text):80", "127.0.0.1:\(text)", "[::1\(text)]:80",
        "[\(text)]:80", "127.0.0.1:80\(text)",
      ] {
        guard let found = ListenAddress(said) else { continue }
        taken += 1
        let isPlain = found.address.utf8.allSatisfy { "0123456789abcdefABCDEF:.".utf8.contains($0) }
        #expect(isPlain, "\(said.debugDescription)")
      }
    }
    #expect(taken > 0 && taken < 60)
  }
}
