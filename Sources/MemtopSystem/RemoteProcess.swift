import CLinux
import Glibc
import MemtopCore

/// A program of somebody else's that writes for as long as it likes: ssh to another host.
///
/// It is in a session of its own, without a terminal: it cannot ask for anything. Nothing here waits.
package final class RemoteProcess {
  package enum Ending: Hashable, Sendable {
    case exited(Int32)
    case signalled(Int32)
  }

  /// Its output and its errors, to be waited for; -1 where that has ended.
  package private(set) var output: Int32
  package private(set) var errors: Int32
  private let id: pid_t
  private var ending: Ending?
  private var complaint: [UInt8] = []
  private static let longestComplaint = 4096

  /// Runs `path` with `arguments` ([0] is its name).
  ///
  /// - Throws: why it could not be started.
  package init(_ path: String, _ arguments: [String]) throws(Errno) {
    var words = arguments.map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var (id, output, errors): (pid_t, Int32, Int32) = (0, -1, -1)
    let error = mt_child_start_heard(path, &words, &id, &output, &errors)
    guard error == 0 else { throw Errno(error) }
    (self.id, self.output, self.errors) = (id, output, errors)
    for descriptor in [output, errors] {
      _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }
  }

  deinit { end() }

  /// What it has written since, `most` bytes at a time; nil where it has closed its output.
  package func read(most: Int = 1 << 18) -> [UInt8]? {
    hearErrors()
    guard output >= 0 else { return nil }
    return Self.read(&output, most: most)
  }

  /// The lines of its errors that say anything, safe to print.
  package func complaints(limit: Int = 200) -> [String] {
    hearErrors()
    let lines = complaint.split { $0 == 0x0A || $0 == 0x0D }
    return lines.filter { $0.contains { $0 > 0x20 } }
      .map { SafeText.escaped(Array($0), limit: limit) }
  }

  package func lastComplaint() -> String? { complaints().last }

  private func hearErrors() {
    // Once: whoever writes without end is heard at the next turn.
    guard errors >= 0, let bytes = Self.read(&errors, most: 1 << 16), !bytes.isEmpty else { return }
    complaint = Array((complaint + bytes).suffix(Self.longestComplaint))
  }

  private static func read(_ descriptor: inout Int32, most: Int) -> [UInt8]? {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: most) { buffer, count in
      repeat {
        let got = Glibc.read(descriptor, buffer.baseAddress!, most)
        failure = got < 0 ? errno : got == 0 ? EPIPE : 0
        count = max(0, got)
      } while failure == EINTR
    }
    guard failure == 0 || failure == EAGAIN else {
      close(descriptor)
      descriptor = -1
      return nil
    }
    return bytes
  }

  /// How it ended; nil while it runs.
  package func hasEnded() -> Ending? {
    if let ending { return ending }
    var about = siginfo_t()
    if waitid(P_PID, id_t(id), &about, WEXITED | WNOHANG | WNOWAIT) == 0 {
      guard about.si_signo != 0 else { return nil }
      endSession()
    }
    var status: Int32 = 0
    let found = waitpid(id, &status, WNOHANG)
    // Somebody else has been told: its number may be another process's by now.
    if found < 0, errno == ECHILD { ending = .exited(-1) }
    guard found == id else { return ending }
    ending = status & 0x7F == 0 ? .exited(status >> 8 & 0xFF) : .signalled(status & 0x7F)
    return ending
  }

  /// Ends whatever is left of its session, such as an ssh to a jump host that waits for ever. Called before
  /// its own end is taken note of: until then no other process group can have its number.
  private func endSession() { kill(-id, SIGKILL) }

  /// Ends it, and what it has started on this machine. What it started on another host is not told, and may
  /// go on for as long as it takes.
  package func end() {
    for descriptor in [output, errors] where descriptor >= 0 { close(descriptor) }
    (output, errors) = (-1, -1)
    guard hasEnded() == nil else { return }
    endSession()
    // A killed process is gone at once, unless the kernel holds it; then it is left to its fate.
    for _ in 0..<50 where hasEnded() == nil { rest(Span(milliseconds: 2)) }
  }
}
