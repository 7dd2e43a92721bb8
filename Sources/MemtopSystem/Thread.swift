import CLinux
import Glibc

/// Threads without Dispatch: what memtop has of them can be counted on one hand.
package enum Thread {
  /// Runs `body` on a new detached thread that takes no signals but those of a crash.
  package static func start(_ body: @escaping @Sendable () -> Void) {
    let box = Unmanaged.passRetained(Box(body: body))
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, 512 << 10)
    let before = mt_block_signals()
    var thread = pthread_t()
    let failure = pthread_create(
      &thread, &attributes,
      { pointer in
        // glibc lets one of its own through to every new thread, which would end the process.
        _ = mt_block_signals()
        Unmanaged<Box>.fromOpaque(pointer!).takeRetainedValue().body()
        return nil
      }, box.toOpaque())
    mt_restore_signals(before)
    pthread_attr_destroy(&attributes)
    precondition(failure == 0, "no thread to be had: \(failure)")
  }

  private final class Box {
    let body: @Sendable () -> Void
    init(body: @escaping @Sendable () -> Void) { self.body = body }
  }
}
