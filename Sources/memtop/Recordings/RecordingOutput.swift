import MemtopRecording

extension Output {
  /// Writes what `body` takes out of a recording to a new file, or to standard output without a path.
  static func write(
    to path: String?, _ body: (Output) throws(RecordingError) -> Void
  ) throws(Failure) {
    let target = try path.map { path throws(Failure) in try Output(creating: path) } ?? .standard
    do throws(RecordingError) {
      try body(target)
    } catch {
      throw Failure(error)
    }
    // It has been said what.
    if target.hasFailed { throw Failure(line: "", status: .failed) }
  }
}
