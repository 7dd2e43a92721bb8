import Glibc
import MemtopCore

/// Why a recording cannot be written or read: what was tried, on which file, why it failed, what to do.
public struct RecordingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What kind of failure it is, to decide by.
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
  /// Which kind of failure it is.
  public let cause: Cause
  /// One sentence for people.
  public let description: String

  package init(_ cause: Cause, _ description: String) {
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

/// What of a recording could not be read, as it was come upon.
final class Damage {
  /// A line each, as they were found.
  private(set) var lines: [String] = []
  /// Samples that cannot be known: from the first that could not be read to the last before the next
  /// keyframe; ascending.
  private(set) var lost: [ClosedRange<Int64>] = []

  /// More is not told of; a file that is full of holes has been said to be so by then.
  private static let mostLines = 50

  func note(_ line: String) {
    guard lines.count < Self.mostLines, !lines.contains(line) else { return }
    lines.append(line)
  }

  func lose(_ samples: ClosedRange<Int64>, _ line: String) {
    lost.insert(samples, at: place(of: samples.lowerBound).map { $0 + 1 } ?? 0)
    note(line)
  }

  /// Of the last lost stretch that begins at this sample or before.
  private func place(of sample: Int64) -> Int? { lost.lastPlace { $0.lowerBound <= sample } }

  /// The lost stretch that holds this sample.
  func stretch(with sample: Int64) -> ClosedRange<Int64>? {
    place(of: sample).map { lost[$0] }.flatMap { $0.contains(sample) ? $0 : nil }
  }
}

extension RecordingFile {
  /// What could not be read so far, a line each; empty where all could. Where samples are missing, from
  /// when to when.
  public var damage: [String] {
    let impossible = "some numbers are impossible and shown as unknown"
    return found.lines + (database.refusals > 0 ? [impossible] : [])
  }

  /// The samples that cannot be read around this one, known since one of them was tried.
  public func lost(_ sample: Int64) -> ClosedRange<Int64>? { found.stretch(with: sample) }

  /// Takes note that from this sample on to the next keyframe nothing can be known.
  func lose(from first: Int64, _ error: DatabaseError) {
    let next = (try? keyframes.after(first)) ?? nil
    let end = samples.ids?.upperBound ?? first
    let last = max(first, next.map { $0 - 1 } ?? end)
    found.lose(
      first...last,
      "no data from \(utc(first)) \(next.map { "to \(utc($0))" } ?? "on") (\(error))")
  }

  private func utc(_ sample: Int64) -> String {
    let seconds = samples.wall(sample).milliseconds / 1000
    let text = try? database.text("SELECT strftime('%Y-%m-%d %H:%M:%SZ', \(seconds), 'unixepoch')")
    return (text ?? nil) ?? "second \(seconds)"
  }
}
