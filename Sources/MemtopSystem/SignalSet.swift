import CLinux
import Glibc

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

  package func block() { _ = mt_signal_mask(SIG_BLOCK, bits) }

  package func unblock() { _ = mt_signal_mask(SIG_UNBLOCK, bits) }

  /// Does `body` with these signals unblocked.
  package func letThrough<Result>(_ body: () -> Result) -> Result {
    let before = mt_signal_mask(SIG_UNBLOCK, bits)
    defer { _ = mt_signal_mask(SIG_SETMASK, before) }
    return body()
  }
}
