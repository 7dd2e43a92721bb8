import MemtopCore
import MemtopRecording

/// What opens recordings in this program.
enum Recordings {
  /// Opens a recording to be looked at.
  ///
  /// - Parameter follows: its first sample may be yet to come.
  static func open(_ file: String, follows: Bool) throws(Failure) -> any GrowingPast {
    do throws(RecordingError) {
      let recording = try RecordingFile(file)
      if !follows || recording.shortfall != nil { try recording.requireSamples() }
      return try RecordedPast(recording)
    } catch {
      throw Failure(error)
    }
  }
}
