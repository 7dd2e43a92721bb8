import MemtopCore

/// How a recording is kept.
public struct RecordingOptions: Hashable, Sendable {
  /// What is older than this is forgotten; nil keeps all.
  public var keep: Span?
  /// Database and WAL together stay below this; nil is no limit.
  public var maxSize: Bytes?
  /// What a power failure can cost, at most: how often the disk is made to have it.
  public var sync: Span
  /// Between samples, for whoever reads the file.
  public var interval: Span
  /// "memtop record", and whose it is.
  public var program: String
  public var user: String
  public var note: String?

  public static let defaultSync = Span.seconds(5)
  /// A keyframe of a thousand domains and a WAL need room beside each other.
  public static let leastMaxSize = Bytes.mib(2)

  public init(
    keep: Span? = nil, maxSize: Bytes? = nil, sync: Span = defaultSync,
    interval: Span = .seconds(1), program: String = "memtop", user: String = "", note: String? = nil
  ) {
    self.keep = keep
    self.maxSize = maxSize
    self.sync = sync
    self.interval = interval
    self.program = program
    self.user = user
    self.note = note
  }
}
