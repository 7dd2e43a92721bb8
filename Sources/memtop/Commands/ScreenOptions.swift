import ArgumentParser

/// The options of the screen.
struct ScreenOptions: ParsableArguments {
  @Flag(help: "Commands that change the host do not exist.")
  var readOnly = false

  @Flag(help: "Draw with ASCII characters only.")
  var ascii = false
}
