import Foundation
import MemtopCore

extension GuestRoot {
  /// What `memtop-agent -1n` prints in this guest.
  func keys(by shell: TestGuest.Shell) throws -> [String: String] {
    try finished(dryRun(by: shell)).keys
  }

  /// The report in it, as memtop reads it.
  func report(by shell: TestGuest.Shell) throws -> GuestReport {
    try TestGuest.read(keys(by: shell)["data/memtop"] ?? "")
  }

  /// Starts it.
  func dryRun(_ options: String..., by shell: TestGuest.Shell = .dash) throws -> Child {
    try Child(
      shell.words + [TestGuest.agent, "-1n"] + options,
      environment: ["PATH": "/usr/bin:/bin", "MEMTOP_AGENT_ROOT": folder.path], in: self)
  }

  private func finished(_ agent: Child) throws -> Child {
    guard agent.wait(seconds: 60) == 0, agent.errors == "" else {
      throw Unexpected(description: "memtop-agent -1n: \(agent.errors)")
    }
    return agent
  }
}

extension Child {
  /// The keys that a dry run has printed, and their values.
  var keys: [String: String] {
    let pairs = output.split(separator: "\n").map { line in
      let words = line.split(separator: " ", maxSplits: 1)
      return (String(words[0]), words.count > 1 ? String(words[1]) : "")
    }
    return Dictionary(pairs) { $1 }
  }
}
