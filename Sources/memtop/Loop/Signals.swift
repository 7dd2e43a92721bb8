import CLinux
import Glibc

/// Signals as a descriptor to poll; they are blocked from the moment this is made.
final class Signals {
  /// Each ends memtop with the terminal restored.
  static let ending: [Int32] = [SIGTERM, SIGINT, SIGHUP, SIGQUIT]
  private static let others: [Int32] = [SIGWINCH, SIGTSTP, SIGCONT]

  let descriptor: Int32

  /// Make it before the first thread, which inherits the mask.
  init() {
    signal(SIGPIPE, SIG_IGN)
    // Taken from the descriptor and never by a handler; but where it is at its default, ncurses ignores
    // it for as long as it draws, and the kernel forgets one that waits then (lib_tstp.c, signal(7)).
    signal(SIGTSTP) { _ in }
    var wanted = sigset_t()
    sigemptyset(&wanted)
    for number in Self.ending + Self.others { sigaddset(&wanted, number) }
    pthread_sigmask(SIG_BLOCK, &wanted, nil)
    descriptor = signalfd(-1, &wanted, Int32(SFD_CLOEXEC | SFD_NONBLOCK))
  }

  /// The next one that came; nil where none waits.
  func next() -> Int32? {
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    return read(descriptor, &info, size) == size ? Int32(info.ssi_signo) : nil
  }

  /// Ends this process by `number`, as a shell wants to see it.
  static func die(by number: Int32) -> Never {
    signal(number, SIG_DFL)
    unblock(number)
    kill(getpid(), number)
    exit(128 + number)
  }

  /// What stops.
  enum Stopped {
    /// All that a shell started together, as the terminal's own ^Z does it: a script that waits for
    /// memtop would otherwise keep the shell waiting.
    case job
    case process
  }

  /// Stops until continued; where no shell could continue it, it goes on at once.
  static func stop(_ whom: Stopped) {
    signal(SIGTSTP, SIG_DFL)
    kill(whom == .job ? 0 : getpid(), SIGTSTP)
    unblock(SIGTSTP)
    var stops = only(SIGTSTP)
    pthread_sigmask(SIG_BLOCK, &stops, nil)
    // The caller knows that it has been continued.
    var continued = only(SIGCONT)
    var atOnce = timespec()
    sigtimedwait(&continued, nil, &atOnce)
  }

  private static func unblock(_ number: Int32) {
    var set = only(number)
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  private static func only(_ number: Int32) -> sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, number)
    return set
  }
}

extension Signals {
  /// For a loop without a screen: whether a signal ends it. Stopped and continued, it goes on, and holds
  /// nobody up meanwhile.
  func wantEnd(of host: HostConnection) -> Bool {
    while let number = next() {
      switch number {
      case SIGTSTP:
        host.pause()
        Self.stop(.process)
        host.resume()
      case SIGWINCH, SIGCONT: break
      default: return true
      }
    }
    return false
  }
}
