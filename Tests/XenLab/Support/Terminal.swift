import Foundation

/// A terminal with a shell in dom0, through tmux outside and ssh: what an operator sits at.
final class Terminal {
  private static let socket = "memtop-lab-\(getpid())"
  private let session = "s\(UUID().uuidString.prefix(8))"

  convenience init(_ lab: Lab, columns: Int = 120, rows: Int = 40) throws {
    try self.init(
      command: "TERM=screen-256color \(Lab.script) ssh --name \(lab.name) -t", columns: columns,
      rows: rows)
    try see(#"dom0:~#"#)
  }

  /// A command on this machine.
  init(command: String, columns: Int = 120, rows: Int = 40) throws {
    try tmux(
      "-f", "/dev/null", "new-session", "-d", "-s", session, "-x", "\(columns)", "-y", "\(rows)",
      command)
  }

  deinit { _ = try? tmux("kill-session", "-t", session) }

  @discardableResult
  private func tmux(_ words: String...) throws -> String {
    try Command.run(["/usr/bin/tmux", "-u", "-L", Self.socket] + words).orThrow().output
  }

  /// What is on the screen now.
  func screen() throws -> String { try tmux("capture-pane", "-p", "-t", session) }

  /// Presses keys, by tmux's names: `Enter`, `Escape`, `C-z`.
  func press(_ keys: String...) throws {
    for key in keys { try tmux("send-keys", "-t", session, key) }
  }

  /// Presses a key that memtop refuses while samples are late, as they may be on a busy machine: again
  /// once that is over.
  func press(_ key: String, toSee text: String) throws {
    try press(key)
    var last = ""
    _ = try eventually("\(text) on the screen after \(key)", saw: { last }) {
      last = try screen()
      if last.contains(text) { return true }
      guard last.contains("Cannot stage on old figures") else { return nil }
      try see(not: "Cannot stage on old figures")
      try press(key)
      return nil
    }
  }

  /// Types text as it is.
  func type(_ text: String) throws { try tmux("send-keys", "-t", session, "-l", text) }

  /// Waits until a line of the screen has all of `texts` in it.
  /// - Returns: the line.
  @discardableResult
  func see(_ texts: String...) throws -> String {
    var last = ""
    return try eventually("a line with \(texts) on the screen", saw: { last }) {
      last = try screen()
      return last.split(separator: "\n").map(String.init).first { line in
        texts.allSatisfy { line.contains($0) }
      }
    }
  }

  /// Waits until `text` is nowhere on the screen.
  func see(not text: String) throws {
    var last = ""
    _ = try eventually("a screen without \(text)", saw: { last }) {
      last = try screen()
      return last.contains(text) ? nil : true
    }
  }

  /// Starts memtop and waits for its first sample.
  func open(_ arguments: String = "") throws {
    try type("memtop \(arguments)")
    try press("Enter")
    try see("Domain-0", "640M")
  }

  /// Leaves memtop and waits for the shell.
  func quit() throws {
    try press("C-c")
    try awaitShell()
  }

  func awaitShell() throws {
    try see("dom0:~#")
    try type("echo back-in-$((40+2))")
    try press("Enter")
    try see("back-in-42")
  }

  /// Puts the cursor on a domain, by leaving only that one in the list.
  func select(_ domain: String) throws {
    try press("/")
    try see("Filter:")
    try type(domain)
    try press("Enter")
    try see("›", " \(domain) ")
  }

  /// Types a target for the domain under the cursor.
  func stage(_ target: String) throws {
    try press("e", toSee: "Target")
    try type(target)
    try press("Enter")
    try see("→\(target)")
  }

  /// From a typed amount to the review of a plan that frees it. On a busy machine a guest's report may come
  /// late: then the guest gives nothing, and with the next sample it is asked for once more.
  func plan() throws {
    var last = ""
    _ = try eventually("a plan that can be applied", saw: { last }) {
      try press("Enter")
      let refusal = "can be freed safely"
      _ = try eventually("a plan or why there is none", saw: { last }) {
        last = try screen()
        return last.contains("y apply") || last.contains(refusal) ? true : nil
      }
      if last.contains("y apply") { return true }
      // A refusal that is still there may be of the Enter before: what was typed is typed anew.
      try press("Space", "BSpace")
      try see(not: refusal)
      return nil
    }
  }

  /// From what is staged to its being set, through the review.
  func apply() throws {
    let choice = try review()
    try press("y")
    if choice.contains("warning") || choice.contains("anyway") {
      try see("Type yes")
      try type("yes")
      try press("Enter")
    }
  }

  /// On a busy machine a guest's report may come late, which the review refuses, and rightly: then once
  /// more. What else it refuses stays refused.
  private func review() throws -> String {
    var last = ""
    return try eventually("a review that can be applied", saw: { last }) {
      try press("Enter")
      let answer = try eventually("a review", saw: { last }) {
        last = try screen()
        let lines = last.split(separator: "\n").map(String.init)
        return lines.first { $0.contains("y apply") || $0.contains("Esc goes back") }
      }
      if answer.contains("y apply") { return answer }
      try press("Escape")
      try see("Staged: ")
      return nil
    }
  }
}
