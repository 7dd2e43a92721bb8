/// What was agreed to on the command line, before anything was judged.
struct ChangeConsent {
  /// Say what would be done; change nothing.
  var isDryRun = false
  /// Warnings and the plan are accepted.
  var agrees = false
}
