import Foundation
import Patience
import Testing

/// A terminal whose contents can be read: a tmux of the test's own, with an interactive bash in it.
final class Tmux {
  private let socket = FileManager.default.temporaryDirectory
    .appendingPathComponent("memtop-tmux-\(UUID().uuidString)").path
  private let columns: Int

  init(columns: Int = 100, rows: Int = 30) throws {
    self.columns = columns
    try run(
      "-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)",
      "exec env -i HOME=/ PATH=/usr/bin:/bin TERM=screen-256color LANG=C.UTF-8 PS1='shell> '"
        + " bash --norc --noprofile -i")
  }

  deinit {
    _ = try? run("kill-server")
    unlink(socket)
  }

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
    var patience = Patience(seconds: seconds)
    while true {
      let text = try text()
      if condition(text) { return }
      guard patience.lasts() else { throw TimedOut(what: what, screen: text) }
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

  /// With popen, because Foundation's Process waits for the server too, which stays.
  @discardableResult private func run(_ arguments: [String]) throws -> String {
    let line = ["-u", "-S", socket] + arguments
    let quoted = line.map { "'" + $0.replacingOccurrences(of: "'", with: "'\\''") + "'" }
    let start = "env -i PATH=/usr/bin:/bin LANG=C.UTF-8 TERM=xterm tmux "
    let output = arguments.contains("new-session") ? " >/dev/null" : ""
    let command = start + quoted.joined(separator: " ") + " 2>&1 </dev/null" + output
    guard let stream = popen(command, "re") else { throw SystemError(call: "popen", code: errno) }
    var words = [UInt8](repeating: 0, count: 1 << 16)
    let count = fread(&words, 1, words.count, stream)
    let said = String(decoding: words.prefix(count), as: UTF8.self)
    let status = pclose(stream)
    guard status == 0 else { throw TimedOut(what: "tmux \(arguments)", screen: said) }
    return said
  }
}
