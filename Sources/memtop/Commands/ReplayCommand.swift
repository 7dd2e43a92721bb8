import ArgumentParser
import MemtopCore
import MemtopUI

/// `memtop replay FILE`.
struct ReplayCommand: MemtopSubcommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Look at a recording on the screen.",
    discussion: """
      The same screen as on the host, at any moment of the recording, on any
      machine. Nothing can be changed. ? lists the keys.

      A time is 14:02, 14:02:11, 2026-11-20 03:10, 2026-11-20T03:10:00Z,
      yesterday 14:02 (seen from the end), -5m (before the end) or +1h (after the beginning).

      Exit status: 0 done, 1 failed, 64 wrong usage, 65 not a readable
      recording.
      """)

  static let heeded: Set<RootOption> = [.sort, .filter, .ascii, .policy]

  @ParentCommand var memtop: MemtopCommand
  @OptionGroup var list: ListOptions
  @OptionGroup var drawing: DrawingOptions
  @OptionGroup var policy: PolicyOptions

  @Argument(
    help: "The recording.", completion: .file(extensions: ["memtop"]),
    transform: TypedValue.path)
  var file: String

  @Option(
    help: ArgumentHelp("Begin there, paused.", valueName: "time"),
    transform: TypedTime.init(typed:))
  var at: TypedTime?

  @Option(
    help: ArgumentHelp(
      "How many times as fast it is played: 1, 2, 5, 10, 30, 60, 200 or 600.", valueName: "n"),
    transform: TypedValue.choice(PlaySpeed.allCases) { "\($0.rawValue)" })
  var speed: PlaySpeed?

  @Flag(help: "Follow a recording that is being written.")
  var follow = false

  private var beginning: ReplaySource.Beginning {
    .init(time: at, speed: speed ?? (at == nil ? .real : nil), follows: follow)
  }

  func run() throws {
    try endWithStatus { () throws(Failure) in
      let policies = try policy.read()
      try ScreenSession(
        open: { loop throws(Failure) in
          ReplaySource(try Recordings.open(file, follows: follow), beginning: beginning, loop: loop)
        },
        isASCII: drawing.ascii,
        settings: .init(source: .recording(name: name, follows: follow), policies: policies),
        list: list.choice, plainly: "memtop dump \(SafeText.escaped(Array(file.utf8)))"
      ).run()
    }
  }

  /// Without its folders.
  private var name: String { String(file.split(separator: "/").last ?? Substring(file)) }
}

extension TypedTime {
  /// - Throws: `ValidationError` that names the forms.
  fileprivate init(typed: String) throws {
    do throws(Problem) {
      // A minus may have come as one that is no option.
      try self.init(parsing: OptionalValues.withMinus(typed))
    } catch {
      throw ValidationError(
        error.isOfForm ? "not a time; write it as \(RecordingTime.forms)" : "\(error)")
    }
  }
}
