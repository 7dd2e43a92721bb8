import CLinux
import Glibc

/// Signals as a descriptor to poll; they are blocked from the moment this is made.
final class Signals {
  /// Each ends memtop with the terminal restored.
  static let ending: Set<Int32> = [SIGTERM, SIGINT, SIGHUP, SIGQUIT]
  private static let others: [Int32] = [SIGWINCH, SIGTSTP, SIGCONT]

  let descriptor: Int32

  /// Make it before the first thread, which inherits the mask.
  init() {
    signal(SIGPIPE, SIG_IGN)
    var wanted = sigset_t()
    sigemptyset(&wanted)
    for number in Self.ending.union(Self.others) { sigaddset(&wanted, number) }
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

  /// Stops this process until it is continued; where no shell could continue it, it goes on at once.
  static func stop() {
    signal(SIGTSTP, SIG_DFL)
    var only = sigset_t()
    sigemptyset(&only)
    sigaddset(&only, SIGTSTP)
    kill(getpid(), SIGTSTP)
    pthread_sigmask(SIG_UNBLOCK, &only, nil)
    pthread_sigmask(SIG_BLOCK, &only, nil)
  }

  private static func unblock(_ number: Int32) {
    var only = sigset_t()
    sigemptyset(&only)
    sigaddset(&only, number)
    pthread_sigmask(SIG_UNBLOCK, &only, nil)
  }
}
