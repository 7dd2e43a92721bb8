import Foundation
import Testing

/// Variables of whoever called sudo lead root's memtop to no file of theirs.
@Suite("the environment of root", .timeLimit(.minutes(30)), .enabled(if: getuid() == 0))
struct EnvironmentTests {
  /// A folder with a file wherever a library would look, which sees who opens one.
  private final class Trap {
    let path = NSTemporaryDirectory() + "memtop-trap-\(UUID().uuidString)"
    private let watch = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))

    static let files = [
      "terminfo/x/xterm-256color", "home/.terminfo/x/xterm-256color",
      "locale/xx_XX.UTF-8/LC_CTYPE", "zone",
    ]

    init() throws {
      for file in Self.files {
        let url = URL(fileURLWithPath: path + "/" + file)
        let folder = url.deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data("nothing".utf8).write(to: url)
        inotify_add_watch(watch, folder.path, UInt32(IN_OPEN))
      }
    }

    deinit {
      close(watch)
      try? FileManager.default.removeItem(atPath: path)
    }

    /// Whether any was opened since the last time.
    func wasOpened() -> Bool {
      var events = [UInt8](repeating: 0, count: 4096)
      return read(watch, &events, events.count) > 0
    }
  }

  private static let variables = [
    "TERMINFO": "/terminfo", "TERMINFO_DIRS": "/terminfo", "HOME": "/home", "LOCPATH": "/locale",
    "TZ": "/zone",
  ]

  @Test("its screen opens no file that a variable names", arguments: variables.keys.sorted())
  func screen(_ name: String) async throws {
    try await Gate.pass {
      let trap = try Trap()
      let extra = [name: trap.path + Self.variables[name]!]
      let language = name == "LOCPATH" ? "xx_XX.UTF-8" : "C.UTF-8"
      let session = try Session(Launch(language: language, extra: extra))
      try await session.begin()
      session.type("q")
      #expect(try await session.end() == .exit(0))
      #expect(!trap.wasOpened())
      // That somebody would be seen: to a caller who may load code, everything is open anyway.
      let loaded = extra.merging(["LD_PRELOAD": "libc.so.6"]) { $1 }
      let other = try Session(Launch(language: language, extra: loaded))
      try await other.wait("the trap", until: { trap.wasOpened() || other.hasEnded() })
    }
  }
}
