import CLinux
import Glibc

/// Signals as a descriptor to poll; they are blocked from the moment this is made.
package final class Signals {
  package let descriptor: Int32
  /// Make it before the first thread, which inherits the mask.
  ///
  /// - Parameter ending: the signals that end the loop in good order; any other that ends a program
  ///   does so at once.
  package init(ending: SignalSet = .polite) {
    signal(SIGPIPE, SIG_IGN)
    Self.catchStop()
    let wanted = ending.union(.stopping).union(.harmless)
    wanted.block()
    descriptor = mt_signal_descriptor(wanted.bits)
  }

  /// SIGTSTP is taken from the descriptor, never by a handler. But while its action is the default,
  /// ncurses ignores it whenever it draws, and the kernel then drops a pending one (lib_tstp.c).
  private static func catchStop() { signal(SIGTSTP) { _ in } }

  /// The next one that came; nil where none waits.
  package func next() -> Int32? {
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    return read(descriptor, &info, size) == size ? Int32(info.ssi_signo) : nil
  }

  /// Ends this process by `number`, as a shell wants to see it.
  package static func die(by number: Int32) -> Never {
    mt_signal_default(number)
    SignalSet([number]).unblock()
    kill(getpid(), number)
    exit(128 + number)
  }

  /// What stops.
  package enum Stopped {
    /// All that a shell started together, as the terminal's own ^Z does it: a script that waits for
    /// memtop would otherwise keep the shell waiting.
    case job
    case process
  }

  /// Stops by `number` until continued.
  /// - Returns: false where it did not stop, because no shell could continue it.
  @discardableResult
  package static func stop(_ whom: Stopped, by number: Int32 = SIGTSTP) -> Bool {
    signal(number, SIG_DFL)
    kill(whom == .job ? 0 : getpid(), number)
    SignalSet([number]).letThrough {}
    if number == SIGTSTP { catchStop() }
    // The caller knows that it has been continued.
    var continued = sigset_t()
    sigemptyset(&continued)
    sigaddset(&continued, SIGCONT)
    var atOnce = timespec()
    return sigtimedwait(&continued, nil, &atOnce) == SIGCONT
  }
}
