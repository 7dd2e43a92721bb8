import Glibc
import MemtopCore
import MemtopSystem

/// `memtop export --textfile`: metrics in a file that node_exporter's textfile collector reads.
struct TextfileExport {
  let directory: String
  /// From one sample to the next; nil is one sample only.
  let interval: Span?
  let policies: PolicySet
  let open: () throws(Failure) -> HostConnection

  func run() throws(Failure) {
    let file = try MetricsFile(in: directory)
    guard let interval else { return try writeOnce(file) }
    // Blocked before the first thread, so that only the loop sees them.
    let loop = PollLoop(signals: Signals())
    let collector = Collector(try open(), loop, policies: policies)
    let failure = Self.write(file, every: interval, collector, loop)
    file.remove()
    if let failure { throw failure }
  }

  /// Reports found at the start have no age, so the next ones are awaited.
  private func writeOnce(_ file: MetricsFile) throws(Failure) {
    let host = try open()
    let session = ChangeSession(host)
    let begin = HostClock.system.steady()
    let (first, _) = try session.sample()
    let took = HostClock.system.steady() - begin
    let last = try session.awaitReports(since: first)
    let collector = Collector(host, PollLoop(), policies: policies, isOnce: true)
    try file.write(collector.page(last, took: took))
  }

  /// - Returns: why it failed; nil where a signal ended it.
  private static func write(
    _ file: MetricsFile, every interval: Span, _ collector: Collector, _ loop: any EventLoop
  ) -> Failure? {
    var due = loop.now
    while true {
      if loop.now >= due {
        collector.begin()
        due = max(due + interval, loop.now)
      }
      do throws(Failure) {
        if let page = collector.turn() { try file.write(page) }
      } catch {
        return error
      }
      loop.wait(until: min(due, collector.due))
      if loop.isToEnd(pause: collector.pause, resume: collector.resume) { return nil }
    }
  }
}

/// The file, which its readers see whole: written beside it and renamed.
///
/// The directory may be somebody else's: links in it are not followed.
final class MetricsFile {
  static let name = "memtop.prom"
  private let directory: Int32
  private let path: String
  /// Without `.prom` at its end, so that nobody reads it.
  private let temporary = ".\(name).\(getpid())"
  /// The file that was written last.
  private var written: (device: dev_t, inode: ino_t)?

  init(in directory: String) throws(Failure) {
    path = directory
    self.directory = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    let error = errno
    guard self.directory >= 0 else { throw Self.failure("cannot open \(directory)", error) }
  }

  deinit { close(directory) }

  func write(_ page: MetricsPage) throws(Failure) {
    unlinkat(directory, temporary, 0)
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let file = openat(directory, temporary, flags, 0o644)
    guard file >= 0 else { throw failure(errno) }
    var error: Int32 = 0
    page.write(.plain) { piece in
      if error == 0 { error = writeAll(UnsafeRawBufferPointer(piece), to: file).error }
    }
    // Whatever the umask: node_exporter is another user.
    if error == 0, fchmod(file, 0o644) != 0 { error = errno }
    var status = stat()
    if error == 0, fstat(file, &status) != 0 { error = errno }
    if close(file) != 0, error == 0 { error = errno }
    if error == 0, renameat(directory, temporary, directory, Self.name) != 0 { error = errno }
    guard error != 0 else {
      written = (status.st_dev, status.st_ino)
      return
    }
    unlinkat(directory, temporary, 0)
    throw failure(error)
  }

  /// Removes the file, because its figures are not renewed any more. If another program has replaced the
  /// file meanwhile, it is kept.
  func remove() {
    var status = stat()
    guard let written, fstatat(directory, Self.name, &status, AT_SYMLINK_NOFOLLOW) == 0,
      status.st_dev == written.device, status.st_ino == written.inode
    else { return }
    unlinkat(directory, Self.name, 0)
  }

  private func failure(_ error: Int32) -> Failure {
    Self.failure("cannot write \(Self.name) in \(path)", error)
  }

  private static func failure(_ what: String, _ error: Int32) -> Failure {
    Failure(line: "\(what): \(Errno(error))", status: .failed)
  }
}
