import Glibc

/// Why a recording cannot be written or read: what was tried, on which file, why it failed, what to do.
public struct RecordingError: Error, Hashable, Sendable, CustomStringConvertible {
  public enum Cause: Hashable, Sendable {
    /// The file cannot be opened, created, or written to.
    case system
    /// It is not a memtop recording, or one of a newer memtop.
    case foreign
    /// It is damaged where it was read.
    case damaged
    /// A new file was wanted, and there is one of this name.
    case exists
    /// Somebody else records into it.
    case taken
    /// A signal that ends programs came while it was at work.
    case interrupted
    /// There is no room left on its disk, or below `--max-size`.
    case full
  }
  public let cause: Cause
  public let description: String

  public init(_ cause: Cause, _ description: String) {
    self.cause = cause
    self.description = description
  }

  static func noRecording(_ path: String) -> RecordingError {
    RecordingError(.foreign, "\(path) is not a memtop recording")
  }

  init(_ error: DatabaseError, _ path: String) {
    if error.isDamage {
      self.init(.damaged, "\(path) is damaged: \(error)")
    } else if error.isInterruption {
      self.init(.interrupted, "\(path): interrupted")
    } else if error.isFull {
      self.init(.full, "\(path): \(Self.fullness(error))")
    } else {
      self.init(.system, "\(path): \(error)")
    }
  }

  private static func fullness(_ error: DatabaseError) -> String {
    switch error.system {
    case EDQUOT: "the disk quota is used up"
    case EFBIG: "the file may not grow further (\(errorText(EFBIG)))"
    default: "the disk is full"
    }
  }
}
