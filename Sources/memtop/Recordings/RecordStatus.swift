import Glibc
import MemtopCore
import MemtopSystem
import MemtopXen

/// What `memtop record` has done so far, on one line of the terminal that is written over; where
/// standard error is not a terminal there is none.
struct RecordStatus {
  private let file: String
  private let clock: HostClock
  private let began: WallTime
  private var samples = 0
  private var isOnScreen = false
  private var due = SteadyTime(milliseconds: 0)
  private let isTerminal: Bool

  private static let pace = Span.seconds(1)

  init(_ file: String, clock: HostClock) {
    self.file = file
    self.clock = clock
    began = clock.wall()
    let terminal = getenv("TERM").map { String(cString: $0) } ?? "dumb"
    isTerminal = isatty(STDERR_FILENO) == 1 && terminal != "dumb"
  }

  /// A sample has been written.
  mutating func count() {
    samples += 1
    let now = clock.steady()
    guard isTerminal, now >= due, isInForeground else { return }
    due = now + Self.pace
    show("^C ends it; " + text)
  }

  /// Gives the line back, for a message.
  mutating func clear() {
    if isOnScreen { replaceErrorLine("") }
    isOnScreen = false
  }

  /// Leaves what it came to.
  mutating func end() {
    guard isTerminal, isInForeground, samples > 0 else { return clear() }
    show(text)
    writeError("\n")
    isOnScreen = false
  }

  private mutating func show(_ line: String) {
    let width = (TerminalWidth.of(STDERR_FILENO) ?? 80) - 1
    replaceErrorLine(TextWidth.cut(line, to: width, sign: "~"))
    isOnScreen = true
  }

  /// "recording since 14:02:11: 12 samples, 1.2M, into a.memtop"
  private var text: String {
    let name = SafeText.escaped(Array(file.utf8), limit: 200)
    let count = samples == 1 ? "1 sample" : "\(samples) samples"
    let time = RecordingTimes.text(began).suffix(8)
    return "recording since \(time): \(count), \(Self.size(of: file).short), into \(name)"
  }

  private static func size(of file: String) -> Bytes {
    ["", "-wal"].reduce(Bytes.zero) { sum, end in
      var status = stat()
      return stat(file + end, &status) == 0 ? sum + Bytes(Int64(status.st_size)) : sum
    }
  }

  /// A job in the background must not write over what the shell shows.
  private var isInForeground: Bool { tcgetpgrp(STDERR_FILENO) == getpgrp() }
}
