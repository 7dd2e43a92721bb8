import ArgumentParser
import MemtopCore
import MemtopUI
import MemtopRecording

/// Which part of which recording.
struct ExtractOptions: ParsableArguments {
  @Argument(help: "The recording.", completion: .file(extensions: ["memtop"]))
  var file: String

  @Option(help: ArgumentHelp("From this time on; default: the beginning.", valueName: "time"))
  var begin: String?

  @Option(help: ArgumentHelp("Up to this time; default: the end.", valueName: "time"))
  var end: String?

  @Option(help: ArgumentHelp("Only this one: its name, domid or uuid.", valueName: "domain"))
  var domain: String?

  func open() throws(Failure) -> Extract {
    var extract: Extract
    do throws(RecordingError) {
      extract = Extract(try RecordingFile(file))
      try extract.file.requireSamples()
      extract.begin = try instant(begin, "--begin", extract.file)
      extract.end = try instant(end, "--end", extract.file)
      extract.domain = try choice(extract.file)
    } catch {
      throw Failure(error)
    }
    if let begin = extract.begin, let end = extract.end, end < begin {
      throw Failure(
        line: "--end \(RecordingTimes.text(end)) is before --begin \(RecordingTimes.text(begin))",
        status: .usage)
    }
    return extract
  }

  /// What could not be read is said beside what could.
  static func tellDamage(_ file: RecordingFile) {
    let path = SafeText.escaped(Array(file.path.utf8), limit: 500)
    for line in file.damage { complain("\(path) is damaged: \(line)") }
    if let shortfall = file.shortfall {
      complain(SafeText.escaped(Array(shortfall.utf8), limit: 700))
    }
  }

  private func instant(_ text: String?, _ option: String, _ file: RecordingFile)
    throws(RecordingError) -> WallTime?
  {
    guard let text, let kept = file.wallRange else { return nil }
    // A minus may have come as one that is no option.
    let plain = OptionalValues.plainSize(text)
    do throws(TypedTime.Problem) {
      return try RecordingTimes.instant(plain, kept)
    } catch {
      throw RecordingError(.system, "\(option) \(plain): \(error)")
    }
  }

  private func choice(_ file: RecordingFile) throws(RecordingError) -> DomainChoice? {
    guard let domain else { return nil }
    guard let choice = try DomainChoice(domain, in: file) else {
      let shown = SafeText.escaped(Array(domain.utf8))
      throw RecordingError(.system, "no domain \"\(shown)\" in \(self.file)")
    }
    return choice
  }
}
