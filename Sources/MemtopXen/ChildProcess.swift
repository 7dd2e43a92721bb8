import CLinux
import Glibc
import MemtopCore

/// A program run in a session of its own, until a deadline and no longer.
struct ChildProcess {
  enum Ending: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32)
    /// Killed at the deadline.
    case overdue
    /// Killed at the deadline, and still there: the kernel holds it.
    case unkillable
  }

  var output: [UInt8]
  var ending: Ending

  private static let longestOutput = 16 << 10
  private static let killPatience = Span.seconds(2)

  /// Runs `path` with `arguments` ([0] is its name); its stdout is read, the rest is /dev/null.
  static func run(_ path: String, _ arguments: [String], until deadline: SteadyTime)
    throws(Errno) -> ChildProcess
  {
    let (child, reading) = try start(path, arguments)
    defer { close(reading) }
    let (output, isOver) = read(reading, until: deadline)
    if isOver, let ending = wait(for: child, until: deadline) {
      return ChildProcess(output: output, ending: ending)
    }
    kill(-child, SIGKILL)
    let dead = wait(for: child, until: HostClock.system.steady() + killPatience) != nil
    return ChildProcess(output: output, ending: dead ? .overdue : .unkillable)
  }

  private static func start(_ path: String, _ arguments: [String]) throws(Errno)
    -> (child: pid_t, output: Int32)
  {
    var words = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    var output: Int32 = -1
    let error = mt_child_start(path, &words, &child, &output)
    guard error == 0 else { throw Errno(error) }
    return (child, output)
  }

  /// Reads to the end of output or time; what is too much is dropped.
  private static func read(_ descriptor: Int32, until deadline: SteadyTime) -> ([UInt8], Bool) {
    var output: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let left = (deadline - HostClock.system.steady()).milliseconds
      guard left > 0 else { return (output, false) }
      var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, Int32(clamping: left)) > 0 else { continue }
      let got = Glibc.read(descriptor, &chunk, chunk.count)
      if got < 0 && errno == EINTR { continue }
      guard got > 0 else { return (output, true) }
      output.append(contentsOf: chunk.prefix(min(got, max(0, longestOutput - output.count))))
    }
  }

  /// nil when it still runs at the deadline.
  private static func wait(for child: pid_t, until deadline: SteadyTime) -> Ending? {
    while true {
      var status: Int32 = 0
      let ended = waitpid(child, &status, WNOHANG)
      if ended == child { return ending(status) }
      if ended < 0 && errno != EINTR { return .exited(-1) }
      guard HostClock.system.steady() < deadline else { return nil }
      poll(nil, 0, 5)
    }
  }

  /// The encoding of wait(2), whose macros Swift cannot see.
  private static func ending(_ status: Int32) -> Ending {
    let signal = status & 0x7F
    return signal == 0 ? .exited(status >> 8 & 0xFF) : .signalled(signal)
  }
}
