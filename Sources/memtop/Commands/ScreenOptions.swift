import ArgumentParser

/// The options of the screen.
struct ScreenOptions: ParsableArguments {
  @Flag(help: "Commands that change the host do not exist.")
  var readOnly = false

  @Flag(help: "Draw with ASCII characters only.")
  var ascii = false

  @Option(
    help: ArgumentHelp("Record from the start into this file; r ends it.", valueName: "file"),
    completion: .file())
  var record: String?
}
