import Glibc

/// Descriptors 0, 1 and 2, which whoever starts memtop may have closed.
package enum StandardDescriptors {
  /// Opens those that are closed: the next file would otherwise get their number, and a message or
  /// a row would be written into a recording. Nothing else may have been opened before.
  ///
  /// They are opened the wrong way round, input for writing and output for reading, so that reading
  /// and writing still fail as on a closed one.
  package static func openClosed() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where isClosed(descriptor) {
      // Without a /dev, what is always there; where even that fails, memtop cannot run safely.
      let mode = descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY
      guard open("/dev/null", mode) == descriptor || open("/", O_RDONLY) == descriptor else {
        exit(EXIT_FAILURE)
      }
    }
  }

  private static func isClosed(_ descriptor: Int32) -> Bool {
    fcntl(descriptor, F_GETFD) < 0 && errno == EBADF
  }
}
