import Foundation

/// A program that was run to its end.
struct Command: CustomStringConvertible {
  let words: [String]
  let output: String
  let errors: String
  let status: Int32

  /// What a failed expectation shows: everything that came of it.
  var description: String {
    "`\(words.joined(separator: " "))` ended with \(status)\nstdout: \(output)\nstderr: \(errors)"
  }

  var lines: [String] { output.split(separator: "\n").map(String.init) }

  struct Failed: Error, CustomStringConvertible { let description: String }

  /// - Returns: itself, where it ended well; else throws all it said.
  @discardableResult
  func orThrow() throws -> Command {
    guard status == 0 else { throw Failed(description: description) }
    return self
  }

  /// Runs `words` and waits; it is ended (status 124) after `seconds`.
  ///
  /// Neither Foundation's `Process` nor pipes: a machine or a connection that stays behind would hold
  /// open what they wait for.
  static func run(_ words: [String], within seconds: Int = 120) throws -> Command {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("memtop-lab-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = ["output", "errors"].map { folder.appendingPathComponent($0) }
    let limit = ["/usr/bin/timeout", "--kill-after=5", "\(seconds)"]
    let status = try wait(for: start(limit + words, output: files[0].path, errors: files[1].path))
    let texts = try files.map { String(decoding: try Data(contentsOf: $0), as: UTF8.self) }
    return Command(words: words, output: texts[0], errors: texts[1], status: status)
  }

  private static func start(_ words: [String], output: String, errors: String) throws -> pid_t {
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    let writing = O_WRONLY | O_CREAT
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output, writing, 0o600)
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, errors, writing, 0o600)
    // The runner's threads block their signals; what is started so could not be ended.
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
    defer { for argument in arguments { free(argument) } }
    var child: pid_t = 0
    let error = posix_spawn(&child, words[0], &files, &attributes, &arguments, environ)
    guard error == 0 else {
      throw Failed(description: "cannot start \(words[0]): \(String(cString: strerror(error)))")
    }
    return child
  }

  /// - Returns: the exit status, or 128 and the signal, as a shell gives it.
  private static func wait(for child: pid_t) throws -> Int32 {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 {
      guard errno == EINTR else { throw Failed(description: "cannot wait for a child: \(errno)") }
    }
    let signal = status & 0x7F
    return signal == 0 ? status >> 8 & 0xFF : 128 + signal
  }
}
