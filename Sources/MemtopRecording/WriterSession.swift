import MemtopCore

/// The session that samples are written into: samples in one interval, by one memtop.
struct WriterSession {
  /// When this memtop began to record.
  private let began: WallTime
  private var interval: Span
  /// In which samples are to come from the next one on; nil where that stays.
  private var wished: Span?
  /// Its first sample and that one's place; samples are told by how late they are after it.
  private var firstSample: Int64 = 0
  private var firstAt: Int64 = 0
  private var hasBegun = false

  init(began: WallTime, interval: Span) { (self.began, self.interval) = (began, interval) }

  /// Samples are to come in this interval; nil is as before.
  mutating func wish(_ interval: Span?) {
    wished = interval.flatMap { $0 != self.interval && $0 > .zero ? $0 : nil }
  }

  /// With the first sample begins the session, and another where samples are to come in another
  /// interval.
  var isToBegin: Bool { !hasBegun || wished != nil }

  /// - Parameter time: when the sample was taken.
  mutating func begin(
    with sample: Int64, at: Int64, _ time: WallTime, _ options: RecordingOptions,
    _ statements: WriterStatements
  ) throws(DatabaseError) {
    interval = wished ?? interval
    try statements.insertSession(
      sample, began: hasBegun ? time : began, at: at, interval: interval,
      program: options.program, user: options.user, note: hasBegun ? nil : options.note)
    (firstSample, firstAt, hasBegun, wished) = (sample, at, true, nil)
  }

  /// In milliseconds, after its place by the interval.
  func delay(of sample: Int64, at: Int64) -> Int64 {
    at - firstAt - (sample - firstSample) * interval.milliseconds
  }
}
