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
    defer { file.remove() }
    try Self.write(file, every: interval, collector, loop)
  }

  private func writeOnce(_ file: MetricsFile) throws(Failure) {
    let page = try Self.page(of: try open(), PollLoop(), policies)
    do throws(Errno) {
      try file.write(page)
    } catch {
      throw Failure(line: file.problem(error), status: .failed)
    }
  }

  /// One sample. Reports found at the start have no age, so the next ones are awaited.
  static func page(
    of host: HostConnection, _ loop: any EventLoop, _ policies: PolicySet
  ) throws(Failure) -> MetricsPage {
    let session = ChangeSession(host, loop)
    let (first, _) = try session.sample()
    let took = session.elapsed
    let last = try session.awaitReports(since: first)
    return Collector(host, loop, policies: policies, isOnce: true).page(last, took: took)
  }

  /// Returns where a signal ended it.
  private static func write(
    _ file: MetricsFile, every interval: Span, _ collector: Collector, _ loop: any EventLoop
  ) throws(Failure) {
    var due = loop.now
    var problem = OnceLogger()
    while true {
      if loop.now >= due {
        collector.begin()
        due = max(due + interval, loop.now)
      }
      if let page = collector.turn() { try write(page, to: file, &problem) }
      loop.wait(until: min(due, collector.due))
      if loop.isToEnd(pause: collector.pause, resume: collector.resume) { return }
    }
  }

  /// A full disk has room again some day: until then the old file stays, and each interval is a new try.
  ///
  /// - Throws: at the start, for what stays wrong until an operator mends it.
  private static func write(
    _ page: MetricsPage, to file: MetricsFile, _ problem: inout OnceLogger
  ) throws(Failure) {
    do throws(Errno) {
      try file.write(page)
      if problem.end() { complain("\(MetricsFile.name) is written again") }
    } catch {
      let line = file.problem(error)
      if !file.wasWritten, error.isLasting { throw Failure(line: line, status: .failed) }
      problem.tell("\(line); memtop tries again at each interval", of: .failure).map(complain)
    }
  }
}

extension Errno {
  /// Of a file that is to be written: it does not end by itself, as a full disk may.
  fileprivate var isLasting: Bool {
    [EACCES, EPERM, EROFS, EISDIR, ENOENT, ENOTDIR].contains(code)
  }
}

/// The file, which its readers see whole: written beside it and renamed.
///
/// The directory may be somebody else's: links in it are not followed. It is opened each time, because it
/// may have been made or mounted anew.
final class MetricsFile {
  static let name = "memtop.prom"
  private let path: String
  /// Without `.prom` at its end, so that nobody reads it.
  private let temporary = ".\(name).\(getpid())"
  /// The file that was written last.
  private var written: (device: dev_t, inode: ino_t)?

  init(in directory: String) throws(Failure) {
    path = directory
    do throws(Errno) {
      close(try openDirectory())
    } catch {
      throw Failure(line: "cannot open \(directory): \(error)", status: .failed)
    }
  }

  var wasWritten: Bool { written != nil }

  func write(_ page: MetricsPage) throws(Errno) {
    let directory = try openDirectory()
    defer { close(directory) }
    unlinkat(directory, temporary, 0)
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
    let file = openat(directory, temporary, flags, 0o644)
    guard file >= 0 else { throw Errno.last }
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
    throw Errno(error)
  }

  /// Removes the file, because its figures are not renewed any more. If another program has replaced the
  /// file meanwhile, it is kept.
  func remove() {
    guard let written, let directory = try? openDirectory() else { return }
    defer { close(directory) }
    var status = stat()
    guard fstatat(directory, Self.name, &status, AT_SYMLINK_NOFOLLOW) == 0,
      status.st_dev == written.device, status.st_ino == written.inode
    else { return }
    unlinkat(directory, Self.name, 0)
  }

  /// What is told of an error of `write`.
  func problem(_ error: Errno) -> String { "cannot write \(Self.name) in \(path): \(error)" }

  private func openDirectory() throws(Errno) -> Int32 {
    let directory = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw Errno.last }
    return directory
  }
}
