import Foundation
import Testing

/// A terminal whose contents can be read: a tmux of the test's own, with an interactive bash in it.
final class Tmux {
  private let name = "memtop-test-\(UUID().uuidString.prefix(8))"
  private let columns: Int

  init(columns: Int = 100, rows: Int = 30) throws {
    self.columns = columns
    try run(
      "-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)",
      "exec env -i HOME=/ PATH=/usr/bin:/bin TERM=screen-256color LANG=C.UTF-8 PS1='shell> '"
        + " bash --norc --noprofile -i")
  }

  deinit { _ = try? run("kill-server") }

  /// Types text as it stands.
  func type(_ text: String) throws { try run("send-keys", "-l", text) }

  /// Presses keys by tmux's names: C-z, Enter.
  func press(_ keys: String...) throws { try run(["send-keys"] + keys) }

  /// A command to the shell.
  func command(_ text: String) throws {
    try type(text)
    try press("Enter")
  }

  func resize(columns: Int, rows: Int) throws {
    try run("resize-window", "-x", "\(columns)", "-y", "\(rows)")
  }

  /// What the terminal shows, line by line.
  func lines() throws -> [String] {
    try run("capture-pane", "-p").split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
  }

  func text() throws -> String { try lines().joined(separator: "\n") }

  /// A variable of tmux's about the pane: `alternate_on`, `cursor_flag`, `pane_pid`.
  func value(_ variable: String) throws -> String {
    try run("display-message", "-p", "#{\(variable)}").trimmingCharacters(in: .newlines)
  }

  /// Waits until what is shown satisfies `condition`.
  func wait(_ what: String, seconds: Double = 20, until condition: (String) -> Bool) async throws {
    let end = Date().addingTimeInterval(seconds)
    while true {
      let text = try text()
      if condition(text) { return }
      guard Date() < end else { throw TimedOut(what: what, screen: text) }
      try await Task.sleep(for: .milliseconds(20))
    }
  }

  func see(_ words: String, seconds: Double = 20) async throws {
    try await wait("the words \(words)", seconds: seconds) { $0.contains(words) }
  }

  /// Waits for a prompt that has nothing after it.
  func seePrompt() async throws {
    try await wait("the shell's prompt") {
      $0.split(separator: "\n").last?.hasPrefix("shell>") == true
    }
  }

  @discardableResult private func run(_ arguments: String...) throws -> String {
    try run(arguments)
  }

  @discardableResult private func run(_ arguments: [String]) throws -> String {
    let tmux = Process()
    let output = Pipe()
    tmux.executableURL = URL(fileURLWithPath: "/usr/bin/tmux")
    tmux.arguments = ["-u", "-L", name] + arguments
    tmux.environment = ["PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TERM": "xterm"]
    tmux.standardOutput = output
    tmux.standardError = FileHandle.nullDevice
    tmux.standardInput = FileHandle.nullDevice
    try tmux.run()
    let bytes = output.fileHandleForReading.readDataToEndOfFile()
    tmux.waitUntilExit()
    guard tmux.terminationStatus == 0 else {
      throw TimedOut(what: "tmux \(arguments): status \(tmux.terminationStatus)", screen: "")
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
