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

  /// Does `body`, which asks a question; ^C and ^Z work meanwhile as in any program.
  package static func letThrough<Result>(_ body: () -> Result) -> Result {
    signal(SIGTSTP, SIG_DFL)
    defer { catchStop() }
    return SignalSet.polite.union(.stopping).letThrough(body)
  }

  /// The next one that came; nil where none waits.
  package func next() -> Int32? {
    var info = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    return read(descriptor, &info, size) == size ? Int32(info.ssi_signo) : nil
  }

  /// One that waits to be taken and is to end this process; nil where none waits.
  package static var pendingEnding: Int32? {
    var pending = sigset_t()
    sigpending(&pending)
    return (1...64).first { SignalSet.ending.contains($0) && sigismember(&pending, $0) == 1 }
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

/// A set of signals, as the kernel has it.
package struct SignalSet: Hashable, ExpressibleByArrayLiteral {
  /// Bit n - 1 is signal n.
  package private(set) var bits: UInt64 = 0

  package init(arrayLiteral numbers: Int32...) { self.init(numbers) }

  package init(_ numbers: some Sequence<Int32>) {
    for number in numbers { bits |= 1 << UInt64(number - 1) }
  }

  package func contains(_ number: Int32) -> Bool { bits & SignalSet([number]).bits != 0 }

  package func union(_ other: SignalSet) -> SignalSet {
    var union = self
    union.bits |= other.bits
    return union
  }

  /// Those that somebody sends to end a program.
  package static let polite: SignalSet = [SIGTERM, SIGINT, SIGHUP, SIGQUIT]

  /// Every signal that ends a program by default (signal(7)), except KILL, which cannot be caught,
  /// PIPE, which memtop ignores, and those of a crash (crash_signals.h).
  package static let ending = polite.union([
    SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGSTKFLT, SIGIO, SIGPWR, SIGXCPU, SIGXFSZ,
  ]).union(SignalSet(realTime))

  /// glibc keeps 32 and 33 for itself. It catches only 33, with which threads change their user
  /// together; 32 ends a program that cancels no thread.
  private static let realTime: [Int32] = [32] + Array(34...64)

  /// Every signal that stops a program by default, except STOP, which cannot be caught.
  package static let stopping: SignalSet = [SIGTSTP, SIGTTIN, SIGTTOU]

  /// Those that a loop takes besides, and that mean nothing where there is no screen.
  package static let harmless: SignalSet = [SIGWINCH, SIGCONT]

  /// Whether a signal that a loop takes is to end it.
  package static func endsLoop(_ number: Int32) -> Bool {
    !stopping.contains(number) && !harmless.contains(number)
  }

  /// As kill(1) has it, for a line of a log.
  package static func name(of number: Int32) -> String {
    switch number {
    case SIGTERM: "SIGTERM"
    case SIGINT: "SIGINT"
    case SIGHUP: "SIGHUP"
    case SIGQUIT: "SIGQUIT"
    default: "signal \(number)"
    }
  }

  package func block() { _ = mt_signal_mask(SIG_BLOCK, bits) }

  package func unblock() { _ = mt_signal_mask(SIG_UNBLOCK, bits) }

  /// Does `body` with these signals unblocked.
  package func letThrough<Result>(_ body: () -> Result) -> Result {
    let before = mt_signal_mask(SIG_UNBLOCK, bits)
    defer { _ = mt_signal_mask(SIG_SETMASK, before) }
    return body()
  }
}
