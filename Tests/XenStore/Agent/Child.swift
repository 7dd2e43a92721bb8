import Foundation

/// A program that runs beside a test, with its output in files.
///
/// Started by posix_spawn and not by Foundation's `Process`, whose children keep the signals blocked
/// that the runner's threads block: an agent could not be told to end.
final class Child {
  let pid: pid_t
  private let folder: URL
  private var status: Int32?
  /// What it used of the processor, once it has ended; its children that it waited for included.
  private(set) var cpu = 0.0
  /// What it runs in lives as long as it is looked at.
  private let surroundings: AnyObject?

  struct CannotStart: Error { let words: [String], error: Int32 }

  init(_ words: [String], environment: [String: String], in surroundings: AnyObject? = nil) throws {
    self.surroundings = surroundings
    folder = Fixture.temporaryDirectory()
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
    for (descriptor, name) in [(Int32(1), "output"), (2, "errors")] {
      let path = folder.appendingPathComponent(name).path
      posix_spawn_file_actions_addopen(&files, descriptor, path, O_WRONLY | O_CREAT, 0o600)
    }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
    var arguments = words.map { strdup($0) } + [nil]
    var variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    var child: pid_t = 0
    let error = posix_spawn(&child, words[0], &files, &attributes, &arguments, &variables)
    guard error == 0 else { throw CannotStart(words: words, error: error) }
    pid = child
  }

  deinit {
    if status == nil {
      kill(pid, SIGKILL)
      _ = wait()
    }
    try? FileManager.default.removeItem(at: folder)
  }

  var output: String { text("output") }
  var errors: String { text("errors") }

  private func text(_ name: String) -> String {
    (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)) ?? ""
  }

  func send(_ signal: Int32) { kill(pid, signal) }

  /// Waits for its end: the exit status, or 128 and the signal, as a shell gives it.
  @discardableResult
  func wait() -> Int32 {
    while true { if let status = ended(waiting: 0) { return status } }
  }

  /// Its exit status within that time, or none: it still runs.
  func wait(seconds: Double) -> Int32? {
    try? eventually(seconds) { ended(waiting: WNOHANG) != nil }
    return status
  }

  private func ended(waiting options: Int32) -> Int32? {
    if let status { return status }
    var word: Int32 = 0
    var usage = rusage()
    guard wait4(pid, &word, options, &usage) == pid else { return nil }
    cpu = [usage.ru_utime, usage.ru_stime].reduce(0) {
      $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6
    }
    let signal = word & 0x7F
    let ending = signal == 0 ? word >> 8 & 0xFF : 128 + signal
    status = ending
    return ending
  }

  /// The processes that it has started and that live, as the kernel tells.
  func children() -> [pid_t] {
    let path = "/proc/\(pid)/task/\(pid)/children"
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    return text.split(separator: " ").compactMap { pid_t($0) }
  }
}
