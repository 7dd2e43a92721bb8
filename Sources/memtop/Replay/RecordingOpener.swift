import MemtopCore
import MemtopRecording

/// Opens a recording to be looked at.
typealias RecordingOpener = @Sendable (_ file: String) throws(Failure) -> any GrowingPast

/// What opens recordings in this program.
enum Recordings {
  static let open: RecordingOpener = { file throws(Failure) in
    do throws(RecordingError) {
      return try RecordedPast(RecordingFile(file))
    } catch {
      throw Failure(error)
    }
  }
}
