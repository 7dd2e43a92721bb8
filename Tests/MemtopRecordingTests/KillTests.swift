import Foundation
import MemtopRecording
import RecordedLoad
import Testing

/// A writer is killed by SIGKILL at random moments, goes on with the file, is killed again. After each
/// time the file holds what was acknowledged, and decodes to what went in.
@Suite("kill -9 at any moment", .timeLimit(.minutes(30)))
struct KillTests {
  @Test(
    "what was acknowledged is there, and a new writer goes on",
    arguments: [
      Kind("plain", files: 8, runs: 6, words: []),
      Kind("at its creation", files: 40, runs: 2, when: .afterStart(50_000), words: []),
      Kind("every sample synced", files: 3, runs: 6, words: ["sync=0"]),
      Kind("while it forgets what is old", files: 5, runs: 6, words: ["keep=1", "sync=0"]),
      Kind("while it stays below a size", files: 5, runs: 6, filled: 900, words: ["max-size=1"]),
      Kind("at its end", files: 3, count: 12, when: .afterCount(6_000), words: []),
      Kind(
        "at its end, below a size", files: 2, count: 12, filled: 900, when: .afterCount(9_000),
        words: ["max-size=1"]),
    ])
  func killed(_ kind: Kind) throws {
    let scratch = Scratch(fast: true)
    var random = Seeded(kind.name)
    let begun = scratch.file("begun")
    try kind.fill(begun)
    for file in 0..<kind.files {
      let path = scratch.file("\(file)")
      if kind.filled > 0 { try FileManager.default.copyItem(atPath: begun, toPath: path) }
      var last = kind.filled
      for run in 0..<kind.runs {
        let probe = try kind.start(path, from: last + 1)
        kind.kill(probe, &random)
        let status = probe.end()
        #expect(status == 128 + SIGKILL || status == 0, "\(probe.text)")
        let acknowledged = probe.numbers.last ?? last
        last = try held(path, atLeast: acknowledged, from: kind, "\(kind), \(file), \(run)")
      }
    }
  }

  /// - Returns: the last number that the file holds.
  private func held(_ path: String, atLeast acknowledged: Int64, from kind: Kind, _ what: String)
    throws -> Int64
  {
    let check: RecordingCheck
    do {
      check = try RecordingCheck(path)
    } catch {
      // Killed before there was a schema: nothing was acknowledged, and it is said so.
      let says = "\(error)"
      try #require(
        acknowledged == 0 && (says.contains("is empty") || says.contains("cannot open")),
        "\(what): \(says)")
      return 0
    }
    #expect(check.problems.isEmpty, "\(what): \(check.problems)")
    #expect(check.damage.isEmpty, "\(what): \(check.damage)")
    let last = check.numbers.last ?? 0
    #expect(
      (acknowledged...acknowledged + 1).contains(last),
      "\(what): \(acknowledged) was acknowledged, \(last) is the last that is there")
    if let first = check.numbers.first {
      #expect(check.numbers == Array(first...last), "\(what): some in between are missing")
      #expect(first == 1 || kind.forgets, "\(what): begins with \(first)")
    }
    #expect(Raw.text(path, "PRAGMA integrity_check") == "ok", "\(what)")
    return last
  }
}

/// One way to be killed.
struct Kind: CustomTestStringConvertible, Sendable {
  enum Moment: Sendable {
    /// Within so many microseconds after the process was started.
    case afterStart(Int)
    /// … after its first acknowledgement.
    case afterFirst(Int)
    /// … after its last one.
    case afterCount(Int)
  }
  let name: String
  let files: Int
  let runs: Int
  let count: Int?
  let filled: Int64
  let when: Moment
  let words: [String]

  init(
    _ name: String, files: Int, runs: Int = 10, count: Int? = nil, filled: Int64 = 0,
    when: Moment = .afterFirst(15_000), words: [String]
  ) {
    (self.name, self.files, self.runs, self.count) = (name, files, runs, count)
    (self.filled, self.when, self.words) = (filled, when, words)
  }

  var testDescription: String { "\(name): \(files * runs) times" }
  var forgets: Bool { words.contains { $0.hasPrefix("max-size") || $0.hasPrefix("keep") } }

  func fill(_ path: String) throws {
    guard filled > 0 else { return }
    let option = words.joined(separator: " ")
    let probe = try Probe(script: #""$0" write "\#(path)" 1 \#(filled) \#(option) >/dev/null"#)
    try #require(probe.end() == 0)
  }

  func start(_ path: String, from first: Int64) throws -> Probe {
    let count = count.map(String.init) ?? "1000000"
    let option = words.joined(separator: " ")
    return try Probe(script: #"exec "$0" write "\#(path)" \#(first) \#(count) \#(option)"#)
  }

  func kill(_ probe: Probe, _ random: inout Seeded) {
    switch when {
    case .afterStart(let most): usleep(random.below(most))
    case .afterFirst(let most):
      if probe.hear() { usleep(random.below(most)) }
    case .afterCount(let most):
      while probe.numbers.count < count ?? 0, probe.hear() {}
      usleep(random.below(most))
    }
    probe.kill()
  }
}
