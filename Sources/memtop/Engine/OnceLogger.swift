import MemtopCore

/// Says once what is in the way, and when it is over.
struct OnceLogger {
  enum Trouble { case reading, silence, failure, skipping }
  private var trouble: Trouble?
  /// When it was told last how far a long reading is.
  private var progress: SteadyTime?

  private static let progressInterval = Span.seconds(5)

  /// - Returns: the line, where it has not been said.
  mutating func tell(_ line: String, of trouble: Trouble) -> String? {
    defer { self.trouble = trouble }
    return self.trouble == trouble ? nil : line
  }

  /// - Returns: the line, where it has not been said.
  mutating func tell(_ waiting: HostEngine.Waiting) -> String? {
    guard waiting.isLong else { return nil }
    return tell(waiting.line, of: waiting.isReading ? .reading : .silence)
  }

  /// The same, and how far a long reading is every few seconds.
  mutating func follow(_ waiting: HostEngine.Waiting, at now: SteadyTime) -> String? {
    guard waiting.isLong, waiting.isReading else { return tell(waiting) }
    if let progress, now - progress < Self.progressInterval { return nil }
    (progress, trouble) = (now, .reading)
    return waiting.line
  }

  /// - Returns: whether anything was said of which the end is worth a word.
  @discardableResult
  mutating func end() -> Bool {
    defer { (trouble, progress) = (nil, nil) }
    return trouble != nil && trouble != .reading
  }
}
