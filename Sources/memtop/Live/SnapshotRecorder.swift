import MemtopCore

/// Writes what the screen samples to a file; it is used from the dashboard's thread.
protocol SnapshotRecorder: AnyObject {
  /// The file's name, as the operator is told.
  var file: String { get }
  /// Why it has ended by itself, in one line; nil while it runs. Asked often.
  var failure: String? { get }
  /// Takes a snapshot to write, and returns at once: a disk that is slow must not hold up the screen.
  ///
  /// - Parameter interval: in which the next one is meant to come.
  func append(_ snapshot: Snapshot, interval: Span)
  /// Writes what it has taken, and closes the file.
  func finish()
}

/// Opens a recording of the host that this snapshot is of; it is not appended yet. `wake` may be called from any thread when
/// `failure` has something to say.
typealias RecorderOpener =
  @Sendable (
    _ newest: Snapshot, _ wake: @escaping @Sendable () -> Void
  ) throws(Failure) -> any SnapshotRecorder
