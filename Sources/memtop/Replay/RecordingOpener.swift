import MemtopCore

/// Opens a recording to be looked at.
///
/// - Parameter follow: `RecordedPast.refresh` will be asked for what is written from now on.
typealias RecordingOpener =
  @Sendable (_ file: String, _ follow: Bool) throws(Failure) -> any RecordedPast

/// What opens recordings in this program.
enum Recordings {
  static let open: RecordingOpener = { (file, _) throws(Failure) in
    throw Failure(line: "\(file): recordings cannot be opened yet", status: .failed)
  }

  /// nil: `r` has nothing that it could open.
  static let record: RecorderOpener? = nil
}
