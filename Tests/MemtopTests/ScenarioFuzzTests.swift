import MemtopConf
import MemtopCore
import MemtopSimulation
import Testing

@testable import memtop

@Suite("scenarios of any numbers", .timeLimit(.minutes(30))) struct ScenarioFuzzTests {
  /// Words that stand where a number is wanted: true ones, the largest there are, and others.
  private static let sizes = [
    "128M", "1G", "8G", "2G", "1K", "1024G", "1025G", "4096T", "9999999999999999999G", "0M", "-1G",
    "0.001K",
  ]
  private static let spans = [
    "60s", "90s", "5m", "1h", "24h", "99999h", "999999d", "0s", "-1h", "1s", "9999999s", "h",
  ]

  private static func pick(_ words: [String], _ random: inout SeededRandom) -> String {
    // Most are good: else nothing would be tried but the reader.
    words[Int(random.next() % UInt64(random.next() % 16 == 0 ? words.count : 4))]
  }

  private static func text(_ random: inout SeededRandom) -> String {
    func size() -> String { pick(sizes, &random) }
    func span() -> String { pick(spans, &random) }
    let loads = [
      "steady \(size()) \(size())", "wave \(size()) \(size()) \(span())",
      "burst \(size()) \(size()) \(span()) \(span())", "leak \(size()) \(size()) \(span())",
      "leak \(size()) \(size())",
    ]
    var text = random.next() % 2 == 0 ? "" : "[host]\ntotal = 1024G\nxen = \(size())\ndom0 = 1G\n"
    for number in 0..<1 + Int(random.next() % 3) {
      text += "[guest g\(number)]\nmemory = \(size())\nload = \(loads[Int(random.next() % 5)])\n"
      for key in ["static-max", "swap", "files", "reads"] where random.next() % 3 == 0 {
        text += "\(key) = \(size())\n"
      }
      if random.next() % 3 == 0 { text += "count = \(1 + random.next() % 4)\n" }
    }
    return text
  }

  private static func run(_ text: String, _ rules: [StudyRule]) -> Bool {
    guard let file = try? INIFile(text: Array(text.utf8), path: "fuzz"),
      let scenario = try? ScenarioFile.scenario(file)
    else { return false }
    let source = StudySource(scenario)
    let request = StudyRequest(
      sources: [source], rules: rules, hours: 1, seeds: 1, interval: 300, reportsEarly: false)
    let outcome = StudySweep.run(source, request)
    #expect(!StudyText.table(source, request, outcome).isEmpty)
    #expect(!StudyText.csv(source, request, outcome).isEmpty)
    return true
  }

  @Test("are refused or run, and end no program", arguments: 1...4)
  func fuzz(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    var ran = 0
    for _ in 0..<60 {
      let text = Self.text(&random)
      let rule = StudyRule.allCases[Int(random.next() % UInt64(StudyRule.allCases.count))]
      if Self.run(text, [rule]) { ran += 1 }
    }
    #expect(ran > 3)
  }

  @Test("a leak that has gone on for eleven years runs under every rule")
  func leak() {
    #expect(
      Self.run("[guest a]\nmemory = 8G\nload = leak 1K 1024G 99999h\n", StudyRule.allCases))
  }
}
